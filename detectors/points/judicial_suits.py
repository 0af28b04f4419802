"""Suits against a firm (F01): a new one, and many at once."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator, ends
from detectors.points.finding import BLUE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View
from detectors.points.wording import count

LABOUR_CAUSES = (
    "劳动 劳务派遣 人事争议 社会保险纠纷 保险待遇 福利待遇 经济补偿金 竞业限制 employment labor labour"
)
"""Words in the cause of a labour dispute (民事案件案由规定, part 6)."""


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    return tuple(text.casefold().split())


def about(suit: Fact, words: str) -> bool:
    """Whether the cause of a suit holds one of the words, which are separated by blanks."""
    cause = str(suit.data.get("cause", "")).casefold()
    return any(word in cause for word in _words(words))


def sued(view: View) -> list[Fact]:
    """Every suit in which the firm is or was defendant, in order of filing; on appeal the roles have other names."""
    held: list[Fact] | None = view.memo.get("sued")
    if held is None:
        held = [fact for fact in view.known("F01") if fact.data.get("role") == "defendant"]
        view.memo["sued"] = held
    return held


def open_suits(view: View) -> list[Fact]:
    """Those of them that are not over."""
    return [suit for suit in sued(view) if suit.end is None or view.day < suit.end]


class NewSuit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-01; the amount in main units of the profile's currency, ``labour`` words of causes."""

    amount: int = 50_000
    share_of_base: float = 0.01
    days: int = 180
    labour: str = LABOUR_CAUSES


def new_suit(view: View, limit: NewSuit) -> Finding:
    """WP-01 新增被诉立案: an open civil suit (F01) that is no labour dispute, of unknown or of noticeable value.

    Blue for ``days`` after filing, or until the case is closed, withdrawn or dismissed; what a judgment orders is
    WP-06's. Legal proceedings are a listed early-warning signal of lenders; the numbers are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> suit = {"on": "2026-01-05", "role": "defendant", "claim_amount": cny(80_000)}
    >>> new_suit(seen("2026-01-06", base=1_000_000, F01=[suit]), NewSuit()).value
    '1 suit, CNY 80,000'
    """
    floor = max(limit.amount * 100, round(limit.share_of_base * view.base.amount))
    suits, claims = [], []
    for suit in open_suits(view):
        if suit.data.get("case_type", "civil") != "civil" or about(suit, limit.labour):
            continue
        claim = view.money(suit, "claim_amount")
        if view.day < suit.start + limit.days and (claim is None or claim >= floor):
            suits.append(suit)
            claims.append(claim)
    if not suits:
        return NOT_FIRED
    known = [claim for claim in claims if claim is not None]
    unknown = f", {len(claims) - len(known)} of unknown amount" if len(known) < len(claims) else ""
    return Finding(
        level=BLUE,
        value=f"{count(len(suits), 'suit')}, {view.text(sum(known))}{unknown}",
        threshold=f"blue from {view.text(floor)} or an unknown amount, for {limit.days} days",
        since=suits[0].start,
        evidence=tuple(suits),
        turn=min(suit.start for suit in suits) + limit.days,
        details={"suits": len(suits), "claimed": sum(known), "base_rung": view.base.rung},
    )


def _new_suit_endings(view: View, feeds: tuple[str, ...], limit: NewSuit) -> Iterable[int]:
    yield from ends(view, feeds, limit)
    yield from (suit.start + limit.days for suit in sued(view))


class LitigationSurge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-02; spans in days."""

    days: int = 90
    baseline_days: int = 365
    yellow_suits: int = 3
    yellow_multiple: float = 3.0
    red_suits: int = 10
    red_plaintiffs: int = 5
    plaintiff_days: int = 30


def litigation_surge(view: View, limit: LitigationSurge) -> Finding:
    """WP-02 涉诉激增: suits filed in the last ``days`` against the firm's own mean over the ``baseline_days`` before.

    Yellow from ``yellow_suits`` that are ``yellow_multiple`` times the usual number; a firm never sued before counts
    as sued once. Red from ``red_suits``, or from ``red_plaintiffs`` plaintiffs within ``plaintiff_days`` who did not
    join in less than ``yellow_suits`` suits. A suit counts when it was filed, closed or not. Persons whose names the
    source masks alike count as one plaintiff. Clusters rather than single suits show stress (published practice of
    risk vendors); the numbers are configuration defaults.

    >>> from detectors.points.example import seen
    >>> suits = [{"on": f"2026-01-0{n}", "case_no": str(n), "role": "defendant"} for n in (1, 2, 3)]
    >>> litigation_surge(seen("2026-01-05", F01=suits), LitigationSurge()).value
    '3 suits in 90 days, usual 1.0; 0 plaintiffs in 30 days'
    """
    day, suits = view.day, sued(view)
    recent = [suit for suit in suits if day - suit.start < limit.days]
    if not recent:
        return NOT_FIRED
    first = day - limit.days - limit.baseline_days
    before = [suit for suit in suits if first < suit.start <= day - limit.days]
    usual = len(before) * limit.days / limit.baseline_days or 1.0
    latest = [suit for suit in recent if day - suit.start < limit.plaintiff_days]
    plaintiffs = {one for suit in latest for one in suit.data.get("plaintiffs", ())}
    many = len(plaintiffs) >= limit.red_plaintiffs and len(latest) >= limit.yellow_suits
    turn = _rolls(day, suits, limit)
    if len(recent) >= limit.red_suits or many:
        level = RED
    elif len(recent) >= limit.yellow_suits and len(recent) >= limit.yellow_multiple * usual:
        level = YELLOW
    else:
        return Finding(turn=turn)
    return Finding(
        level=level,
        value=f"{count(len(recent), 'suit')} in {limit.days} days, usual {usual:.1f}; "
        f"{count(len(plaintiffs), 'plaintiff')} in {limit.plaintiff_days} days",
        threshold=f"yellow from {limit.yellow_suits} suits that are {limit.yellow_multiple:g} times the usual, "
        f"red from {limit.red_suits} suits or {limit.red_plaintiffs} plaintiffs",
        since=recent[limit.yellow_suits - 1].start,
        evidence=tuple(recent),
        turn=turn,
        details={"suits": len(recent), "usual": round(usual, 4), "plaintiffs": len(plaintiffs)},
    )


def _rolls(day: int, suits: list[Fact], limit: LitigationSurge) -> int:
    """The next day on which a suit leaves one of the windows."""
    spans = (limit.plaintiff_days, limit.days, limit.days + limit.baseline_days)
    return min((turn for suit in suits for span in spans if (turn := suit.start + span) > day), default=FAR)


def _surge_endings(view: View, _: tuple[str, ...], limit: LitigationSurge) -> Iterable[int]:
    for suit in sued(view):
        yield from (suit.start + limit.plaintiff_days, suit.start + limit.days)


EVALUATORS: Mapping[str, Evaluator] = {
    "new_suit": Evaluator(new_suit, NewSuit, _new_suit_endings, measured_by_base=True),
    "litigation_surge": Evaluator(litigation_surge, LitigationSurge, _surge_endings),
}
