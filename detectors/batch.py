"""Many ledgers at one instant, without a stream: what is usual among their firms, and the sums of their groups.

In the stream each partition adds up its own firms and months settle one after the other; here everything is known, so
each is one pass over the ledgers. Both are functions of the ledgers alone: neither the order of the records nor their
repetition shows, and a record taken back leaves no trace.
"""

from collections.abc import Iterator, Mapping

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.cohorts.cohort import CohortStore, Contribution
from detectors.cohorts.firm import firm_of
from detectors.cohorts.key import Attributes, cohorts_of
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.norm import NormTable, norms
from detectors.cohorts.period import earlier
from detectors.cohorts.rules import DEFAULT
from detectors.fact import RETRACT, Fact, day_of, iso_day
from detectors.forces.measures import measured
from detectors.judge import judge
from detectors.ledger import Ledger
from detectors.macro.counters import Changed, Claimed, GroupCounters, Totals
from detectors.macro.group import groups_of
from detectors.macro.rules import DEFAULT as MACRO
from detectors.macro.standing import standing
from detectors.materiality import base_of
from detectors.points.comparison import contributions
from detectors.points.view import View
from detectors.reference import NOTHING, Reference
from detectors.score import tier

SETTLE_DAYS = 20
"""Days after the end of a month within which what is told of it arrives (configuration default)."""

MONTHS = 14
"""Months of norms: a year's comparison and the month before it."""

_COMPARED = frozenset({"F15", "F19", "F30"})
"""Feeds from which comparisons are made."""

_QUARTERS = frozenset({"03", "06", "09", "12"})
"""Months for which the indicators of the five forces are compared."""

_CLAIMS: Mapping[str, str] = {"F01": "claim_amount", "F04": "exec_amount"}
"""Feeds of new claims and enforcement, and the amount they tell."""


def reference_of(
    ledgers: Mapping[str, Ledger], day: int, catalogue: Catalogue, *, settle_days: int = SETTLE_DAYS
) -> Reference:
    """What is usual among the firms of these ledgers in the months settled by ``day`` (a day number). Pure.

    Empty, at hardly any cost, while there are fewer firms than a cohort needs. Watermarks are not part of a ledger:
    none are known.
    """
    firms = {
        entity: firm
        for entity in sorted(ledgers)
        if (firm := firm_of(entity, ledgers[entity].stating("F29")))
    }
    if len(firms) < DEFAULT.enough:
        return NOTHING
    months = settled_months(day, settle_days)
    store = CohortStore()
    for entity, firm in firms.items():
        cohorts = cohorts_of(firm)
        for period, indicator, value in _contributed(entity, ledgers[entity], day, months, catalogue):
            store.apply(Contribution(entity, indicator, period, 1, cohorts, value))
    return Reference(norms=NormTable(norms(Cohorts(DEFAULT, store.partials(0, 1)))))


def settled_months(day: int, settle_days: int = SETTLE_DAYS) -> list[str]:
    """The latest :data:`MONTHS` months of which all is known on ``day``, latest first.

    >>> settled_months(20_564)[:2], settled_months(20_563)[0]  # 21 and 20 April 2026
    (['2026-03', '2026-02'], '2026-02')
    """
    last = earlier(iso_day(day - settle_days)[:7], 1)
    return [earlier(last, back) for back in range(MONTHS)]


def _contributed(
    entity: str, ledger: Ledger, day: int, months: list[str], catalogue: Catalogue
) -> Iterator[tuple[str, str, float]]:
    """Month, indicator and value of everything a firm contributes, as it is known on ``day``."""
    view = _view(entity, ledger, day, catalogue)
    if not _COMPARED.isdisjoint(ledger.facts):
        for period in months:
            for indicator, value in contributions(view, period).items():
                yield period, indicator, value
    quarter = next(period for period in months if period[5:] in _QUARTERS)
    for indicator, value in measured(view).items():
        yield quarter, indicator, value


def _view(entity: str, ledger: Ledger, day: int, catalogue: Catalogue) -> View:
    profile = catalogue.profile(jurisdiction_of(entity))
    return View(ledger, day, base_of(ledger, day, catalogue.materiality, profile), profile.fx)


def totals_of(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> dict[str, Totals]:
    """The sums of every group (region, industry, size class) at ``as_of`` (epoch seconds), by group. Pure.

    Tiers are those of the verdicts of the day. Who rose and fell lately only a stream knows.
    """
    counters = GroupCounters()
    for entity, ledger in sorted(ledgers.items()):
        firm = firm_of(entity, ledger.stating("F29"))
        if firm is not None:
            _count(counters, entity, ledger, firm, as_of, catalogue, reference)
    return dict(counters.all())


def _count(
    counters: GroupCounters,
    entity: str,
    ledger: Ledger,
    firm: Attributes,
    as_of: int,
    catalogue: Catalogue,
    reference: Reference,
) -> None:
    profile, groups = catalogue.profile(jurisdiction_of(entity)), groups_of(firm)
    day = day_of(as_of, profile.utc_offset)
    judgement = judge(ledger, day, catalogue, profile, reference)
    view = View(ledger, day, judgement.base, profile.fx, reference=reference)
    counters.apply(Changed(day, None, standing(view, groups, tier(judgement, catalogue))))
    for feed, name in _CLAIMS.items():
        for fact in view.known(feed):
            amount = view.money(fact, name)
            if amount and _recent(fact, day):
                counters.apply(Claimed(fact.start, groups, amount))


def _recent(fact: Fact, day: int) -> bool:
    against = fact.data.get("role", "defendant") == "defendant"
    return against and fact.rank != RETRACT and day - MACRO.event_days < fact.start <= day
