"""Security points: bank accounts frozen, mortgaged assets seized, seizures about to lapse, assets moved away."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from detectors.fact import DAY, FAR, Fact, iso_day
from detectors.points.evaluator import Evaluator, ends, starts_and_ends
from detectors.points.exposure import as_debtor, charges, is_mortgage, is_suit_against
from detectors.points.figures import monthly_inflow
from detectors.points.finding import BLUE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.seizures import asset_of, registered_seizures, root_of
from detectors.points.view import View
from detectors.points.wording import count, percent


class AccountFreeze(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-16; the amount in main units of the profile's currency."""

    yellow_share_of_inflow: float = 0.05
    yellow_below_if_inflow_unknown: int = 100_000
    longest_days: int = 365


def account_freeze(view: View, limit: AccountFreeze) -> Finding:
    """WP-16 账户冻结/扣划: bank accounts frozen, or money taken from them by a court (F09).

    Yellow while the orders come to no more than 5 % of the monthly inflow (revenue per month in the latest accounts),
    or below 100,000 if that is unknown; red for more, for an order without an amount, and when a deduction was
    executed. A freeze lasts a year at most unless renewed (最高人民法院民诉法解释 art. 485), and one that does not say
    until when is taken to; a deduction counts as long. The two amounts are configuration defaults.

    >>> from detectors.points.example import cny, seen
    >>> order = {"on": "2026-01-05", "asset_class": "bank_account", "measure": "freeze", "from": "2026-01-05",
    ...          "amount_limit": cny(60_000)}
    >>> two = [order, {**order, "notice_no": "2"}]
    >>> [account_freeze(seen("2026-02-01", F09=orders), AccountFreeze()).level for orders in (two[:1], two)]
    [2, 3]
    >>> account_freeze(seen("2026-02-01", F09=two), AccountFreeze()).value
    '2 orders for CNY 120,000, inflow unknown'
    """
    spans = [(fact, _lapses(fact, limit)) for fact in _on_accounts(view)]
    orders = [fact for fact, end in spans if view.day < end]
    if not orders:
        return NOT_FIRED
    taken = any(fact.data.get("measure") == "deduction" for fact in orders)
    known = [view.money(fact, "amount_limit") for fact in orders]
    total = sum(amount or 0 for amount in known)
    found = monthly_inflow(view)
    inflow = None if found is None else found[0]
    if found is None:
        small, against = total < limit.yellow_below_if_inflow_unknown * 100, "inflow unknown"
    else:
        month, period = found
        small, against = (
            total <= limit.yellow_share_of_inflow * month,
            f"{percent(total / month, limit.yellow_share_of_inflow)} of the monthly inflow of "
            f"{view.text(round(month))} (revenue of {period})",
        )
    return Finding(
        level=YELLOW if small and None not in known and not taken else RED,
        value=f"{count(len(orders), 'order')} for {view.text(total)}, {against}"
        + (", amount of an order unknown" if None in known else "")
        + (", money was taken" if taken else ""),
        threshold=f"yellow up to {limit.yellow_share_of_inflow:.0%} of monthly inflow, or below "
        f"{view.text(limit.yellow_below_if_inflow_unknown * 100)} if it is unknown; red above, "
        "without an amount, and for a deduction",
        since=orders[0].start,
        evidence=tuple(orders),
        turn=min([end for _, end in spans if end > view.day], default=FAR),
        details={"orders": len(orders), "amount": total, "monthly_inflow": inflow, "deduction": taken},
        episode=root_of(view, orders[0]),
    )


def _on_accounts(view: View) -> list[Fact]:
    return [fact for fact in view.known("F09") if fact.data.get("asset_class") == "bank_account"]


def _lapses(fact: Fact, limit: AccountFreeze) -> int:
    """The day from which an order counts no more."""
    longest = fact.start + limit.longest_days
    if fact.end is None:
        return longest
    return min(fact.end, longest) if fact.data.get("measure") == "deduction" else fact.end


def _account_endings(view: View, _: object, limit: AccountFreeze) -> Iterable[int]:
    return [_lapses(fact, limit) for fact in _on_accounts(view)]


