"""WX-15 集群注册/空壳: many firms at one address, and nobody works in this one."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from detectors.fact import Fact
from detectors.points.consumption import Usage, usage
from detectors.points.evaluator import Evaluator
from detectors.points.finding import YELLOW, Finding, not_evaluable
from detectors.points.labour import monthly
from detectors.points.months import first_day, label
from detectors.points.view import View


class ShellCluster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-15: firms at the address, kWh a month that are as good as none, in how many months told last,
    and days after the end of a month for which it tells of today."""

    firms: int = 20
    kwh: float = 10.0
    months: int = 2
    shown_days: int = 92


def shell_cluster(view: View, limit: ShellCluster) -> Finding:
    """WX-15 集群注册/空壳: the register tells of 20 firms or more at the address (F27), nobody is insured (F19, F29)
    and hardly any electricity is used (F15).

    The firm itself is one of those counted. An address shared by many is lawful (集群注册) and says nothing alone. All
    numbers are configuration defaults.

    >>> from detectors.points.example import FIRM, seen
    >>> shared = [{"on": "2025-01-05", "from": FIRM, "to": f"ent:{n}", "type": "same_address"} for n in range(19)]
    >>> read = [{"on": f"2026-0{n + 1}-02", "utility": "electricity", "event": "reading", "period": f"2026-0{n}",
    ...          "quantity": "3"} for n in (1, 2)]
    >>> firm = {"on": "2025-01-05", "insured_count": 0}
    >>> shell_cluster(seen("2026-03-05", F27=shared, F29=[firm], F15=read), ShellCluster()).value
    '20 firms at the address, nobody insured, at most 3 kWh a month up to 2026-02'
    """
    shared = [fact for fact in view.active("F27") if fact.data.get("type") == "same_address"]
    firms = {fact.data.get(end) for fact in shared for end in ("from", "to")}
    if len(firms) < limit.firms:
        return Finding(quiet=True)
    staff = _staff(view)
    if not staff:
        return not_evaluable("not known whether anybody is insured")
    known = usage(view)
    last = first_day(known.last + 1) + limit.shown_days if known is not None else view.day
    use = _use(known) if known is not None else []
    if view.day >= last or len(use) < limit.months:
        return not_evaluable("electricity of the last months is not known")
    idle = _trailing(use, limit.kwh)
    nobody = _trailing(staff, 0)
    if not nobody or len(idle) < limit.months:
        return Finding(turn=last)
    most = max(month.amount for month in idle[-limit.months :])
    since = [
        sorted(fact.start for fact in shared)[min(limit.firms - 1, len(shared)) - 1],
        min(fact.start for fact in nobody[0].facts),
        max(fact.start for fact in idle[limit.months - 1].facts),
    ]
    return Finding(
        level=YELLOW,
        value=f"{len(firms)} firms at the address, nobody insured, at most {most:g} kWh a month up to "
        f"{label(idle[-1].month)}",
        threshold=f"yellow from {limit.firms} firms while nobody is insured and no more than {limit.kwh:g} kWh a month "
        "are used",
        since=max(since),
        evidence=(*idle[-1].facts, *nobody[-1].facts, *shared),
        turn=last,
        details={"firms": len(firms), "kwh": most},
        episode=shared[0].key,
    )


class _Month(msgspec.Struct, frozen=True, gc=False):
    """A number told of a month, with the facts that tell it."""

    month: int
    amount: float
    facts: tuple[Fact, ...]


def _trailing(months: Sequence[_Month], most: float) -> Sequence[_Month]:
    """The last months in a row that do not exceed ``most``."""
    over = [index for index, one in enumerate(months) if one.amount > most]
    return months[over[-1] + 1 :] if over else months


def _staff(view: View) -> list[_Month]:
    """Persons insured by month, over all kinds; where none is told, as the register says."""
    counts: dict[int, list[Fact]] = {}
    for series in monthly(view).values():
        for month, fact in series.items():
            if "insured_count" in fact.data:
                counts.setdefault(month, []).append(fact)
    said = [fact for fact in view.known("F29") if "insured_count" in fact.data]
    if said and not counts:
        counts[0] = said[-1:]
    return [
        _Month(month, max(int(fact.data["insured_count"]) for fact in facts), tuple(facts))
        for month, facts in sorted(counts.items())
    ]


def _use(known: Usage) -> list[_Month]:
    """kWh by month over all accounts, up to the last month of which all in use have told; a month of which one reading
    is estimated is left out."""
    found = []
    for month in sorted(
        {month for meter in known.meters.values() for month in meter.kwh if month <= known.last}
    ):
        meters = [meter for meter in known.meters.values() if month in meter.kwh]
        read = [kwh for meter in meters if (kwh := meter.kwh[month]) is not None]
        if len(read) == len(meters):
            found.append(_Month(month, sum(read), tuple(meter.facts[month] for meter in meters)))
    return found


def _no_relation(fact: Fact, _: int) -> bool:
    """While few firms share the address, bills and staff do not matter."""
    return "from" not in fact.data


def _endings(view: View, _: tuple[str, ...], limit: ShellCluster) -> Iterable[int]:
    """Days on which a firm left the address, somebody was insured, use was told, or what was told grew old."""
    shared = [fact for fact in view.known("F27") if fact.data.get("type") == "same_address"]
    if len(shared) < limit.firms - 1:
        return
    yield from (fact.end for fact in shared if fact.end is not None)
    for facts in monthly(view).values():
        yield from (fact.start for fact in facts.values() if fact.data.get("insured_count"))
    yield from (fact.start for fact in view.known("F29"))
    known = usage(view)
    for meter in known.meters.values() if known is not None else ():
        for month, fact in meter.facts.items():
            yield first_day(month + 1) + limit.shown_days
            if (meter.kwh[month] or 0) > 0:
                yield fact.start


EVALUATORS: Mapping[str, Evaluator] = {
    "shell_cluster": Evaluator(shell_cluster, ShellCluster, _endings, harmless=_no_relation),
}
