"""Points for registers abroad: Companies House (GB), UCC filings and federal tax liens (US)."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.fact import FAR, RETRACT, Fact
from detectors.points.evaluator import Evaluator, NoParameters
from detectors.points.exposure import as_debtor, exposure_endings, in_words, is_mortgage, open_exposure
from detectors.points.finding import BLUE, NONE, RED, YELLOW, Finding, worst
from detectors.points.tax import FEDERAL
from detectors.points.view import View
from detectors.points.wording import count

_OVERDUE, _UNREACHABLE = 1, 4


def strike_off(view: View, _: NoParameters) -> Finding:
    """WX-21: accounts or confirmation statement overdue, proposal to strike off (Companies House profile).

    Overdue filings (F22, ground 1) are blue; a registered office that cannot be reached (ground 4) and a proposal to
    strike off (F25) yellow; a proposal or dissolution while something is owed red, because what a dissolved company
    owns goes to the Crown (Companies Act 2006, sections 1000 and 1012).

    >>> from detectors.points.example import seen
    >>> proposal = {"on": "2026-01-05", "item": "status", "changed_on": "2026-01-05", "status": "deregistration_notice"}
    >>> strike_off(seen("2026-02-01", F25=[proposal]), NoParameters()).value
    'proposal to strike off with no known debt'
    """
    if not view.known("F22") and not view.known("F25"):
        return Finding(quiet=True)
    found = [_listing(fact) for fact in view.active("F22")]
    found += [_proposal(view, fact) for fact in view.active("F25") if fact.data.get("item") == "status"]
    return worst([finding for finding in found if finding.level])


_RULE = "blue when filings are overdue, yellow for a proposal to strike off, red while something is owed"


def _listing(fact: Fact) -> Finding:
    reason = fact.data.get("reason")
    words = {
        _OVERDUE: (BLUE, "filings overdue"),
        _UNREACHABLE: (YELLOW, "registered office cannot be reached"),
    }
    level, value = words.get(reason if isinstance(reason, int) else 0, (NONE, ""))
    return Finding(level=level, value=value, threshold=_RULE, since=fact.start, evidence=(fact,))


_STATES = {"deregistration_notice": "proposal to strike off", "deregistered": "dissolved"}


def _proposal(view: View, fact: Fact) -> Finding:
    state = str(fact.data.get("status", ""))
    exposure = open_exposure(view) if state in _STATES else {}
    level = RED if exposure else YELLOW if state == "deregistration_notice" else NONE
    owed = [one for facts in exposure.values() for one in facts]
    value = f"{_STATES.get(state, state)} with {in_words(exposure)}"
    return Finding(level=level, value=value, threshold=_RULE, since=fact.start, evidence=(fact, *owed))


def _strike_off_endings(view: View, _: object, __: object) -> Iterable[int]:
    for feed in ("F22", "F25"):
        yield from (fact.end for fact in view.known(feed) if fact.end is not None)
    if any(fact.data.get("status") in _STATES for fact in view.known("F25")):
        yield from exposure_endings(view)


def _not_of_the_profile(fact: Fact, _: int) -> bool:
    """While nothing is overdue or proposed, what the company owes does not matter here."""
    return fact.rank != RETRACT and "put_on" not in fact.data and "changed_on" not in fact.data


class ChargesAndReceivers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-22."""

    blue_charges: int = 3
    window_days: int = 90


def charges_and_receivers(view: View, limit: ChargesAndReceivers) -> Finding:
    """WX-22: several new outstanding charges (F11, F12), or a receiver (F08).

    Blue from three charges created in 90 days (configuration default); red while a receiver or administrative
    receiver is in office (Insolvency Act 1986, part III).

    >>> from detectors.points.example import seen
    >>> receiver = {"on": "2026-01-05", "case_no": "1", "event": "accepted", "procedure": "receiver-manager"}
    >>> charges_and_receivers(seen("2026-02-01", F08=[receiver]), ChargesAndReceivers()).value
    'receiver-manager in office'
    """
    day = view.day
    held = [
        *as_debtor(view.active("F11")),
        *(fact for fact in as_debtor(view.active("F12")) if is_mortgage(fact)),
    ]
    found = _new(held, day, limit.blue_charges, limit.window_days, "charge")
    receivers = [fact for fact in view.active("F08") if fact.data.get("procedure") in _RECEIVERS]
    if not receivers:
        return found
    return Finding(
        level=RED,
        value=f"{receivers[0].data['procedure']} in office",
        threshold="red while a receiver is in office",
        since=receivers[0].start,
        evidence=tuple(receivers),
        turn=found.turn,
        details={"receivers": len(receivers)},
    )