class MortgagedAssetSeized(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WP-21 has no threshold: one seized asset that secures a debt is enough."""


def mortgaged_asset_seized(view: View, _: MortgagedAssetSeized) -> Finding:
    """WP-21 在押物被查封: a seizure in force (F09) on an asset that secures a registered debt (F12, F11).

    Real estate is found by its unit, and a seizure that the register has entered on it (F12) counts as well. A charge
    over movables names no single asset: it is hit when the seizure names its registration, or when it floats over all
    of them. A maximum-amount mortgage stops growing once the mortgagee is told of the seizure
    (最高人民法院查封扣押冻结规定 art. 25), so the lender has to stop drawdown.

    >>> from detectors.points.example import cny, seen
    >>> mortgage = {"on": "2025-01-05", "kind": "mortgage", "cert_no": "c", "unit_no": "u", "secured_principal": cny(9)}
    >>> seizure = {"on": "2026-01-05", "asset_class": "real_estate", "asset_ref": "u", "from": "2026-01-05"}
    >>> mortgaged_asset_seized(seen("2026-02-01", F12=[mortgage], F09=[seizure]), MortgagedAssetSeized()).value
    '1 seized asset, securing CNY 9 under 1 registration'
    """
    hit: list[tuple[Fact, list[Fact]]] = []
    units, registered = _mortgages(view), charges(view)
    for seizure in (*view.active("F09"), *registered_seizures(view)):
        secured = units.get(asset_of(seizure), []) + [one for one in registered if _hits(seizure, one)]
        if secured:
            hit.append((seizure, secured))
    if not hit:
        return NOT_FIRED
    registrations = {fact.key: fact for _, facts in hit for fact in facts}
    amount = sum(
        view.money(fact, "secured_principal", "secured_amount") or 0 for fact in registrations.values()
    )
    assets = {asset_of(seizure) for seizure, _ in hit}
    return Finding(
        level=RED,
        value=f"{count(len(assets), 'seized asset')}, securing {view.text(amount)} under "
        f"{count(len(registrations), 'registration')}",
        threshold="red from 1 seized asset that secures a registered debt",
        since=min(max(seizure.start, min(fact.start for fact in facts)) for seizure, facts in hit),
        evidence=(*(seizure for seizure, _ in hit), *registrations.values()),
        details={"assets": len(assets), "registrations": sorted(registrations), "secured": amount},
        episode=root_of(view, hit[0][0]),
    )


def _mortgages(view: View) -> dict[str, list[Fact]]:
    """Mortgages in force by unit."""
    units: dict[str, list[Fact]] = {}
    for fact in as_debtor(view.active("F12")):
        if is_mortgage(fact) and fact.data.get("unit_no"):
            units.setdefault(fact.data["unit_no"], []).append(fact)
    return units


_MOVABLE = frozenset({"movable", "vehicle", "receivable"})


def _hits(seizure: Fact, charge: Fact) -> bool:
    ref = seizure.data.get("asset_ref")
    if ref is not None and ref == charge.data.get("reg_no"):
        return True
    return (
        charge.data.get("security_type") == "floating_charge" and seizure.data.get("asset_class") in _MOVABLE
    )


class SeizureLapsing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-20."""

    notice_days: int = 30


def seizure_lapsing(view: View, limit: SeizureLapsing) -> Finding:
    """WX-20 查封到期未续: a seizure ends within 30 days and nobody has renewed it (F09).

    A notice to the creditors rather than a sign of risk, hence never more than blue. A seizure that is not renewed in
    time has no effect after its last day (最高人民法院查封扣押冻结规定 art. 27); 30 days are a configuration default.

    >>> from detectors.points.example import seen
    >>> seizure = {"on": "2023-03-01", "notice_no": "n", "authority": "c", "from": "2023-03-01", "to": "2026-02-28"}
    >>> seizure_lapsing(seen("2026-02-01", F09=[seizure]), SeizureLapsing()).value
    '1 seizure not renewed, the first until 2026-02-28'
    """
    day = view.day
    open_ended = [(fact, end) for fact, end in _expiring(view) if day < end]
    near = [(fact, end) for fact, end in open_ended if end - limit.notice_days <= day]
    turns = [end - limit.notice_days for _, end in open_ended] + [ordered for ordered, _ in _renewals(view)]
    turn = min([one for one in turns if one > day], default=FAR)
    if not near:
        return Finding(turn=turn)
    near.sort(key=lambda one: (one[1], one[0].key))
    first, last_day = near[0]
    return Finding(
        level=BLUE,
        value=f"{count(len(near), 'seizure')} not renewed, the first until {iso_day(last_day)}",
        threshold=f"blue in the last {limit.notice_days} days",
        since=max(first.start, last_day - limit.notice_days),
        evidence=tuple(fact for fact, _ in near),
        turn=turn,
        details={"seizures": len(near), "expires_on": iso_day(last_day)},
        episode=f"{root_of(view, first)} until {iso_day(last_day)}",
    )


def _expiring(view: View) -> Iterator[tuple[Fact, int]]:
    """Seizures in force that say until when, and that no other renews, be it only from their last day on."""
    day = view.day
    renewed = {
        (fact.data.get("authority"), fact.data["renewal_of"])
        for ordered, fact in _renewals(view)
        if ordered <= day and (fact.end is None or day < fact.end)
    }
    for fact in view.active("F09"):
        if fact.end is not None and (fact.data.get("authority"), fact.data.get("notice_no")) not in renewed:
            yield fact, fact.end


def _renewals(view: View) -> Iterator[tuple[int, Fact]]:
    """Renewals and the days from which on they were ordered, which may be before they begin."""
    for fact in view.ledger.stating("F09"):
        if fact.data.get("renewal_of"):
            yield min(fact.start, -(-fact.occurred // DAY)), fact


def _lapse_endings(view: View, feeds: tuple[str, ...], limit: SeizureLapsing) -> Iterable[int]:
    yield from starts_and_ends(view, feeds, limit)
    yield from (ordered for ordered, _ in _renewals(view))


class DisposalUnderRestraint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-17."""

    within_days: int = 30
    window_days: int = 180


def disposal_under_restraint(view: View, limit: DisposalUnderRestraint) -> Finding:
    """WX-17 抵押财产异常处置: real estate transferred away close to a suit or a seizure.

    Red when the register (F12) shows a transfer out of the firm's hands within 30 days before or after a suit against
    it (F01) or a seizure (F09). A disposal of seized property has no effect against the creditor
    (最高人民法院查封扣押冻结规定 art. 24); the 30 days and how long it stays red are configuration defaults.

    >>> from detectors.points.example import seen
    >>> sale = {"on": "2026-01-20", "kind": "transfer", "cert_no": "c", "unit_no": "u", "role_of_subject": "transferor"}
    >>> suit = {"on": "2026-02-10", "case_no": "1", "role": "defendant", "filed_on": "2026-02-10"}
    >>> disposal_under_restraint(seen("2026-02-11", F12=[sale], F01=[suit]), DisposalUnderRestraint()).value
    'transfer on 2026-01-20, 21 days before a suit or seizure'
    """
    day = view.day
    pairs = [
        (max(sold, restraint.start), sold, asset, restraint)
        for sold, asset in _disposals(view)
        if sold <= day < sold + limit.window_days
        for restraint in _restraints(view)
        if abs(restraint.start - sold) <= limit.within_days
    ]
    if not pairs:
        return NOT_FIRED
    since, sold, asset, restraint = min(pairs, key=lambda pair: (pair[0], pair[2].key, pair[3].key))
    apart = restraint.start - sold
    when = f"{abs(apart)} days {'before' if apart > 0 else 'after'}" if apart else "on the day of"
    facts = {fact.key: fact for pair in pairs for fact in pair[2:]}
    return Finding(
        level=RED,
        value=f"transfer on {iso_day(sold)}, {when} a suit or seizure",
        threshold=f"red within {limit.within_days} days of a suit or seizure",
        since=since,
        evidence=tuple(facts.values()),
        turn=min(sold + limit.window_days for _, sold, _, _ in pairs),
        details={"days_apart": apart, "transfers": len({pair[2].key for pair in pairs})},
        episode=asset.key,
    )


_GIVING = frozenset({"transferor", "seller"})


def _disposals(view: View) -> Iterator[tuple[int, Fact]]:
    """Transfers out of the firm's hands: it is the transferor, or its own entry ended for a transfer."""
    for fact in view.known("F12"):
        if fact.data.get("kind") == "transfer" and fact.data.get("role") in _GIVING:
            yield fact.start, fact
        elif fact.end is not None and fact.end <= view.day and not is_mortgage(fact):
            reason = str(fact.data.get("cancel_reason", "")).casefold()
            if "转移" in reason or "transfer" in reason:
                yield fact.end, fact


def _restraints(view: View) -> list[Fact]:
    suits = [fact for fact in view.known("F01") if is_suit_against(fact)]
    return [*suits, *view.known("F09")]


def _disposal_endings(view: View, _: object, limit: DisposalUnderRestraint) -> Iterable[int]:
    return [sold + limit.window_days for sold, _ in _disposals(view)]


EVALUATORS: Mapping[str, Evaluator] = {
    "account_freeze": Evaluator(account_freeze, AccountFreeze, _account_endings),
    "mortgaged_asset_seized": Evaluator(mortgaged_asset_seized, MortgagedAssetSeized, ends),
    "seizure_lapsing": Evaluator(seizure_lapsing, SeizureLapsing, _lapse_endings),
    "disposal_under_restraint": Evaluator(
        disposal_under_restraint, DisposalUnderRestraint, _disposal_endings
    ),
}
