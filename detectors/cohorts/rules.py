"""The numbers of the comparison, in one frozen value. All are configuration defaults."""

import msgspec

from detectors.errors import FenghuoError


class CohortRules(msgspec.Struct, frozen=True):
    """Sizes are counts of firms, shares lie in 0 to 1, ``months`` and ``look_back`` are months.

    ``enough`` members make a cohort one can be measured against; ``disclosed_from`` members are needed before a
    number is shown to anybody (k-anonymity), ``regulator_from`` before a regulator sees it. A member with more than
    ``dominance`` of a sum would be betrayed by the mean. ``trim`` is cut off at each end for the trimmed mean. Below
    ``leave_one_out_below`` members the firm itself is left out of what it is compared with. ``shrinkage`` is how many
    firms the parent's mean counts for. Below ``exact_below`` members statistics are exact; from there on they are
    read from monthly sketches of ``compression`` centroids, merged over ``months``, at ``grid`` equally spaced ranks.
    Standards may be ``look_back`` months old. Quantiles finer than five are given from ``fine_from`` members on.

    Raises:
        FenghuoError: a number out of its range.
    """

    enough: int = 30
    disclosed_from: int = 10
    regulator_from: int = 3
    dominance: float = 0.5
    trim: float = 0.05
    leave_one_out_below: int = 100
    shrinkage: float = 20.0
    exact_below: int = 10_000
    months: int = 12
    compression: int = 1000
    grid: int = 2000
    look_back: int = 3
    fine_from: int = 100

    def __post_init__(self) -> None:
        checks = {
            f"regulator_from {self.regulator_from} is at least 1": self.regulator_from >= 1,
            f"disclosed_from {self.disclosed_from} is at least regulator_from {self.regulator_from}": (
                self.disclosed_from >= self.regulator_from
            ),
            f"enough {self.enough} is at least disclosed_from {self.disclosed_from}": (
                self.enough >= self.disclosed_from
            ),
            f"dominance {self.dominance} lies in (0, 1]": 0 < self.dominance <= 1,
            f"trim {self.trim} lies in [0, 0.5)": 0 <= self.trim < 0.5,
            f"shrinkage {self.shrinkage} is not negative": self.shrinkage >= 0,
            f"exact_below {self.exact_below} is at least enough {self.enough}": self.exact_below
            >= self.enough,
            f"months {self.months} is at least 1": self.months >= 1,
            f"compression {self.compression} lies in 10 to 65535": 10 <= self.compression <= 65_535,
            f"grid {self.grid} is at least 100": self.grid >= 100,
            f"look_back {self.look_back} is not negative": self.look_back >= 0,
        }
        broken = [rule for rule, holds in checks.items() if not holds]
        if broken:
            raise FenghuoError("cohort rules", f"it must hold that {broken[0]}", "correct the configuration")


DEFAULT = CohortRules()