_RECEIVERS = frozenset({"receiver-manager", "administrative-receiver", "receivership"})


def _new(held: list[Fact], day: int, needed: int, window: int, what: str) -> Finding:
    """Blue when enough of them began within the window."""
    new = sorted(
        (fact for fact in held if fact.start > day - window), key=lambda fact: (fact.start, fact.key)
    )
    turn = min([fact.start + window for fact in new], default=FAR)
    if len(new) < needed:
        return Finding(turn=turn)
    return Finding(
        level=BLUE,
        value=f"{count(len(new), f'new {what}')} in {window} days",
        threshold=f"blue from {needed} in {window} days",
        since=new[needed - 1].start,
        evidence=tuple(reversed(new)),
        turn=turn,
        details={"new": len(new)},
        episode=new[0].key,
    )


def _charge_endings(view: View, feeds: tuple[str, ...], limit: ChargesAndReceivers) -> Iterable[int]:
    return _rolling(view, feeds, limit.window_days)


def _rolling(view: View, feeds: tuple[str, ...], window: int) -> Iterable[int]:
    for feed in feeds:
        for fact in view.known(feed):
            yield fact.start + window
            if fact.end is not None:
                yield fact.end


class FilingsAndLiens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-23; the amount in main units of the profile's currency."""

    blue_filings: int = 3
    window_days: int = 90
    red_amount: int = 100_000
    red_share_of_base: float = 0.10


def filings_and_liens(view: View, limit: FilingsAndLiens) -> Finding:
    """WX-23: several new UCC filings (F11), or a federal tax lien (F16).

    Blue from three filings in 90 days; yellow for a notice of federal tax lien (26 U.S.C. 6321-6323), red when the
    liens come to 100,000 or 10 % of M. The numbers are configuration defaults.

    >>> from detectors.points.example import seen
    >>> lien = {"on": "2026-01-05", "notice_period": "2025-12", "published_on": "2026-01-05",
    ...         "authority": "Internal Revenue Service", "balance": {"amount": "100000.00", "currency": "CNY"}}
    >>> filings_and_liens(seen("2026-02-01", F16=[lien]), FilingsAndLiens()).value
    '1 federal tax lien for CNY 100,000'
    """
    filings = [fact for fact in as_debtor(view.active("F11")) if fact.data.get("security_type") == "ucc"]
    found = _new(filings, view.day, limit.blue_filings, limit.window_days, "UCC filing")
    federal = [fact for fact in view.active("F16") if fact.data.get("authority") == FEDERAL]
    liens = [fact for fact in federal if view.money(fact, "balance") != 0]
    if not liens:
        return found
    total = sum(view.money(fact, "balance") or 0 for fact in liens)
    bar = min(limit.red_amount * 100, round(limit.red_share_of_base * view.base.amount))
    return Finding(
        level=RED if total >= bar else YELLOW,
        value=f"{count(len(liens), 'federal tax lien')} for {view.text(total)}",
        threshold=f"yellow from 1 lien, red from {view.text(limit.red_amount * 100)} or "
        f"{limit.red_share_of_base:.0%} of M",
        since=liens[0].start,
        evidence=tuple(liens),
        turn=found.turn,
        details={"liens": len(liens), "amount": total, "base_rung": view.base.rung},
    )


def _lien_endings(view: View, feeds: tuple[str, ...], limit: FilingsAndLiens) -> Iterable[int]:
    return _rolling(view, feeds, limit.window_days)


EVALUATORS: Mapping[str, Evaluator] = {
    "strike_off": Evaluator(strike_off, NoParameters, _strike_off_endings, _not_of_the_profile),
    "charges_and_receivers": Evaluator(charges_and_receivers, ChargesAndReceivers, _charge_endings),
    "filings_and_liens": Evaluator(filings_and_liens, FilingsAndLiens, _lien_endings, measured_by_base=True),
}
