"""The numbers of the macro risk index, in one frozen value. All are configuration defaults."""

import math
from typing import Literal

import msgspec

from detectors.errors import FenghuoError

SCALE = "fenghuo-macro-risk"
SCALE_WORDS = (
    "red = most at risk, against the group's own past year; not the business-climate signal lights (景气信号灯), "
    "where red = overheated and blue = too cold"
)
"""Published with every reading: a colour without its scale would be misread."""

COMPONENTS = ("prevalence", "flow", "arrears", "judicial", "contagion")


class MacroRules(msgspec.Struct, frozen=True):
    """``weights`` follow :data:`COMPONENTS`. ``event_days``, ``history_days``, ``enough_days`` and ``confirm_days`` are
    days. ``winsor`` limits z. ``entry`` are the index values from which on a group is blue, yellow, red; it leaves a
    colour below entry − ``deadband``. At least ``coverage`` of the weights must be measurable. Groups of fewer than
    ``disclosed_from`` entities are not shown, to a regulator ``regulator_from``. ``weighting`` by exposure measures
    prevalence by exposure and contagion by expected loss over exposure.

    Raises:
        FenghuoError: a number out of its range.
    """

    weights: tuple[float, float, float, float, float] = (0.30, 0.20, 0.20, 0.15, 0.15)
    weighting: Literal["count", "exposure"] = "count"
    event_days: int = 30
    history_days: int = 365
    enough_days: int = 90
    winsor: float = 3.0
    entry: tuple[float, float, float] = (60.0, 70.0, 80.0)
    deadband: float = 3.0
    confirm_days: int = 3
    coverage: float = 0.5
    level_yellow: float = 0.5
    level_red: float = 1.0
    disclosed_from: int = 10
    regulator_from: int = 3
    circle_reds: int = 2
    top: int = 10

    def __post_init__(self) -> None:
        blue, yellow, red = self.entry
        checks = {
            f"the weights {self.weights} are not negative and add up to 1": min(self.weights) >= 0
            and math.isclose(math.fsum(self.weights), 1.0),
            f"event_days {self.event_days} and confirm_days {self.confirm_days} are at least 1": min(
                self.event_days, self.confirm_days
            )
            >= 1,
            f"2 <= enough_days {self.enough_days} <= history_days {self.history_days}": 2
            <= self.enough_days
            <= self.history_days,
            f"winsor {self.winsor} is positive": self.winsor > 0,
            f"the entries {self.entry} rise within 0 to 100": 0 < blue < yellow < red <= 100,
            f"deadband {self.deadband} lies in 0 to {blue}": 0 <= self.deadband < blue,
            f"coverage {self.coverage} lies in (0, 1]": 0 < self.coverage <= 1,
            f"1 <= regulator_from {self.regulator_from} <= disclosed_from {self.disclosed_from}": 1
            <= self.regulator_from
            <= self.disclosed_from,
        }
        broken = [rule for rule, holds in checks.items() if not holds]
        if broken:
            raise FenghuoError("macro rules", f"it must hold that {broken[0]}", "correct the configuration")


DEFAULT = MacroRules()
