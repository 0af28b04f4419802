"""The five forces (五力): what the firm is able to, as five scores of 0 to 100 that can be taken apart again.

Each indicator is scored by the efficacy method against the standard values of the firm's peers, so that a score is a
comparison with the industry. A missing indicator leaves its weight to the others of its force; a force of which too
little is known is unknown, never average.
"""

import math
from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec

from detectors.forces.efficacy import PERCENTILES, Five, efficacy, in_hundredths
from detectors.forces.measure import ForceId, Measure, Unknown, read
from detectors.forces.measures import FORCES, GROWTHS, by_force
from detectors.forces.rules import Rules
from detectors.points.view import View


class Standards(Protocol):
    """What is usual among the firm's peers, per indicator or growth rate; None where it may not or cannot be told."""

    def standard(self, measure_id: str) -> Five | None:
        """The five standard values of the raw value, excellent first (the peers' P90/P70/P50/P30/P10, or the mirror
        of them where lower is better)."""

    def median(self, measure_id: str) -> float | None:
        """The peers' median of the raw value; of a ``group`` measure, the value of the group itself."""

    def percentile(self, measure_id: str, value: float) -> float | None:
        """Percentile of a raw value among the peers, 0 (lowest) to 100."""


class NoPeers:
    """Nothing is known of the peers: only fallback standards are left."""

    def standard(self, _: str) -> None:
        """Unknown."""

    def median(self, _: str) -> None:
        """Unknown."""

    def percentile(self, _measure_id: str, _value: float) -> None:
        """Unknown."""


class Contribution(msgspec.Struct, frozen=True, gc=False):
    """One indicator's part in a force.

    ``value`` is the raw value in the indicator's unit, ``share`` its weight among those known (they sum to 1),
    ``effect`` the points by which it moves the force away from an average firm's, ``standard`` what it was held
    against: ``cohort``, ``percentile`` or the id of a fallback set.
    """

    measure: str
    value: float
    score: float
    share: float
    effect: float
    standard: str


class Force(msgspec.Struct, frozen=True, gc=False):
    """One force on one day (``as_of``, a day number). ``score`` is None when ``coverage`` (0 to 1) is too small;
    ``top`` names the strongest contributions, best first; ``missing`` tells why an indicator has no score."""

    id: ForceId
    score: float | None
    level: int
    coverage: float
    as_of: int
    contributions: tuple[Contribution, ...]
    top: tuple[Contribution, ...]
    missing: Mapping[str, str]


class Scored(msgspec.Struct, frozen=True, gc=False):
    """An indicator's raw value and score, and what it was held against."""

    value: float
    score: float
    standard: str


def five_forces(
    view: View, standards: Standards, rules: Rules, connected: Collection[str] | None = None
) -> dict[ForceId, Force]:
    """All five forces on the day of the view. Pure.

    ``connected`` are the feeds that some source tells (None: all): the silence of a register that nobody connects
    tells nothing, so what is measured by it is missing.
    """
    return {force: _force(force, view, standards, rules, connected) for force in FORCES}


def _force(
    force: ForceId, view: View, standards: Standards, rules: Rules, connected: Collection[str] | None
) -> Force:
    found: list[tuple[Measure, Scored]] = []
    missing: dict[str, str] = {}
    for measure in by_force(force):
        try:
            _speaks(measure, view, connected)
            found.append((measure, score_of(measure, view, standards, rules)))
        except Unknown as unknown:
            missing[measure.id] = str(unknown)
    coverage = round(math.fsum([measure.weight for measure, _ in found]), 9)
    contributions = tuple(_contribution(measure, scored, coverage, rules) for measure, scored in found)
    score = None
    if coverage >= rules.coverage_needed:
        score = min(math.fsum([one.share * one.score for one in contributions]), 100.0)
    level = 0 if score is None else rules.bands.level(in_hundredths(score))
    return Force(
        force, score, level, coverage, view.day, contributions, _top(contributions, rules.top), missing
    )


