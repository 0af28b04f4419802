"""WX-10 商票/债券违约: public lists of those who do not pay their bills of exchange or bonds."""

from collections.abc import Mapping

from detectors.fact import Fact, iso_day
from detectors.points.evaluator import Evaluator, NoParameters, ends
from detectors.points.finding import NOT_FIRED, RED, Finding
from detectors.points.view import View

_DEFAULTS: Mapping[str, str] = {
    "overdue_bills": "overdue bills of exchange",
    "bond_default": "a bond in default",
}


def serious_listings(facts: list[Fact]) -> list[Fact]:
    """Those of the listings of F23 that are of the market regulator (严重违法失信名单)."""
    return [fact for fact in facts if fact.data.get("listing", "serious_violation") == "serious_violation"]


def paper_default(view: View, _: NoParameters) -> Finding:
    """WX-10 商票/债券违约: on the list of acceptors whose bills stay overdue, or of issuers in default (F23): red.

    The bill exchange publishes every month who has been overdue three times or more within six months, and who still
    is (中国人民银行公告〔2020〕第19号; 商业汇票承兑、贴现与再贴现管理办法, 2022); bond defaults are announced.

    >>> from detectors.points.example import seen
    >>> listing = {"on": "2026-01-05", "put_on": "2026-01-05", "listing": "overdue_bills"}
    >>> paper_default(seen("2026-01-05", F23=[listing]), NoParameters()).value
    'listed for overdue bills of exchange since 2026-01-05'
    """
    listings = [fact for fact in view.active("F23") if fact.data.get("listing") in _DEFAULTS]
    if not listings:
        return NOT_FIRED
    kinds = sorted({_DEFAULTS[str(fact.data["listing"])] for fact in listings})
    return Finding(
        level=RED,
        value=f"listed for {' and '.join(kinds)} since {iso_day(listings[0].start)}",
        threshold="red from 1 listing",
        since=listings[0].start,
        evidence=tuple(listings),
        details={"listings": len(listings)},
    )


EVALUATORS: Mapping[str, Evaluator] = {"paper_default": Evaluator(paper_default, NoParameters, ends)}
