"""What a judgement may know besides the ledger: how far each source has come, and what is usual in the industry.

A reference is a value like any other argument. Where it says nothing, a point that needs it is not evaluable; it is
never guessed.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from detectors.fact import day_of


class Norm(Protocol):
    """What is usual for one indicator in one cohort and period."""

    @property
    def cohort(self) -> str:
        """Id of the cohort."""

    @property
    def n(self) -> int:
        """Members counted."""

    @property
    def median(self) -> float | None:
        """None where too few members may be disclosed."""


class Norms(Protocol):
    """Norms by cohort, found by what an entity is."""

    def norm(
        self, industry: str | None, size_class: str | None, region: str, indicator: str, period: str
    ) -> Norm | None:
        """The norm of the narrowest cohort that is large enough; None if none is. ``period`` is ``YYYY-MM``."""


class NoNorms:
    """No comparison is available."""

    def norm(self, *_: object) -> None:
        """Nothing is known."""


class Reference(msgspec.Struct, frozen=True):
    """``watermarks`` maps a source, or ``source|feed``, to the day up to which (exclusive) all it will say has come;
    ``norms`` are what is usual. ``marks`` are instants (epoch seconds) of which no zone has made days yet."""

    watermarks: Mapping[str, int] = {}
    norms: Norms = NoNorms()
    marks: Mapping[str, int] = {}

    def within(self, utc_offset: int) -> "Reference":
        """The same for entities in a zone (seconds east of Greenwich), its marks as days there."""
        if not self.marks:
            return self
        return Reference({name: day_of(until, utc_offset) for name, until in self.marks.items()}, self.norms)

    def complete_until(self, source: str, feed: str) -> int | None:
        """The day before which nothing of this source and feed is still to come; None if it never said."""
        own = self.watermarks.get(f"{source}|{feed}")
        return self.watermarks.get(source) if own is None else own


NOTHING = Reference()
