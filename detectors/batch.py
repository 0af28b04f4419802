"""Many ledgers at one instant, without a stream: what each may know of the others, and the sums of their groups.

In the stream each partition adds up its own firms, months settle one after the other and the network tells its news
through the log; here everything is known, so each is one pass over the ledgers. Whatever judges a file of records does
it through :func:`everybody`, so that all commands judge alike. All are functions of the ledgers alone: neither the
order of the records nor their repetition shows, and a record taken back leaves no trace.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from detectors.assessment import assess, jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.cohorts.cohort import CohortStore, Contribution
from detectors.cohorts.firm import firm_of, is_compared, member_of
from detectors.cohorts.key import Attributes, cohorts_of
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.norm import NormTable, norms
from detectors.cohorts.period import earlier
from detectors.cohorts.rules import DEFAULT
from detectors.contagion.batch import told, untold
from detectors.contagion.node import RECKONING
from detectors.fact import day_of, iso_day
from detectors.forces.measures import measured
from detectors.judge import judge
from detectors.ledger import Ledger
from detectors.macro.counters import Changed, Claimed, GroupCounters, Totals
from detectors.macro.group import groups_of
from detectors.macro.standing import claims, standing
from detectors.materiality import base_of, view_of
from detectors.points.comparison import contributions
from detectors.points.view import View
from detectors.record import Record
from detectors.reference import NOTHING, NoNorms, Reference
from detectors.score import tier

SETTLE_DAYS = 20
"""Days after the end of a month within which what is told of it arrives (configuration default)."""

MONTHS = 14
"""Months of norms: a year's comparison and the month before it."""

_QUARTERS = frozenset({"03", "06", "09", "12"})
"""Months for which the indicators of the five forces are compared."""


class Everybody(msgspec.Struct, frozen=True):
    """All entities of a set of records at the instant ``at`` (epoch seconds): ``ledgers`` with what the network says
    in them, the ``impulses`` that say it (of those to whom the records tell of none), ``cohorts`` of the months settled
    by then, and what was known besides."""

    at: int
    ledgers: Mapping[str, Ledger]
    impulses: Mapping[str, Record]
    cohorts: Cohorts
    reference: Reference


def everybody(
    ledgers: Mapping[str, Ledger], at: int, catalogue: Catalogue, marks: Mapping[str, int] | None = None
) -> Everybody:
    """What each of these ledgers may know of all the others at an instant. Pure.

    ``marks`` say how far each source has come (see :mod:`detectors.watermarks`); no later than ``at`` is heeded.
    """
    cohorts = cohorts_among(ledgers, day_of(at, catalogue.profile(RECKONING).utc_offset), catalogue)
    come = {name: min(until, at) for name, until in (marks or {}).items()}
    reference = Reference(norms=_usual(cohorts), marks=come)
    impulses = untold(ledgers, at, catalogue, reference)
    return Everybody(at, told(ledgers, impulses, catalogue), impulses, cohorts, reference)


def assessed(everyone: Everybody, catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """One assessment per entity of which anything stands, sorted by entity id."""
    for entity in sorted(everyone.ledgers):
        if everyone.ledgers[entity].live():
            yield assessed_one(entity, everyone, catalogue)


def assessed_one(entity: str, everyone: Everybody, catalogue: Catalogue) -> dict[str, Any]:
    """The assessment of an entity among everybody."""
    reference = everyone.reference.within(catalogue.profile(jurisdiction_of(entity)).utc_offset)
    return assess(everyone.ledgers[entity], entity, everyone.at, catalogue, reference)


def reference_of(
    ledgers: Mapping[str, Ledger], day: int, catalogue: Catalogue, *, settle_days: int = SETTLE_DAYS
) -> Reference:
    """What is usual among the firms of these ledgers in the months settled by ``day`` (a day number). Pure."""
    return Reference(norms=_usual(cohorts_among(ledgers, day, catalogue, settle_days=settle_days)))


def _usual(cohorts: Cohorts) -> NormTable | NoNorms:
    return NormTable(norms(cohorts)) if cohorts.cells() else NoNorms()


def cohorts_among(
    ledgers: Mapping[str, Ledger], day: int, catalogue: Catalogue, *, settle_days: int = SETTLE_DAYS
) -> Cohorts:
    """What the firms of these ledgers contributed in the months settled by ``day`` (a day number). Pure.

    Empty, at hardly any cost, while there are fewer firms than a cohort needs.
    """
    firms = {
        entity: firm
        for entity in sorted(ledgers)
        if (firm := firm_of(entity, ledgers[entity].stating("F29")))
    }
    if len(firms) < DEFAULT.enough:
        return Cohorts()
    months = settled_months(day, settle_days)
    store = CohortStore()
    for entity, firm in firms.items():
        cohorts = cohorts_of(firm)
        for period, indicator, value in _contributed(entity, ledgers[entity], day, months, catalogue):
            store.apply(Contribution(entity, indicator, period, 1, cohorts, value))
    return Cohorts(DEFAULT, store.partials(0, 1))


def settled_months(day: int, settle_days: int = SETTLE_DAYS) -> list[str]:
    """The latest :data:`MONTHS` months of which all is known on ``day``, latest first.

    >>> settled_months(20_564)[:2], settled_months(20_563)[0]  # 21 and 20 April 2026
    (['2026-03', '2026-02'], '2026-02')
    """
    last = earlier(iso_day(day - settle_days)[:7], 1)
    return [earlier(last, back) for back in range(MONTHS)]


def settled_quarter(day: int, settle_days: int = SETTLE_DAYS) -> str:
    """The last month of the latest quarter of which all is known on ``day``: that of the indicators of the five forces.

    >>> settled_quarter(20_564), settled_quarter(20_563)
    ('2026-03', '2025-12')
    """
    return next(month for month in settled_months(day, settle_days) if month[5:] in _QUARTERS)


def _contributed(
    entity: str, ledger: Ledger, day: int, months: list[str], catalogue: Catalogue
) -> Iterator[tuple[str, str, float]]:
    """Month, indicator and value of everything a firm contributes, as it is known on ``day``."""
    view = _view(entity, ledger, day, catalogue)
    if not is_compared(view):
        return
    for period in months:
        for indicator, value in contributions(view, period).items():
            yield period, indicator, value
    quarter = next(month for month in months if month[5:] in _QUARTERS)
    for indicator, value in measured(view).items():
        yield quarter, indicator, value


def _view(entity: str, ledger: Ledger, day: int, catalogue: Catalogue) -> View:
    profile = catalogue.profile(jurisdiction_of(entity))
    return view_of(ledger, day, base_of(ledger, day, catalogue.materiality, profile), profile)


def totals_of(
    ledgers: Mapping[str, Ledger], as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> dict[str, Totals]:
    """The sums of every group (region, industry, size class, cluster) at ``as_of`` (epoch seconds), by group. Pure.

    Tiers are those of the verdicts of the day. Who rose and fell lately only a stream knows.
    """
    counters = GroupCounters()
    for entity, ledger in sorted(ledgers.items()):
        firm = member_of(entity, ledger.stating("F29"))
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
    day, reference = day_of(as_of, profile.utc_offset), reference.within(profile.utc_offset)
    judgement = judge(ledger, day, catalogue, profile, reference)
    view = view_of(ledger, day, judgement.base, profile, reference)
    counters.apply(Changed(day, None, standing(view, groups, tier(judgement, catalogue))))
    for begun, amount in claims(view, catalogue.macro_index.event_days):
        counters.apply(Claimed(begun, groups, amount))
