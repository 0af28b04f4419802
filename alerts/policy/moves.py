"""The points of one step of the life cycle, as they move, and what is told of them."""

import msgspec

from alerts.policy import dispute, expiry
from alerts.policy.alert import Kind, Transition
from alerts.policy.chatter import CHANGES, flapping
from alerts.policy.standing import PointState, Standing
from detectors.catalogue.model import Catalogue
from detectors.judge import Judgement
from detectors.points.finding import NONE


class Moves:
    """The points of one step, as they move. ``released`` says that the tier need not wait for its dwell."""

    __slots__ = ("_verdicts", "notices", "points", "released", "told")

    def __init__(self, before: Standing, judgement: Judgement) -> None:
        # a point that left the catalogue leaves the standing with it
        self.points = {name: state for name, state in before.points.items() if name in judgement.verdicts}
        self._verdicts = judgement.verdicts
        self.told: list[Transition] = []
        self.notices: list[Transition] = []
        self.released = False

    def take(
        self,
        name: str,
        held: PointState,
        move: dispute.Move,
        at: int,
        catalogue: Catalogue,
    ) -> None:
        """One point has moved, or not."""
        moved, kind, why = move
        if moved is held:
            return
        marked = flapping(moved.changes, at)
        if kind is not None:
            if not moved.suspended:  # what is set aside is what the end of the objection is about
                moved = expiry.renewed(moved, self._verdicts[name])
            self.told.append(_told(kind, name, moved, held.level, why, flapping=marked))
            lawful = kind == "alert.cleared" and catalogue.by_id[name].statutory
            self.released = self.released or lawful or kind == "alert.suspended"
        if marked and not flapping(held.changes, at):
            moved = msgspec.structs.replace(moved, revision=moved.revision + 1)
            why = f"{CHANGES} colour changes within 7 days: the source should be looked at"
            notice = _told("alert.flapping", name, moved, NONE, why, flapping=True)
            self.notices.append(msgspec.structs.replace(notice, level=NONE))
        self.points[name] = moved

    def settle(self, name: str, at: int, catalogue: Catalogue, *, withdrawn: bool) -> None:
        """The objection to the evidence of a suspended point is closed; over is what has not come back in this step."""
        held, verdict = self.points.get(name), self._verdicts.get(name)
        if held is not None and verdict is not None and held.suspended:
            self.take(name, held, dispute.settled(held, verdict, at, withdrawn=withdrawn), at, catalogue)

    def expire(self, name: str, at: int) -> None:
        """The evidence of a point is gone: its alert is over, unless it rests on other facts by now."""
        held, verdict = self.points.get(name), self._verdicts.get(name)
        if held is None or verdict is None:
            return
        move = expiry.move(held, verdict, at)
        if move is None:
            self.points[name] = expiry.renewed(held, verdict)
            return
        self.points[name], kind, why = move
        told = _told(kind, name, self.points[name], held.level, why, flapping=False)
        self.told.append(msgspec.structs.replace(told, episode=held.episode, peak=held.peak))
        self.released = True


def _told(kind: Kind, name: str, state: PointState, previous: int, why: str, *, flapping: bool) -> Transition:
    level, peak, episode, revision = state.level, state.peak, state.episode, state.revision
    return Transition(
        kind,
        name,
        level,
        previous,
        peak,
        episode,
        revision,
        0,
        0,
        why,
        flapping=flapping,
        disputed=state.disputed,
    )
