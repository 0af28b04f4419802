"""The judgement: all verdicts on one entity on one day."""

import msgspec

from detectors.points.verdict import Verdict
from detectors.points.view import Base


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """All verdicts of one entity on one day, in catalogue order, patterns last; ``weighing`` those of them that show a
    colour or fade, ``until`` the first day on which any may change by itself, ``awaits`` the days up to which sources
    must have told all of a feed before any may, by feed, ``sources`` how many had said by then how far they are."""

    day: int
    base: Base
    base_until: int
    verdicts: dict[str, Verdict]
    weighing: dict[str, Verdict]
    until: int
    awaits: dict[str, int] = {}
    sources: int = 0
