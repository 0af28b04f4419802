"""Courts (F01-F08): cases, their amounts and the other parties, within 30 to 365 days and in force."""

from collections.abc import Mapping, Sequence

from detectors.chains import case_of, chains
from detectors.fact import Fact
from detectors.forces.measure import Unknown
from detectors.indicators.indicator import Indicator
from detectors.indicators.look import Behind, within, words
from detectors.points.view import View

_FEEDS: Mapping[str, tuple[str, str]] = {
    "F01": ("suits", "立案"),
    "F02": ("hearings", "开庭"),
    "F03": ("judgments", "裁判"),
    "F04": ("enforcement cases", "被执行"),
    "F05": ("dishonesty listings", "失信"),
    "F06": ("consumption restrictions", "限高"),
    "F07": ("terminated enforcements", "终本"),
    "F08": ("insolvency cases", "破产"),
}
_AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "F01": ("claim_amount",),
    "F03": ("obligation_amount", "case_money"),
    "F04": ("unperformed_amount", "exec_amount"),
    "F07": ("unperformed_amount", "exec_amount"),
}
"""Feeds that tell an amount; a hearing, listing or restriction has that of its case."""

_BY_CASE = ("F04", "F07", "F01")
"""Where the amount of a case is looked up that the feed itself does not tell."""

_WINDOWS = ("30d", "90d", "180d", "365d", "active")
_AGAINST = frozenset({"", "defendant", "respondent", "appellee"})
"""Parts a firm is sued in; records of feeds without parts are all against it."""
_NO_PARTS = frozenset({"F04", "F05", "F06", "F07", "F08"})


def _facts(view: View, feed: str) -> list[Fact]:
    known = view.known(feed)
    if feed == "F06":
        return [fact for fact in known if fact.data.get("kind") != "exit"]
    if feed in _NO_PARTS:
        return known
    return [fact for fact in known if str(fact.data.get("role", "")) in _AGAINST]


def _count(feed: str, window: str) -> Behind:
    return lambda view: float(len(within(view, _facts(view, feed), window)))


def _amount(feed: str, window: str) -> Behind:
    def behind(view: View) -> float:
        facts = within(view, _facts(view, feed), window)
        if feed not in _AMOUNTS:  # two hearings are about one amount
            facts = list({case_of(fact) or fact.key: fact for fact in facts}.values())
        known = [amount for fact in facts if (amount := _amount_of(view, feed, fact)) is not None]
        if facts and not known:
            raise Unknown("no record of these cases tells an amount")
        return sum(known) / 100

    return behind


def _amount_of(view: View, feed: str, fact: Fact) -> int | None:
    own = view.money(fact, *_AMOUNTS.get(feed, ()))
    if own is not None or feed in _AMOUNTS:
        return own
    case = case_of(fact)
    for other in _BY_CASE:
        for one in view.known(other):
            if case is not None and case_of(one) == case and (amount := view.money(one, *_AMOUNTS[other])):
                return amount
    return None


def _counterparties(feed: str, window: str) -> Behind:
    def behind(view: View) -> float:
        facts = within(view, _facts(view, feed), window)
        suing = _suing(view)
        linked = chains(view)
        found = [suing.get(linked.get(case, case)) for fact in facts if (case := case_of(fact)) is not None]
        known = [parties for parties in found if parties]
        if facts and not known:
            raise Unknown("the suit behind these records, which names the other parties, is not known")
        return float(len({party for parties in known for party in parties}))

    return behind


def _suing(view: View) -> Mapping[str, Sequence[str]]:
    """Those who sued, as digests, by the chain of the case."""
    held: dict[str, list[str]] | None = view.memo.get("suing")
    if held is None:
        linked = chains(view)
        held = view.memo["suing"] = {}
        for fact in _facts(view, "F01"):
            case = case_of(fact)
            if case is not None:
                held.setdefault(linked.get(case, case), []).extend(fact.data.get("plaintiffs", ()))
    return held


_MEASURES = (
    ("count", "count", "cases", "number of {en}", "{zh}件数", _count),
    ("amount", "sum", "main units", "amount of {en}", "{zh}金额", _amount),
    (
        "counterparties",
        "distinct",
        "parties",
        "distinct plaintiffs behind {en}",
        "{zh}对方当事人数",
        _counterparties,
    ),
)

INDICATORS = tuple(
    Indicator(
        id=f"judicial.{feed.lower()}.{measure}.{window}",
        family="judicial",
        feed=(feed,)
        if measure == "count" or (measure == "amount" and feed in _AMOUNTS)
        else (feed, *_BY_CASE),
        measure=measure,
        agg=agg,
        window=window,
        filter="" if feed in _NO_PARTS else "against the firm",
        unit=unit,
        direction="higher_is_worse",
        null_policy="zero" if measure == "count" else "unknown",
        behind=behind(feed, window),
        **words(window, said_en.format(en=names[0]), said_zh.format(zh=names[1])),
    )
    for feed, names in _FEEDS.items()
    for measure, agg, unit, said_en, said_zh, behind in _MEASURES
    for window in _WINDOWS
)
"""8 feeds × 3 measures × 5 windows."""
