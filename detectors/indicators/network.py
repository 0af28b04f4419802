"""Guarantees and relations (F26, F27, and what the network tells, F34): today, and the change in 90 days."""

from collections.abc import Callable

from detectors.fact import Fact
from detectors.forces.accounts import latest_net_assets
from detectors.forces.capital import entity_of
from detectors.forces.measure import Unknown
from detectors.indicators.around import DAYS, Around, around
from detectors.indicators.indicator import Direction, Indicator
from detectors.indicators.look import Behind, amounts, changed, words
from detectors.points.exposure import guarantees_given
from detectors.points.finding import RED
from detectors.points.network import told
from detectors.points.view import View

_CLIENTS = 5
"""Clients a firm may guarantee, and no more than its net assets (银监会 2014 notice on guarantee chains)."""


def _given(view: View) -> list[Fact]:
    return guarantees_given(view.active("F26"))


def _received(view: View) -> list[Fact]:
    return [fact for fact in view.active("F26") if fact.data.get("role") == "debtor"]


def _debtors(view: View) -> set[str]:
    return {str(fact.data.get("debtor")) for fact in _given(view)}


def _mutual(view: View) -> set[str]:
    return _debtors(view) & {str(fact.data.get("guarantor")) for fact in _received(view)}


def _degree_in(view: View) -> float:
    return float(len(_received(view)))


def _degree_out(view: View) -> float:
    return float(len(_given(view)))


def _exposure_in(view: View) -> float:
    return sum(amounts(view, _received(view), "principal"))


def _exposure_out(view: View) -> float:
    return sum(amounts(view, _given(view), "principal"))


def _two_cycles(view: View) -> float:
    return float(len(_mutual(view)))


def _reciprocity(view: View) -> float:
    debtors = _debtors(view)
    if not debtors:
        raise Unknown("the firm guarantees nobody")
    return len(_mutual(view)) / len(debtors)


def _clients(view: View) -> float:
    return float(len(_debtors(view)))


def _of_net_assets(view: View) -> float:
    _, net = latest_net_assets(view)
    if net <= 0:
        raise Unknown("net assets are used up")
    return 100 * _exposure_out(view) / net


def _over(view: View) -> float:
    if _clients(view) > _CLIENTS:
        return 1.0
    return float(bool(_given(view)) and _of_net_assets(view) > 1)


def _same_address(view: View) -> float:
    return float(sum(fact.data.get("type") == "same_address" for fact in view.active("F27")))


_UNTOLD = "the guarantee circle has told nothing of itself"


def _red(hop: int) -> Behind:
    def behind(view: View) -> float:
        heard = told(view)
        if heard is None:
            raise Unknown(_UNTOLD)
        origins = heard[1].get("origins", ())
        return float(sum(one["hop"] == hop and one["level"] >= RED for one in origins))

    return behind


def _delta(view: View) -> float:
    heard = told(view)
    if heard is None:
        raise Unknown(_UNTOLD)
    return float(heard[1].get("delta", 0.0))


def _own_ring(seen: Around, own: str) -> float:
    """Firms of the ring in which everybody stands, directly or not, for everybody: 1 if the firm is in none."""
    return float(next((len(ring) for ring in seen.circle.circular if own in ring), 1))


Figure = Callable[[Around, str], float]


def _whole(figure: Figure, said: str, days: int) -> Callable[[View], float]:
    """A figure of the whole circle ``days`` ago: from all its ledgers, else as far as the circle told it."""

    def behind(view: View) -> float:
        try:
            seen = around(view, days)
        except LookupError:
            return _heard(view, said, days)
        if seen is None:
            raise Unknown("the firm stands in no guarantee circle")
        return figure(seen, entity_of(view) or "")

    return behind


def _heard(view: View, said: str, days: int) -> float:
    heard = told(view if not days else view.at(view.day - days))
    circle = heard[1].get("circle") if heard is not None else None
    if not circle or not said:
        reason = _UNTOLD if said else "worked out for the whole circle, and not told to its members"
        raise Unknown(reason)
    return float(circle[said])


def _pair(figure: Figure, said: str = "") -> tuple[Behind, Behind]:
    now, before = _whole(figure, said, 0), _whole(figure, said, DAYS)
    return now, lambda view: now(view) - before(view)


def _own(behind: Behind) -> tuple[Behind, Behind]:
    return behind, changed(behind, DAYS)


_OF_CIRCLE, _TOLD = ("F26",), ("F34",)

