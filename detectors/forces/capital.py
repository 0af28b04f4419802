"""Capital (资本实力): what the owners have put in, what is left of it, and how much of it others hold."""

import math
from collections import defaultdict

from detectors.fact import Fact
from detectors.forces.accounts import latest_balance, latest_net_assets, stock
from detectors.forces.measure import Measure, Unknown
from detectors.forces.months import WINDOWS, number
from detectors.points.exposure import as_debtor, charges
from detectors.points.view import View


def entity_of(view: View) -> str | None:
    """Id of the entity the ledger is about, from its master data or accounts; None while neither is known."""
    for feed in ("F29", "F30"):
        for fact in view.known(feed):
            return fact.key.partition("|")[0]
    return None


def capital_of(view: View, name: str) -> int | None:
    """Paid or subscribed capital in minor units, from the latest master data that give it."""
    for fact in reversed(view.known("F29")):
        amount = view.money(fact, name)
        if amount is not None:
            return amount
    return None


def paid_in_ratio(view: View) -> float:
    """Paid-in over subscribed capital, at most 1. No feed tells when a contribution falls due, so all of it counts.

    Raises:
        Unknown: either is unknown, or nothing is subscribed.
    """
    paid, subscribed = capital_of(view, "paid_capital"), capital_of(view, "subscribed_capital")
    if paid is None or subscribed is None:
        raise Unknown("paid-in or subscribed capital is unknown")
    if subscribed <= 0:
        raise Unknown("no capital is subscribed")
    return min(paid / subscribed, 1.0)


def net_assets_size(view: View) -> float:
    """Decimal logarithm of net assets in main units; 0 where they are used up.

    Raises:
        Unknown: no recent net assets.
    """
    return math.log10(max(latest_net_assets(view)[1] / 100, 1.0))


def unencumbered_assets(view: View) -> float:
    """Share of the known assets that is neither seized nor mortgaged.

    Known assets are those of the latest accounts, else the registered real estate. What binds one asset several times
    counts once, at the highest amount. Leased or unpaid goods (融资租赁, 所有权保留) bind nothing the firm owns.
    An amount that no source gives counts as nothing while others are known.

    Raises:
        Unknown: no assets are known, or none of the encumbrances has an amount.
    """
    assets = _known_assets(view)
    bound: dict[str, int] = defaultdict(int)
    found = False
    for asset, amount in [*_seized(view), *_mortgaged(view), *_charged(view)]:
        found = True
        bound[asset] = max(bound[asset], amount or 0)
    encumbered = sum(bound.values())
    if found and not encumbered:
        raise Unknown("assets are encumbered by unknown amounts")
    return 1.0 - min(encumbered / assets, 1.0)


def _known_assets(view: View) -> float:
    try:
        assets = stock(view, "assets", latest_balance(view, "assets"))
    except Unknown:
        values: dict[str, int] = {}
        for fact in view.active("F12"):
            if (
                fact.data.get("kind") not in _BINDING
                and (value := view.money(fact, "asset_value")) is not None
            ):
                unit = str(fact.data.get("unit_no", fact.key))
                values[unit] = max(value, values.get(unit, 0))
        assets = float(sum(values.values()))
    if not assets or assets < 0:
        raise Unknown("no assets are known")
    return assets


_BINDING = frozenset({"mortgage", "seizure", "cancel"})
_NOT_OWNED = frozenset({"financial_lease", "title_retention"})


def _least(view: View, fact: Fact, *names: str) -> int | None:
    """The smaller of the amounts a record gives: what is secured, and what the asset is worth."""
    return min((amount for name in names if (amount := view.money(fact, name)) is not None), default=None)


def _seized(view: View) -> list[tuple[str, int | None]]:
    return [
        (str(fact.data.get("asset_ref") or fact.key), _least(view, fact, "amount_limit", "asset_value"))
        for fact in view.active("F09")
    ]


def _mortgaged(view: View) -> list[tuple[str, int | None]]:
    return [
        (str(fact.data.get("unit_no", fact.key)), _least(view, fact, "secured_principal", "asset_value"))
        for fact in as_debtor(view.active("F12"))
        if fact.data.get("kind") in ("mortgage", "seizure")
    ]


