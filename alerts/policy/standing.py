"""What was last told about an entity: small values, written with its ledger.

They are arrays on disk. A new field goes to the end, with a default, so that bytes written before still read.
"""

import msgspec

from alerts.policy.alert import Transition
from detectors.points.finding import NONE


class Correction(msgspec.Struct, frozen=True, gc=False):
    """What a record that takes something back, or states it anew, means for what was told before.

    ``amended`` is the natural key of a fact that now says something else, ``unfounded`` the points shown in a colour
    that the corrected history never had, ``lowered`` whether a retraction took weight away; ``retraction`` is False
    for an amendment. ``lapsed`` are points told of whose evidence may be kept no longer; ``upheld`` says that an
    objection has deleted something.
    """

    retraction: bool
    amended: str | None = None
    unfounded: frozenset[str] = frozenset()
    lowered: bool = False
    lapsed: frozenset[str] = frozenset()
    upheld: bool = False

    @property
    def at_once(self) -> bool:
        """Whether the tier is derived afresh instead of stepping down."""
        return self.lowered or bool(self.unfounded)


class Hidden(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A colour kept from subscribers: the level they believe in instead, and because of which other point."""

    known: int
    by: str


class PointState(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was last told about one point. Times in epoch seconds; ``falling`` when the condition ended; ``peak`` the
    highest level told in the episode, which is who must hear that it is over; ``hidden`` what subscribers were not
    told; ``changes`` the latest changes of its colour (:mod:`alerts.policy.chatter`); ``disputed`` whether an objection
    to its evidence is open; ``evidence`` marks of the facts it named when it was last told
    (:mod:`alerts.policy.expiry`); ``suspended`` whether part of that is set aside because somebody objects to it."""

    level: int = NONE
    episode: str = ""
    revision: int = 0
    since: int = 0
    falling: int | None = None
    peak: int = NONE
    hidden: Hidden | None = None
    changes: tuple[int, ...] = ()
    disputed: bool = False
    evidence: tuple[int, ...] = ()
    suspended: bool = False


class Standing(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What was last told about one entity."""

    tier: int = NONE
    since: int = 0
    revision: int = 0
    evaluated: int = 0
    points: dict[str, PointState] = msgspec.field(default_factory=dict)


class Step(msgspec.Struct, frozen=True, gc=False):
    """The new standing, what to tell, and when to look again (epoch seconds; FAR * DAY: only with a record)."""

    standing: Standing
    transitions: tuple[Transition, ...]
    due: int
