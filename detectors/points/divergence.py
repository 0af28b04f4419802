"""WX-14 税电背离: what is declared and what is used go different ways."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from detectors.fact import RETRACT, Fact
from detectors.points.consumption import GAP, Usage, kwh_yoy, usage
from detectors.points.consumption import facts_of as readings_of
from detectors.points.evaluator import Evaluator
from detectors.points.finding import NOT_FIRED, YELLOW, Finding, not_evaluable
from detectors.points.flows import Flow, change, ends_of, facts_of, flow_of, rolling, told
from detectors.points.months import label, seasons
from detectors.points.view import View


class Divergence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-14, as shares."""

    rise: float = 0.30
    fall: float = 0.20


def tax_power_divergence(view: View, limit: Divergence) -> Finding:
    """WX-14 税电背离: declared output (F30) up and electricity (F15) down against last year, or the reverse, for three
    months: yellow, a sign of false invoices or of undeclared output.

    Where output is declared by the month, each of the three must show it; a quarter counts as a whole. Anti-fraud
    practice of financing platforms; the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> power = [{"on": f"{year}-0{month + 1}-01", "utility": "electricity", "event": "reading", "quantity": kwh,
    ...           "period": f"{year}-0{month}"} for year, kwh in ((2025, "1000"), (2026, "700")) for month in (4, 5, 6)]
    >>> output = [{"on": f"{year}-07-15", "period": f"{year}Q2", "output_value": cny(value)}
    ...           for year, value in ((2025, 1000), (2026, 1500))]
    >>> tax_power_divergence(seen("2026-07-20", F15=power, F30=output), Divergence()).value
    'declared output +50%, electricity -30% against last year, 3 months up to 2026-06'
    """
    flow = _output(view)
    last = max(ends_of(flow), default=None)
    months = () if last is None else rolling(last) or rolling(last - 1)
    if not months or change(flow, months) is None:
        return Finding(
            missing="declared output of these months and of the year before is not known", quiet=True
        )
    if not any(_outside(change(flow, part), limit) for part in _parts(flow, months)):
        return Finding(quiet=not _ever_outside(flow, limit))  # whatever the electricity says
    known = usage(view)
    if known is None or known.last < months[-1]:
        return not_evaluable("electricity of these months is not yet known")
    ways = {_way(flow, known, part, limit) for part in _parts(flow, months)}
    if "unknown" in ways:
        return not_evaluable(GAP)
    if len(ways) > 1 or ways == {"none"}:
        return NOT_FIRED
    evidence = [*facts_of(flow, months), *readings_of(known, months)]
    output, power = change(flow, months) or 0.0, kwh_yoy(known, months) or 0.0
    return Finding(
        level=YELLOW,
        value=f"declared output {output:+.0%}, electricity {power:+.0%} against last year, {len(months)} months "
        f"up to {label(months[-1])}",
        threshold=f"one {limit.rise:+.0%} or more, the other {-limit.fall:+.0%} or less",
        since=max(fact.start for fact in evidence),
        evidence=tuple(evidence),
        details={"output_yoy": round(output, 4), "power_yoy": round(power, 4)},
    )


def _output(view: View) -> Flow:
    return flow_of(view, "output_value", "revenue")


def _parts(flow: Flow, months: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The months one by one where they were declared so (January and February as one), else as a whole."""
    if len(told(flow, months)) > 1:
        yield from seasons(months[0], months[-1])
    else:
        yield months


def _outside(yoy: float | None, limit: Divergence) -> bool:
    return yoy is not None and (yoy >= limit.rise or yoy <= -limit.fall)


def _ever_outside(flow: Flow, limit: Divergence) -> bool:
    return any(_outside(change(flow, rolling(last)), limit) for last in ends_of(flow))


def _way(flow: Flow, known: Usage, months: tuple[int, ...], limit: Divergence) -> str:
    """Which of the two rose while the other fell: ``output``, ``power`` or ``none``."""
    output, power = change(flow, months), kwh_yoy(known, months)
    if output is None or power is None:
        return "unknown"
    power = round(power, 9)
    if output >= limit.rise and power <= -limit.fall:
        return "output"
    return "power" if power >= limit.rise and output <= -limit.fall else "none"


def _endings(view: View, _: tuple[str, ...], limit: Divergence) -> Iterable[int]:
    """Days on which figures became known, if output ever rose or fell far enough."""
    flow, known = _output(view), usage(view)
    if known is None or not _ever_outside(flow, limit):
        return
    yield from (fact.start for _, fact in flow.values())
    first = min(ends_of(flow))
    for meter in known.meters.values():
        yield from (fact.start for month, fact in meter.facts.items() if month >= first)


def _no_power(fact: Fact, _: int) -> bool:
    """Whether a fact is one of the utilities (F15): while output is as usual, no electricity makes a difference."""
    return fact.data.get("utility") is not None and fact.rank != RETRACT


EVALUATORS: Mapping[str, Evaluator] = {
    "tax_power_divergence": Evaluator(tax_power_divergence, Divergence, _endings, harmless=_no_power),
}