# measure, words, agg, unit, direction, feeds, what is read now and its change
_MEASURES: tuple[tuple[str, str, str, str, str, Direction, tuple[str, ...], tuple[Behind, Behind]], ...] = (
    ("degree_in", "guarantees received", "被担保笔数", "count", "contracts", "neutral", ("F26",), _own(_degree_in)),
    ("degree_out", "guarantees given", "对外担保笔数", "count", "contracts", "higher_is_worse", ("F26",),
     _own(_degree_out)),
    ("exposure_in", "amount guaranteed for the firm", "被担保金额", "sum", "main units", "neutral", ("F26",),
     _own(_exposure_in)),
    ("exposure_out", "amount guaranteed by the firm", "对外担保金额", "sum", "main units", "higher_is_worse", ("F26",),
     _own(_exposure_out)),
    ("two_cycles", "firms that guarantee each other", "互保户数", "distinct", "firms", "higher_is_worse", ("F26",),
     _own(_two_cycles)),
    ("reciprocity", "share of guarantees returned", "互保比例", "share", "share", "higher_is_worse", ("F26",),
     _own(_reciprocity)),
    ("ring", "firms of its ring of guarantees", "循环担保户数", "size", "firms", "higher_is_worse", _OF_CIRCLE,
     _pair(_own_ring)),
    ("circle", "firms of its guarantee circle", "担保圈户数", "size", "firms", "higher_is_worse", _OF_CIRCLE,
     _pair(lambda seen, _: float(len(seen.circle.members)), "firms")),
    ("density", "density of its guarantee circle", "担保圈密度", "share", "share", "higher_is_worse", _OF_CIRCLE,
     _pair(lambda seen, _: seen.circle.density, "density")),
    ("chain", "longest chain in its circle", "最长担保链", "max", "guarantees", "higher_is_worse", _OF_CIRCLE,
     _pair(lambda seen, _: float(seen.circle.longest_chain))),
    ("pagerank", "PageRank in its circle", "担保圈中心度", "rank", "share", "higher_is_worse", _OF_CIRCLE,
     _pair(lambda seen, _: seen.rank)),
    ("place", "place in its circle by PageRank", "担保圈中心位次", "place", "1 is first", "higher_is_better",
     _OF_CIRCLE, _pair(lambda seen, _: float(seen.place))),
    ("lambda_max", "spectral radius of its circle", "担保圈谱半径", "max", "ratio", "higher_is_worse", _OF_CIRCLE,
     _pair(lambda seen, _: seen.circle.lambda_max)),
    ("hop1_red", "red debtors it guarantees", "一跳红色户数", "count", "firms", "higher_is_worse", _TOLD,
     _own(_red(1))),
    ("hop2_red", "red debtors of its debtors", "二跳红色户数", "count", "firms", "higher_is_worse", _TOLD,
     _own(_red(2))),
    ("delta", "probability of default added by contagion", "传染增量概率", "difference", "probability",
     "higher_is_worse", _TOLD, _own(_delta)),
    ("clients", "clients guaranteed", "担保客户数", "distinct", "firms", "higher_is_worse", ("F26",), _own(_clients)),
    ("of_net_assets", "guarantees against net assets", "担保净资产比", "ratio", "ratio", "higher_is_worse",
     ("F26", "F30"), _own(_of_net_assets)),
    ("over_guaranteed", "more clients or guarantees than allowed", "超限担保", "any", "0 or 1", "higher_is_worse",
     ("F26", "F30"), _own(_over)),
    ("same_address", "firms at its address", "同址企业数", "count", "firms", "higher_is_worse", ("F27",),
     _own(_same_address)),
)  # fmt: skip

_SUMS = frozenset(
    {"degree_in", "degree_out", "exposure_in", "exposure_out", "two_cycles", "clients", "same_address"}
)

INDICATORS = tuple(
    Indicator(
        id=f"network.{measure}.{window}",
        family="network",
        feed=feeds,
        measure=measure,
        agg=agg if window == "now" else "difference",
        window=window,
        filter="in force",
        unit=unit,
        direction=direction,
        null_policy="zero" if measure in _SUMS else "circle" if feeds in (_OF_CIRCLE, _TOLD) else "unknown",
        privacy_class="derived" if feeds == _TOLD else "shared",
        behind=behind,
        **words(window, english, chinese),
    )
    for measure, english, chinese, agg, unit, direction, feeds, both in _MEASURES
    for window, behind in (("now", both[0]), ("d90", both[1]))
)
"""20 measures × 2 windows."""
