"""Tax points: public notices of tax arrears (欠税公告), which come once a quarter per authority."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from detectors.fact import Fact
from detectors.points.evaluator import Evaluator, starts_and_ends
from detectors.points.finding import NOT_FIRED, RED, YELLOW, Finding, worst
from detectors.points.view import View
from detectors.points.wording import percent

FEDERAL = "Internal Revenue Service"
"""Its notices of lien have a point of their own."""

_MONTHS = {"Q": 3, "H": 6, "M": 1}


class Notice(msgspec.Struct, frozen=True, gc=False):
    """One authority's notice for one period: the balance over all tax types, in minor units.

    ``first`` and ``last`` are the months it covers, counted from year 0. ``balance`` leaves out what is unknown, which
    ``whole`` tells; ``newly_arisen`` is None where a part of it is.
    """

    authority: str
    first: int
    last: int
    label: str
    balance: int
    whole: bool
    newly_arisen: int | None
    facts: tuple[Fact, ...]


class ArrearsNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-30; amounts in main units of the profile's currency."""

    red_amount: int = 2_000_000
    red_share_of_base: float = 0.10


def arrears_notice(view: View, limit: ArrearsNotice) -> Finding:
    """WP-30 欠税公告: the balance in each authority's latest notice.

    Red from 2,000,000, the threshold at which the city office announces (欠税公告办法 art. 6), or 10 % of M. A tax
    type absent from the authority's next notice counts as settled. Tax that arose before a mortgage or pledge
    outranks it (税收征收管理法 art. 45).
    """
    latest = [notices[-1] for notices in _open_notices(view).values()]
    if not latest:
        return NOT_FIRED
    balance = sum(notice.balance for notice in latest)
    share = round(limit.red_share_of_base * view.base.amount)
    facts = tuple(fact for notice in latest for fact in notice.facts)
    return Finding(
        level=RED if balance >= min(limit.red_amount * 100, share) else YELLOW,
        value=f"{_balance(view, facts, balance)} in {_labels(latest)}",
        threshold=f"red from {view.text(limit.red_amount * 100)} or {limit.red_share_of_base:.0%} of M "
        f"({view.text(share)}), yellow when listed",
        since=min(fact.start for fact in facts),
        evidence=facts,
        details={"balance": balance, "base_rung": view.base.rung},
    )


def _labels(notices: list[Notice]) -> str:
    """Periods of the latest notices, and of how many authorities if that is not one."""
    periods = ", ".join(sorted({notice.label for notice in notices}))
    return periods + (f" (notices of {len(notices)} authorities)" if len(notices) > 1 else "")


def _balance(view: View, facts: tuple[Fact, ...], balance: int) -> str:
    """The sum; an unknown part of it is not nothing."""
    unknown = sum(view.money(fact, "balance") is None for fact in facts)
    if unknown == len(facts):
        return "listed with an unknown balance"
    return f"balance {view.text(balance)}" + (" and an unknown one" if unknown else "")


