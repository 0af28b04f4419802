"""Inhibition: what one alert says already is not sent a second time as another. Messages only, never score or tier.

The idea is the inhibition of Prometheus Alertmanager. Rules:

1. While the inhibitor shows its colour, rises of the points it covers are marked ``suppressed_by`` and go to no
   subscriber. They are on record all the same.
2. A rise that lifts the tier above what the inhibitor shows is told.
3. Subscribers are never left with a colour that is over: a fall below what they were told is told, inhibited or not.
   A fall of what they were never told is not.
4. When the inhibitor is gone, what is live and was kept from them is told then.
5. A point whose alerts may be inhibited inhibits nothing itself, or all of a story could fall silent.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from alerts.policy.alert import Kind, Transition
from alerts.policy.standing import Hidden, PointState
from detectors.catalogue.model import Catalogue
from detectors.chains import case_of
from detectors.fact import Fact
from detectors.judge import Judgement, Verdict
from detectors.points.finding import BLUE, RED

OWN = "OWN"
"""As the inhibitor of a rule: any other point of the entity that shows the colour."""

Within = Literal["entity", "chain", "account"]
Chains = Callable[[], Mapping[str, str]]
"""The chains of an entity's cases (:func:`detectors.chains.chains`), made when they are wanted."""


class Inhibition(msgspec.Struct, frozen=True):
    """While ``by`` shows ``level`` or more, alerts about ``points`` are kept from subscribers.

    ``within`` is what the evidence of both must share: nothing more than the entity, the ``chain`` of a case, or the
    utility ``account``. ``but`` names points that do not count for :data:`OWN`, because they are not facts of the
    entity itself.
    """

    by: str
    points: tuple[str, ...]
    within: Within = "entity"
    level: int = BLUE
    but: tuple[str, ...] = ()


CONTAGION = Inhibition(OWN, ("WP-49",), level=RED, but=("CP-06", "WX-05", "WX-06", "WX-07"))
"""Of a firm that is red by its own facts nobody need hear that its circle is bad."""

DEFAULTS: tuple[Inhibition, ...] = (
    Inhibition("CP-04", ("WP-08", "WP-10", "WP-11"), within="chain"),
    Inhibition("WP-13", tuple(f"WP-0{n}" for n in range(1, 9)), level=RED),
    Inhibition("WP-25", ("WP-22", "WP-23", "WP-24"), within="account", level=RED),
    Inhibition("WP-42", ("WP-41",)),
    CONTAGION,
)
"""For a catalogue that gives none."""


def table(catalogue: Catalogue) -> tuple[Inhibition, ...]:
    """The rules of a catalogue and the one about contagion, checked once.

    Raises:
        ValueError: an inhibitor could be inhibited itself.
    """
    held: tuple[Inhibition, ...] | None = catalogue.memo.get("inhibitions")
    if held is None:
        rules = [Inhibition(rule.by, rule.points, rule.within, rule.level) for rule in catalogue.inhibitions]
        held = catalogue.memo["inhibitions"] = checked((*rules, CONTAGION) if rules else DEFAULTS)
    return held


def checked(rules: tuple[Inhibition, ...]) -> tuple[Inhibition, ...]:
    """The same rules.

    Raises:
        ValueError: an inhibitor could be inhibited itself.
    """
    covered = {name for rule in rules for name in rule.points}
    if both := sorted(covered.intersection(rule.by for rule in rules)):
        raise ValueError(f"inhibitions: {', '.join(both)} would be silent and silence others; name it once")
    return rules


def heard(
    told: Iterable[Transition],
    before: Mapping[str, PointState],
    points: dict[str, PointState],
    judgement: Judgement,
    tier: int,
    rules: tuple[Inhibition, ...],
    chains: Chains,
) -> list[Transition]:
    """What subscribers hear of one step: the transitions, some of them suppressed, and what is told belatedly.

    ``before`` and ``points`` are the states before and after the step, of which the latter are completed here;
    ``tier`` is the tier before it.
    """
    story = _Story(points, judgement, rules, chains)
    said = []
    for one in told:
        held = before.get(one.point, _NEW)
        by = story.inhibitor(one.point, held.hidden)
        exempt = by is not None and one.level > max(tier, points[by].level)
        said.append(_aired(one, held, points, None if exempt else by))
    moved = {one.point for one in said}
    for name, state in points.items():
        waiting = state.hidden is not None and state.falling is None and name not in moved
        if waiting and story.inhibitor(name, state.hidden) is None:
            said.append(_belated(name, state, points, judgement.verdicts[name]))
    return said


