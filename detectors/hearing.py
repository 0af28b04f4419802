"""What the partition of one entity was told of the others, through time: the broker's answer to what all share.

A file holds everybody's records, so what each may know of the others is worked out from them. The log of one partition
holds the entity's own records, what the network said to it (impulses are records of its own), and what partitions told
each other: how far sources have come and what is usual in a month.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

import msgspec

from detectors.batch import Everybody
from detectors.catalogue.model import Catalogue
from detectors.cohorts.merged import Cohorts
from detectors.fold import fold_all
from detectors.record import Record
from detectors.reference import NOTHING, Reference


class Heard(msgspec.Struct, frozen=True):
    """``known`` holds from each of the ``instants`` on; these ascend."""

    instants: Sequence[datetime]
    known: Sequence[Reference]

    def at(self, moment: datetime) -> Reference:
        """What had been told by then."""
        told = bisect_right(self.instants, moment)
        return self.known[told - 1] if told else NOTHING

    def last(self, moment: datetime) -> datetime | None:
        """When anything was told last, by then."""
        told = bisect_right(self.instants, moment)
        return self.instants[told - 1] if told else None

    def among(self, records: Sequence[Record], at: int, moment: datetime, catalogue: Catalogue) -> Everybody:
        """Those of whom there are records, at an instant ``at`` (epoch seconds), each with what was told by ``moment``;
        nothing is worked out anew."""
        return Everybody(at, fold_all(records, catalogue), {}, Cohorts(), self.at(moment))
