"""A simulated district: enterprises with hidden fates, and departments that report on them through real connectors.

Read in this order: :mod:`~streams.district.firm` and :mod:`~streams.district.fate` (who there is and what becomes of
them), :mod:`~streams.district.stories` (what is said about it), :mod:`~streams.district.defects` (what goes wrong on
the way), :mod:`~streams.district.world` (everything in order of time) and :mod:`~streams.district.district`
(departments, media, connector files).
"""

from streams.district.district import District
from streams.district.expected import Counts, Expected
from streams.district.labels import Label, outcomes
from streams.district.truth import truth, write_truth
from streams.district.world import SourceEvent, World

__all__ = [
    "Counts",
    "District",
    "Expected",
    "Label",
    "SourceEvent",
    "World",
    "outcomes",
    "truth",
    "write_truth",
]
