"""Seizure and security (F09-F14): how many, how much, how much of M, and the largest, in force and lately."""

from collections.abc import Mapping

from msgspec.structs import replace

from detectors.fact import Fact
from detectors.indicators.indicator import Indicator
from detectors.indicators.look import Behind, amounts, base, within, words
from detectors.points.exposure import as_debtor, is_mortgage, registered
from detectors.points.view import View

_FEEDS: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "F09": ("seizures", "查封冻结", "", ("amount_limit", "asset_value")),
    "F10": ("judicial auctions", "司法拍卖", "", ("appraisal", "start_price")),
    "F11": ("charges on movables", "动产担保", "as debtor", ("secured_amount",)),
    "F12": ("mortgages on real estate", "不动产抵押", "mortgages, as debtor", ("secured_principal",)),
    "F13": ("pledges of its equity", "股权出质", "equity of the firm", ("equity_amount",)),
    "F14": ("freezes of its equity", "股权冻结", "equity of the firm", ("amount",)),
}
"""Names, filter, and the fields that tell an amount, the first that is given."""

_WINDOWS = ("active", "90d", "365d")
_FROZEN = frozenset({"freeze", "renewal"})


def _facts(view: View, feed: str) -> list[Fact]:
    known = view.known(feed)
    if feed == "F11":  # an amendment is no further charge, and none that begins anew
        return [replace(entries[-1], start=entries[0].start) for entries in registered(view)]
    if feed == "F12":
        return [fact for fact in as_debtor(known) if is_mortgage(fact)]
    if feed in ("F13", "F14"):
        own = [fact for fact in known if fact.data.get("role", "target") == "target"]
        return [fact for fact in own if feed == "F13" or fact.data.get("matter") in _FROZEN]
    return known


def _told(view: View, feed: str, window: str) -> list[float]:
    return amounts(view, within(view, _facts(view, feed), window), *_FEEDS[feed][3])


def _count(feed: str, window: str) -> Behind:
    return lambda view: float(len(within(view, _facts(view, feed), window)))


def _amount(feed: str, window: str) -> Behind:
    return lambda view: sum(_told(view, feed, window))


def _share(feed: str, window: str) -> Behind:
    return lambda view: sum(_told(view, feed, window)) / base(view)


def _largest(feed: str, window: str) -> Behind:
    return lambda view: max(_told(view, feed, window), default=0.0)


_MEASURES = (
    ("count", "count", "records", "number of {en}", "{zh}笔数", _count),
    ("amount", "sum", "main units", "amount of {en}", "{zh}金额", _amount),
    ("share_of_base", "ratio", "ratio to M", "{en} against the base", "{zh}占基准比", _share),
    ("largest", "max", "main units", "largest of {en}", "{zh}单笔最大金额", _largest),
)

INDICATORS = tuple(
    Indicator(
        id=f"security.{feed.lower()}.{measure}.{window}",
        family="security",
        feed=(feed, "F29", "F30") if measure == "share_of_base" else (feed,),
        measure=measure,
        agg=agg,
        window=window,
        filter=said[2],
        unit=unit,
        direction="higher_is_worse",
        null_policy="zero" if measure == "count" else "unknown",
        behind=behind(feed, window),
        **words(window, said_en.format(en=said[0]), said_zh.format(zh=said[1])),
    )
    for feed, said in _FEEDS.items()
    for measure, agg, unit, said_en, said_zh, behind in _MEASURES
    for window in _WINDOWS
)
"""6 feeds × 4 measures × 3 windows."""