def _speaks(measure: Measure, view: View, connected: Collection[str] | None) -> None:
    """A register that is neither connected nor has ever told of this firm says nothing."""
    if connected is None:
        return
    silent = [feed for feed in measure.registers if feed not in connected and not view.known(feed)]
    if silent:
        raise Unknown(f"no source of {' and '.join(silent)} is connected")


def _contribution(measure: Measure, scored: Scored, coverage: float, rules: Rules) -> Contribution:
    share = measure.weight / coverage
    effect = share * (scored.score - rules.neutral)
    return Contribution(measure.id, scored.value, scored.score, share, effect, scored.standard)


def _top(contributions: tuple[Contribution, ...], n: int) -> tuple[Contribution, ...]:
    ranked = sorted(contributions, key=lambda one: (-one.effect, one.measure))
    best = [one for one in ranked if one.effect > 0][:n]
    worst = [one for one in ranked if one.effect < 0][-n:]
    return (*best, *worst)


def score_of(measure: Measure, view: View, standards: Standards, rules: Rules) -> Scored:
    """One indicator, compared as its basis asks for.

    Raises:
        Unknown: it cannot be measured, or there is nothing to hold it against.
    """
    if measure.basis == "mix":
        return _mixed(measure, view, standards, rules)
    if measure.basis == "group":
        value = standards.median(measure.id)
        if value is None:
            raise Unknown(measure.read(view).reason or "nothing is known of the group")
        return _against_fallback(measure.id, value, value, rules, measure.higher_is_better)
    reading = measure.read(view)
    if reading.value is None:
        raise Unknown(reading.reason or "not measured")
    if measure.basis == "percentile":
        percentile = standards.percentile(measure.id, reading.value)
        if percentile is not None:
            return Scored(reading.value, efficacy(percentile, PERCENTILES), "percentile")
    five = standards.standard(measure.id)
    if five is not None:
        return Scored(reading.value, efficacy(reading.value, five, measure.higher_is_better), "cohort")
    compared = reading.value
    if measure.basis == "relative":
        median = standards.median(measure.id)
        if median is None:
            raise Unknown("no median of the peers is known")
        compared -= median
    return _against_fallback(measure.id, reading.value, compared, rules, measure.higher_is_better)


def _against_fallback(name: str, value: float, compared: float, rules: Rules, higher: bool) -> Scored:
    known = rules.fallback(name)
    if known is None:
        raise Unknown("nothing is known of the peers, and there is no fallback standard")
    five, label = known
    return Scored(value, efficacy(compared, five, higher), label)


def _mixed(measure: Measure, view: View, standards: Standards, rules: Rules) -> Scored:
    """The mean percentile of the parts that have one; without peers, the mean score of the parts with a standard."""
    rates = {name: read(view, name, GROWTHS[name]).value for name in measure.parts}
    known = {name: rate for name, rate in rates.items() if rate is not None}
    if not known:
        raise Unknown(measure.read(view).reason or "no part is known")
    mean = math.fsum(known.values()) / len(known)
    ranks = [rank for name, rate in known.items() if (rank := standards.percentile(name, rate)) is not None]
    if ranks:
        return Scored(mean, efficacy(math.fsum(ranks) / len(ranks), PERCENTILES), "percentile")
    parts = []
    for name, rate in known.items():
        held = _part(name, standards, rules)
        if held is not None:
            parts.append((efficacy(rate, held[0]), held[1]))
    if not parts:
        raise Unknown("nothing is known of the peers, and there is no fallback standard")
    return Scored(mean, math.fsum([score for score, _ in parts]) / len(parts), parts[0][1])


def _part(name: str, standards: Standards, rules: Rules) -> tuple[Five, str] | None:
    five = standards.standard(name)
    return (five, "cohort") if five is not None else rules.fallback(name)
