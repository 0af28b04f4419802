"""What a judgement waits for: days up to which sources must have told all before it can change."""

from collections.abc import Mapping

import msgspec

from detectors.catalogue.entry import Point
from detectors.catalogue.model import Catalogue
from detectors.fact import FAR
from detectors.judgement import Judgement
from detectors.ledger import Ledger
from detectors.points.verdict import Verdict
from detectors.points.view import View, fed_until
from detectors.reference import Reference


def carried_on(
    before: Judgement, day: int, carried: Mapping[str, Verdict], catalogue: Catalogue
) -> Judgement:
    """The judgement on a day on which nothing was evaluated."""
    if not carried:
        return msgspec.structs.replace(before, day=day)
    verdicts = {**before.verdicts, **carried}
    until = min([before.base_until, *[verdict.until for verdict in verdicts.values()]])
    awaits = awaits_of(verdicts, catalogue)
    return msgspec.structs.replace(before, day=day, verdicts=verdicts, until=until, awaits=awaits)


def has_told(awaits: Mapping[str, int], ledger: Ledger, reference: Reference) -> bool:
    """Whether the sources of a ledger have told all up to a day for which a judgement waits."""
    return any(
        (fed := fed_until(ledger, feed, reference)) is not None and fed >= day for feed, day in awaits.items()
    )


def heard_of(before: Judgement, view: View, catalogue: Catalogue) -> list[Point]:
    """Points whose sources have told all up to the day for which they waited."""
    fed = ((name, view.fed_until(feed)) for name, feed in catalogue.telling)
    return [
        catalogue.point[name] for name, day in fed if day is not None and before.verdicts[name].told <= day
    ]


def followed(view: View, catalogue: Catalogue) -> list[Point]:
    """Points about which the sources of a ledger have said how far they are."""
    facts = view.ledger.facts
    return [
        catalogue.point[name]
        for name, feed in catalogue.telling
        if feed in facts and view.fed_until(feed) is not None
    ]


def awaits_of(verdicts: Mapping[str, Verdict], catalogue: Catalogue) -> dict[str, int]:
    """The earliest day waited for, by feed."""
    awaits: dict[str, int] = {}
    for name, feed in catalogue.telling:
        told = verdicts[name].told
        if told < awaits.get(feed, FAR):
            awaits[feed] = told
    return awaits