class PersistentArrears(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-31."""

    yellow_notices: int = 2
    red_notices: int = 3
    red_growth: float = 0.20
    clearing_fall: float = 0.20


def persistent_arrears(view: View, limit: PersistentArrears) -> Finding:
    """WP-31 连续或扩大欠税: notices of one authority in consecutive periods, or a growing balance.

    Notices are quarterly for enterprises (欠税公告办法 art. 4), so persistence is structural. Two in a row are yellow;
    three, or a balance 20 % above the previous notice, red; a balance 20 % lower with nothing newly arisen clears,
    where both are known.
    """
    return worst([_persistence(view, run, limit) for run in map(_last_run, _open_notices(view).values())])


def _persistence(view: View, run: list[Notice], limit: PersistentArrears) -> Finding:
    if len(run) < limit.yellow_notices:
        return NOT_FIRED
    last, before = run[-1], run[-2]
    comparable = bool(before.balance) and before.whole and last.whole
    # rounded, so that a fifth more is a fifth more and not 0.19999999999999996
    growth = round(last.balance / before.balance - 1, 9) if comparable else 0.0
    if growth <= -limit.clearing_fall and last.newly_arisen == 0:
        return NOT_FIRED
    red = len(run) >= limit.red_notices or growth >= limit.red_growth
    facts = tuple(fact for notice in reversed(run) for fact in notice.facts)
    return Finding(
        level=RED if red else YELLOW,
        value=f"{len(run)} notices in a row ({run[0].label} to {last.label}), "
        + _balance(view, last.facts, last.balance)
        + (
            f" after {view.text(before.balance)} ({percent(growth, limit.red_growth, sign='+')})"
            if comparable
            else ""
        ),
        threshold=f"yellow from {limit.yellow_notices} notices in a row, "
        f"red from {limit.red_notices} or when the balance grew by {limit.red_growth:.0%}",
        since=min(fact.start for fact in run[limit.yellow_notices - 1].facts),
        evidence=facts,
        details={"notices": len(run), "growth": round(growth, 4)},
    )


def _last_run(notices: list[Notice]) -> list[Notice]:
    """The notices at the end of the list whose periods follow each other without a gap."""
    run = notices[-1:]
    for notice in reversed(notices[:-1]):
        if notice.last + 1 < run[0].first:
            break
        run.insert(0, notice)
    return run


def _open_notices(view: View) -> dict[str, list[Notice]]:
    """Notices by authority in order of period, for authorities whose latest notice is still unpaid."""
    held: dict[str, list[Notice]] | None = view.memo.get("notices")
    if held is None:
        held = view.memo["notices"] = _read_notices(view)
    return held


def _read_notices(view: View) -> dict[str, list[Notice]]:
    grouped: dict[str, dict[tuple[int, int], list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in view.known("F16"):
        months = months_of(str(fact.data.get("notice_period", "")))
        if fact.data.get("authority") == FEDERAL:
            continue
        if months is not None and view.money(fact, "balance") != 0:  # listed, be the amount known or not
            grouped[str(fact.data.get("authority", ""))][months].append(fact)
    notices: dict[str, list[Notice]] = {}
    for authority, periods in sorted(grouped.items()):
        latest = max(periods, key=_by_end)
        unpaid = [fact for fact in periods[latest] if fact.end is None or view.day < fact.end]
        if unpaid:  # of the latest notice only what is still unpaid counts, those of the past count in full
            periods[latest] = unpaid
            notices[authority] = [
                _notice(view, authority, months, periods[months]) for months in sorted(periods, key=_by_end)
            ]
    return notices


def _by_end(months: tuple[int, int]) -> tuple[int, int]:
    return months[1], months[0]


def _notice(view: View, authority: str, months: tuple[int, int], facts: list[Fact]) -> Notice:
    balances = [view.money(fact, "balance") for fact in facts]
    arisen = [view.money(fact, "newly_arisen") for fact in facts]
    return Notice(
        authority=authority,
        first=months[0],
        last=months[1],
        label=str(facts[0].data.get("notice_period")),
        balance=sum(balance or 0 for balance in balances),
        whole=None not in balances,
        newly_arisen=None if None in arisen else sum(one or 0 for one in arisen),
        facts=tuple(facts),
    )


def months_of(period: str) -> tuple[int, int] | None:
    """First and last month of a period, counted from year 0; None if it is no period.

    >>> [months_of(period) for period in ("2026Q1", "2026H1", "2026-03", "2026", "soon")]
    [(24312, 24314), (24312, 24317), (24314, 24314), (24312, 24323), None]
    """
    year, kind, number = period[:4], period[4:5].upper(), period[5:]
    if not (year.isdigit() and len(year) == 4):
        return None
    if not kind:
        return int(year) * 12, int(year) * 12 + 11
    length = _MONTHS.get("M" if kind == "-" else kind)
    if length is None or not number.isdigit() or not 1 <= int(number) <= 12 // length:
        return None
    first = int(year) * 12 + (int(number) - 1) * length
    return first, first + length - 1


EVALUATORS: Mapping[str, Evaluator] = {
    "arrears_notice": Evaluator(arrears_notice, ArrearsNotice, starts_and_ends, measured_by_base=True),
    "persistent_arrears": Evaluator(persistent_arrears, PersistentArrears, starts_and_ends),
}
