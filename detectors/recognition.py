"""Patterns on the day's verdicts, looked at only where something calls for them."""

from collections.abc import Mapping

from detectors.catalogue.entry import Pattern
from detectors.catalogue.model import Catalogue
from detectors.fact import FAR
from detectors.points.finding import NOT_FIRED
from detectors.points.patterns import HOLDS
from detectors.points.verdict import State, Verdict
from detectors.points.view import View


def absent(catalogue: Catalogue) -> dict[str, Verdict]:
    """What every pattern says where nothing calls for it."""
    held: dict[str, Verdict] | None = catalogue.memo.get("absent")
    if held is None:
        names = [pattern.id for pattern in catalogue.patterns]
        held = {name: Verdict(name, "not_fired", 0, 0.0, 0, None, FAR, NOT_FIRED) for name in names}
        catalogue.memo["absent"] = held
    return held


def calling(catalogue: Catalogue) -> frozenset[str]:
    """Feeds of which a fact calls for a pattern."""
    held: frozenset[str] | None = catalogue.memo.get("calling")
    if held is None:
        held = frozenset(feed for pattern in catalogue.patterns for feed in pattern.rule.feeds)
        catalogue.memo["calling"] = held
    return held


def _called_for(pattern: Pattern, view: View) -> bool:
    feeds = pattern.rule.feeds
    return bool(feeds) and not view.ledger.facts.keys().isdisjoint(feeds)


def verdict_of_pattern(
    pattern: Pattern,
    view: View,
    verdicts: Mapping[str, Verdict],
    weighing: Mapping[str, Verdict],
    catalogue: Catalogue,
) -> Verdict:
    """A pattern on the day's verdicts of points; not looked at unless a member weighs or a fact calls for it."""
    if weighing.keys().isdisjoint(pattern.members) and not _called_for(pattern, view):
        return absent(catalogue)[pattern.id]
    finding = pattern.rule.recognise(view, verdicts, pattern.limit)
    state: State = "fired" if finding.level or HOLDS in finding.details else "not_fired"
    return Verdict(
        pattern.id, state, finding.level, 0.0, finding.since, None, finding.turn, finding, view.day
    )