def _charged(view: View) -> list[tuple[str, int | None]]:
    """Registered security over movables and rights."""
    return [
        (f"reg {fact.data.get('reg_no')}", view.money(fact, "secured_amount"))
        for fact in charges(view)
        if fact.data.get("security_type") not in _NOT_OWNED
    ]


def equity_encumbrance(view: View) -> float:
    """Share of the firm's own equity that its holders have pledged (F13) or that is frozen (F14), at most 1.

    Freezes of one holder's equity wait on each other, so the largest counts. An amount is held against the subscribed
    capital. A freeze has effect from its publication (最高人民法院股权执行规定 art. 6).

    Raises:
        Unknown: equity is encumbered and no source tells which share.
    """
    own = entity_of(view)
    shares = [_share(view, fact, "pledged_ratio", "equity_amount") for fact in _pledges(view, own)]
    held = _freezes(view, own)
    for holder in sorted({str(fact.data.get("executed_person")) for fact in held}):
        of_holder = [fact for fact in held if str(fact.data.get("executed_person")) == holder]
        shares.append(_largest([_share(view, fact, "ratio", "amount") for fact in of_holder]))
    known = [share for share in shares if share is not None]
    if shares and not known:
        raise Unknown("equity is encumbered by unknown shares")
    return min(math.fsum(known), 1.0)


def _largest(shares: list[float | None]) -> float | None:
    return max((share for share in shares if share is not None), default=None)


def _pledges(view: View, own: str | None) -> list[Fact]:
    return [
        fact
        for fact in view.active("F13")
        if fact.data.get("state") != "cancelled"
        and _not_over(fact, "cancelled_on", view.day)
        and own in (None, fact.data.get("target"))
    ]


def _freezes(view: View, own: str | None) -> list[Fact]:
    return [
        fact
        for fact in view.active("F14")
        if fact.data.get("matter") in ("freeze", "renewal")
        and _not_over(fact, "to", view.day)
        and own in (None, fact.data.get("target"))
    ]


def _not_over(fact: Fact, name: str, day: int) -> bool:
    end = fact.data.get(name)
    return not isinstance(end, int) or day < end


def _share(view: View, fact: Fact, ratio: str, amount: str) -> float | None:
    share = number(fact.data.get(ratio))
    if share is not None:
        return share
    minor, subscribed = view.money(fact, amount), capital_of(view, "subscribed_capital")
    return minor / subscribed if minor is not None and subscribed else None


def capital_stability(view: View) -> float:
    """Reductions of the registered capital and changes of the controller in the last two years (F25)."""
    return float(sum(_unsettles(view, fact) for fact in view.known("F25")))


def _unsettles(view: View, fact: Fact) -> bool:
    data, on = fact.data, fact.data.get("changed_on", fact.start)
    if not view.day - WINDOWS.two_years_days < on <= view.day:
        return False
    if data.get("item") == "reg_capital":
        before, after = view.money(fact, "before_amount"), view.money(fact, "after_amount")
        return before is not None and after is not None and after < before
    return data.get("item") == "controller"


MEASURES = (
    Measure(
        "paid_in_ratio", "capital", "paid-in capital", "实缴率", ("F29",), "ratio", True, 0.20, paid_in_ratio
    ),
    Measure(
        "net_assets", "capital", "net assets", "净资产", ("F30",), "log10 of main units", True, 0.30,
        net_assets_size, basis="percentile",
    ),
    Measure(
        "unencumbered_assets", "capital", "unencumbered assets", "未受限资产", ("F09", "F11", "F12", "F30"),
        "ratio", True, 0.25, unencumbered_assets, registers=("F09", "F11", "F12"),
    ),
    Measure(
        "equity_encumbrance", "capital", "encumbered equity", "股权受限", ("F13", "F14"), "ratio", False, 0.15,
        equity_encumbrance, registers=("F13", "F14"),
    ),
    Measure(
        "capital_stability", "capital", "capital reductions and changes of control", "资本稳定", ("F25",),
        "changes in 24 months", False, 0.10, capital_stability, registers=("F25",),
    ),
)  # fmt: skip
