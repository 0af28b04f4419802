"""Judicial auctions (F10): a firm's assets are sold by the court, round after round."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, Fact
from detectors.points.evaluator import Evaluator
from detectors.points.finding import NONE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View
from detectors.points.wording import count, spoken


class JudicialAuction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-12: classes of core assets, separated by blanks, and spans in days."""

    red_share_of_base: float = 0.10
    core: str = "real_estate equity"
    sold_days: int = 90
    withdrawn_days: int = 90


class _Lot(msgspec.Struct, frozen=True, gc=False):
    """One lot on one day: its colour, the rounds there were, and what is said of it."""

    level: int
    rounds: tuple[Fact, ...]
    value: int
    says: str
    turn: int


def judicial_auction(view: View, limit: JudicialAuction) -> Finding:
    """WP-12 司法拍卖: lots (F10) that were announced, by what is sold and how the rounds went.

    Yellow from one lot; red for a core asset, for a lot appraised at ``red_share_of_base`` of M or more, and once a
    round has failed (流拍), after which the price may fall by a fifth (最高人民法院网络司法拍卖规定, 2016, art. 26). A
    suspended lot is yellow, one withdrawn for ``withdrawn_days``; one sold keeps its colour for ``sold_days``. The
    last round speaks for a lot. Shares and spans are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> lot = {"on": "2026-01-05", "lot_id": "1", "round": "1", "asset_class": "vehicle", "appraisal": cny(90_000),
    ...        "status": "announced", "starts_at": "2026-02-01T10:00:00+08:00"}
    >>> judicial_auction(seen("2026-01-06", F10=[lot]), JudicialAuction()).value
    '1 lot (vehicle), worth CNY 90,000 in all: announced'
    """
    lots = [_lot(view, rounds, limit) for rounds in _lots(view).values()]
    turn = min((lot.turn for lot in lots), default=FAR)
    live = [lot for lot in lots if lot.level]
    if not live:
        return Finding(turn=turn) if lots else NOT_FIRED
    level = max(lot.level for lot in live)
    rounds = [fact for lot in live if lot.level == level for fact in lot.rounds]
    trigger = round(limit.red_share_of_base * view.base.amount)
    return Finding(
        level=level,
        value=f"{count(len(live), 'lot')}{_classes(live)}, worth {view.text(sum(lot.value for lot in live))} in all: "
        + ", ".join(sorted({lot.says for lot in live})),
        threshold=f"yellow from 1 lot, red for {' or '.join(map(spoken, limit.core.split()))}, from "
        f"{view.text(trigger)} ({limit.red_share_of_base:.0%} of M), or when a round failed",
        since=min(fact.start for fact in rounds),
        evidence=tuple(rounds),
        turn=turn,
        details={"lots": len(live), "base_rung": view.base.rung},
    )


def _classes(lots: list[_Lot]) -> str:
    """Of which classes the assets of the lots are, in brackets; empty if none is told."""
    classes = sorted(
        {str(lot.rounds[-1].data["asset_class"]) for lot in lots if "asset_class" in lot.rounds[-1].data}
    )
    return f" ({', '.join(map(spoken, classes))})" if classes else ""


def _lots(view: View) -> dict[tuple[str, str], list[Fact]]:
    """Rounds by lot, in the order in which they are held: first, second, sale (变卖)."""
    lots: dict[tuple[str, str], list[Fact]] = {}
    for fact in view.known("F10"):
        lots.setdefault((str(fact.data.get("platform")), str(fact.data.get("lot_id"))), []).append(fact)
    for rounds in lots.values():
        rounds.sort(key=lambda fact: (str(fact.data.get("round")), fact.start, fact.key))
    return lots


def _lot(view: View, rounds: list[Fact], limit: JudicialAuction) -> _Lot:
    day, last = view.day, rounds[-1]
    worth = [view.money(fact, "appraisal", "start_price", "deal_price") for fact in rounds]
    value = max((one for one in worth if one is not None), default=0)
    held = [_held(fact) for fact in rounds if fact.data.get("status") == "failed"]
    core = last.data.get("asset_class") in limit.core.split()
    trigger = round(limit.red_share_of_base * view.base.amount)
    failed = any(end <= day for end in held)
    level = RED if core or failed or (trigger and value >= trigger) else YELLOW
    says, status = "round failed" if failed else "announced", last.data.get("status")
    turns = [end for end in held if end > day]
    if last.end is not None and last.end <= day:
        level, says, until = _over(level, last, limit)
        level = level if day < until else NONE
        turns.append(until)
    elif status == "suspended":
        level, says = YELLOW, "suspended"
    return _Lot(level, tuple(rounds), value, says, min((turn for turn in turns if turn > day), default=FAR))


def _over(level: int, last: Fact, limit: JudicialAuction) -> tuple[int, str, int]:
    """Colour, words and last day (exclusive) of a lot whose last round has ended."""
    end = last.end or 0
    if last.data.get("status") == "sold":
        return level, "sold", end + limit.sold_days
    if last.data.get("status") == "withdrawn":
        return YELLOW, "withdrawn", end + limit.withdrawn_days
    return NONE, "closed", end


def _held(round_: Fact) -> int:
    """The day on which a round ended without a buyer."""
    return max(int(round_.data.get("held_on", round_.start)), round_.start)


def _endings(view: View, _: tuple[str, ...], limit: JudicialAuction) -> Iterable[int]:
    for fact in view.known("F10"):
        yield fact.start  # a later round takes the place of one that was suspended
        if fact.end is not None:
            yield from (fact.end, fact.end + limit.sold_days, fact.end + limit.withdrawn_days)


EVALUATORS: Mapping[str, Evaluator] = {
    "judicial_auction": Evaluator(judicial_auction, JudicialAuction, _endings, measured_by_base=True),
}