_NEW = PointState()


class _Story:
    """Who inhibits whom after a step."""

    def __init__(
        self,
        points: Mapping[str, PointState],
        judgement: Judgement,
        rules: tuple[Inhibition, ...],
        chains: Chains,
    ) -> None:
        self._points, self._verdicts, self._rules, self._chains = points, judgement.verdicts, rules, chains

    def inhibitor(self, name: str, hidden: Hidden | None) -> str | None:
        """The point that tells the story of ``name`` already; the first rule that applies decides."""
        for rule in self._rules:
            if name in rule.points:
                by = self._shown(rule, name)
                if by is not None and self._shared(rule.within, name, by, hidden):
                    return by
        return None

    def _shown(self, rule: Inhibition, name: str) -> str | None:
        if rule.by != OWN:
            state = self._points.get(rule.by)
            return rule.by if state is not None and state.level >= rule.level else None
        apart = {name, *rule.points, *rule.but}
        shown = [
            other for other, state in self._points.items() if state.level >= rule.level and other not in apart
        ]
        return min(shown, default=None)

    def _shared(self, within: Within, name: str, by: str, hidden: Hidden | None) -> bool:
        if within == "entity":
            return True
        covered, covering = self._verdicts[name], self._verdicts[by]
        if not (covered.finding.evidence and covering.finding.evidence):
            return hidden is not None and hidden.by == by  # a colour that waits out its delays: as it was
        return self._threads(covered, within) <= self._threads(covering, within) - {""}

    def _threads(self, verdict: Verdict, within: Within) -> set[str]:
        """What the evidence is about; empty text for evidence of which that is not known.

        A pattern about certain ``cases`` says so: its members may have others besides.
        """
        if within == "account":
            return {_account(fact) for fact in verdict.finding.evidence}
        linked, named = self._chains(), verdict.finding.details.get("cases")
        cases = [case_of(fact) or "" for fact in verdict.finding.evidence]
        if isinstance(named, list) and named:  # other points only count their cases
            cases = named
        return {linked.get(case, case) for case in cases}


def _account(fact: Fact) -> str:
    said = [str(fact.data.get(name, "")) for name in ("utility", "provider_id", "account_no")]
    return "|".join(said) if said[2] else ""


def _aired(one: Transition, held: PointState, points: dict[str, PointState], by: str | None) -> Transition:
    """One transition as subscribers hear it, and what is hidden from them after it."""
    was = held.hidden
    known = held.level if was is None else was.known
    if one.kind in ("alert.corrected", "alert.annotated"):
        return one if was is None else msgspec.structs.replace(one, suppressed_by=was.by)
    rises = one.level > known
    if was is None and not (rises and by):
        return one
    if rises and by:
        return _kept_back(one, held, points, Hidden(known, by))
    if was is not None and one.level == known:
        return _kept_back(one, held, points, None, was.by)
    state = points[one.point]
    peak = max(state.peak, one.level)
    points[one.point] = msgspec.structs.replace(state, hidden=None, peak=peak)
    kind = _kind(known, one.level) if rises else one.kind
    return msgspec.structs.replace(one, kind=kind, previous=known, peak=peak)


def _kept_back(
    one: Transition, held: PointState, points: dict[str, PointState], hidden: Hidden | None, by: str = ""
) -> Transition:
    """A transition that nobody is sent; it raises no peak, because nobody was told it."""
    peak = held.peak if held.level else 0
    points[one.point] = msgspec.structs.replace(points[one.point], hidden=hidden, peak=peak)
    return msgspec.structs.replace(one, peak=peak, suppressed_by=hidden.by if hidden else by)


def _belated(name: str, state: PointState, points: dict[str, PointState], verdict: Verdict) -> Transition:
    """The alert about a colour that was kept back and need be no longer."""
    known, by = (state.hidden.known, state.hidden.by) if state.hidden else (state.level, "")
    peak = max(state.peak, state.level)
    state = points[name] = msgspec.structs.replace(state, hidden=None, revision=state.revision + 1, peak=peak)
    why = f"{verdict.finding.value or 'still true'}; until now it was part of the alert on {by}"
    kind = _kind(known, state.level)
    return Transition(kind, name, state.level, known, peak, state.episode, state.revision, 0, 0, why)


def _kind(known: int, level: int) -> Kind:
    return "alert.upgraded" if known and level > known else "alert.opened"
