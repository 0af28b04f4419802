"""What the judgement would be without some of its points: what an explanation says of each, and what a firm is like by
its own facts alone."""

from collections.abc import Collection
from typing import Any

import msgspec

from detectors.catalogue.entry import Pattern, Point
from detectors.catalogue.model import Catalogue, Profile
from detectors.forces.standing import leave_out
from detectors.judgement import Judgement
from detectors.ledger import Ledger
from detectors.materiality import view_of
from detectors.points.verdict import Verdict
from detectors.points.view import View
from detectors.recognition import verdict_of_pattern
from detectors.reference import NOTHING, Reference
from detectors.score import tier
from detectors.weighing import verdict_of


def lacking(
    judgement: Judgement,
    names: Collection[str],
    ledger: Ledger,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference = NOTHING,
) -> Judgement:
    """The judgement as if the catalogue had none of these points and patterns. Pure; nothing weighs in it that does not
    weigh in ``judgement``."""
    return Counterfactuals(judgement, ledger, catalogue, profile, reference).lacking(names)


class Counterfactuals:
    """One judgement without this or that; what is asked again for each of several points is worked out once.

    Mostly points are simply left out. But a pattern may be made of them, or be measured by them, and a point may look
    at them: what still weighs of these is judged again.
    """

    def __init__(
        self,
        judgement: Judgement,
        ledger: Ledger,
        catalogue: Catalogue,
        profile: Profile,
        reference: Reference = NOTHING,
    ) -> None:
        """The arguments of the judgement, and what came of them."""
        self._judgement, self._ledger, self._catalogue = judgement, ledger, catalogue.within(profile)
        self._profile, self._reference = profile, reference
        self._lookers = [point for point in self._catalogue.lookers if point.id in judgement.weighing]
        moving = {one.id for one in (*self._lookers, *self._catalogue.patterns)}
        weighing = {name: one for name, one in judgement.weighing.items() if name not in moving}
        self._unmoved = msgspec.structs.replace(judgement, weighing=weighing)
        self._coloured: dict[str, frozenset[str]] = {}
        self._others: dict[Any, Verdict] = {}

    def tier_without(self, name: str) -> int:
        """The tier as if the catalogue had not this point or pattern.

        What rests on it can but weigh less, so the answer lies between that with all of it and that with none; mostly
        the two are one.
        """
        most, least = (tier(one, self._catalogue, name) for one in (self._judgement, self._unmoved))
        return most if most == least else tier(self.lacking((name,)), self._catalogue)

    def lacking(self, names: Collection[str]) -> Judgement:
        """The judgement as if the catalogue had none of these points and patterns."""
        left = leave_out(self._judgement, names)
        if len(left.weighing) == len(self._judgement.weighing):
            return left
        looking = [
            point
            for point in self._lookers
            if point.id in left.weighing and not self._coloured_for(point).isdisjoint(names)
        ]
        shown = [pattern for pattern in self._catalogue.patterns if pattern.id in left.weighing]
        return self._judged_again(left, looking, shown, names) if looking or shown else left

    def _judged_again(
        self,
        left: Judgement,
        looking: Collection[Point],
        shown: Collection[Pattern],
        names: Collection[str],
    ) -> Judgement:
        view, catalogue = self._view(), self._catalogue

        def judged(name: str, seen: View) -> Verdict:
            if name in names:
                raise KeyError(name)
            return self._other(name, seen, view)

        view.judged = judged
        verdicts = {name: verdict for name, verdict in left.verdicts.items() if name in catalogue.point}
        verdicts |= {point.id: verdict_of(point, view, catalogue) for point in looking}
        points = (name for name in left.weighing if name in verdicts)
        weighing: dict[str, Verdict] = {name: verdicts[name] for name in points if verdicts[name].p}
        patterns = [verdict_of_pattern(one, view, verdicts, weighing, catalogue) for one in shown]
        found = {one.point: one for one in patterns if one.level}
        return msgspec.structs.replace(left, verdicts={**verdicts, **found}, weighing={**weighing, **found})

    def _coloured_for(self, point: Point) -> frozenset[str]:
        """The points that show a colour on any day on which this one looks at them: no other can have moved it."""
        held = self._coloured.get(point.id)
        if held is None:
            view, coloured = self._view(), set[str]()

            def judged(name: str, seen: View) -> Verdict:
                verdict = self._other(name, seen, view)
                if verdict.level:
                    coloured.add(name)
                return verdict

            view.judged = judged
            verdict_of(point, view, self._catalogue)
            held = self._coloured[point.id] = frozenset(coloured)
        return held

    def _other(self, name: str, seen: View, today: View) -> Verdict:
        """The verdict of a point that is looked at.

        Raises:
            KeyError: the catalogue has none of this name.
        """
        if seen is today:
            return self._judgement.verdicts[name]
        key = name, seen.day, seen.floor, seen.latest.day
        held = self._others.get(key)
        if held is None:
            held = self._others[key] = verdict_of(self._catalogue.point[name], seen, self._catalogue)
        return held

    def _view(self) -> View:
        judgement = self._judgement
        return view_of(self._ledger, judgement.day, judgement.base, self._profile, self._reference)
