"""Quantile sketches: a large cohort in a few kilobytes that can be merged.

The t-digest (Dunning, "The t-digest: Efficient estimates of distributions", Software Impacts 7, 2021) of Apache
DataSketches. Its KLL sketch throws coins from a generator that cannot be seeded, so two replays of one log would
differ; the t-digest throws none. What is left to order is ordered here: values are sorted before they go in, and
sketches by their bytes before they are merged, so equal values give equal bytes.
"""

from collections.abc import Iterable

import numpy as np
from datasketches import tdigest_double  # type: ignore[import-untyped] # the library ships no types

from detectors.cohorts.statistics import Values


def sketch(values: Values, compression: int) -> bytes:
    """Sorted values as a sketch of about ``compression`` centroids (16 bytes each)."""
    digest = tdigest_double(compression)
    digest.update(values)
    digest.compress()
    return bytes(digest.serialize())


def merged_grid(sketches: Iterable[bytes], compression: int, points: int) -> Values:
    """Values at ``points`` equally spaced ranks of everything that went into the sketches, sorted."""
    total = tdigest_double(compression)
    for one in sorted(sketches):
        total.merge(tdigest_double.deserialize(one))
    total.compress()
    grid = [total.get_quantile((rank + 0.5) / points) for rank in range(points)]
    return np.sort(np.array(grid, dtype=np.float64))
