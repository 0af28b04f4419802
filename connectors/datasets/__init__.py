"""Real records made by others, for replay: each data set read into items in order of time, every row accounted for.

Read :mod:`~connectors.datasets.item` first. What an adapter assumes about dates, units and identity is said at the
head of its module.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.datasets import fayette, smesd, uci_credit
from connectors.datasets.item import Dataset

DATASETS: Mapping[str, Dataset] = MappingProxyType(
    {dataset.name: dataset for dataset in (smesd.DATASET, fayette.DATASET, uci_credit.DATASET)}
)
"""Name, as ``fenghuo replay`` takes it, to the data set."""
