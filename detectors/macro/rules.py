"""The numbers of the macro risk index, in one frozen value. They are read from the catalogue; what it does not give is
as here. All are configuration defaults.

The index of a group spans jurisdictions, and its day is one for all partitions: there is one set of numbers, which no
profile changes.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from detectors.spelling import require_known

SCALE = "fenghuo-macro-risk"
SCALE_WORDS = (
    "red = most at risk, against the group's own past year; not the business-climate signal lights (景气信号灯), "
    "where red = overheated and blue = too cold"
)
"""Published with every reading: a colour without its scale would be misread."""

COMPONENTS = ("prevalence", "flow", "arrears", "judicial", "contagion")

PARTS: Mapping[str, tuple[str, ...]] = {"weights": COMPONENTS, "entry": ("blue", "yellow", "red")}
"""What is several numbers, and the name of each in the catalogue."""


class MacroRules(msgspec.Struct, frozen=True):
    """``weights`` follow :data:`COMPONENTS`. ``event_days``, ``history_days``, ``enough_days`` and ``confirm_days`` are
    days. ``winsor`` limits z. ``entry`` are the index values from which on a group is blue, yellow, red; it leaves a
    colour below entry − ``deadband``. At least ``coverage`` of the weights must be measurable. Groups of fewer than
    ``disclosed_from`` entities are not shown, to a regulator ``regulator_from``. ``weighting`` by exposure measures
    prevalence by exposure and contagion by expected loss over exposure.

    Raises:
        ValueError: a number out of its range; the message names the rule and the number.
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

    def __post_init__(self) -> None:
        for rule, holds in _checks(self):
            if not holds:
                raise ValueError(f"it must hold that {rule}")


def _checks(rules: MacroRules) -> Iterator[tuple[str, bool]]:
    """What must hold, with the numbers, and whether it does. Written so that what is no number (NaN) never holds."""
    blue, yellow, red = rules.entry
    weights, entry = _row(rules.weights), _row(rules.entry)
    yield f"no weight is negative, got {weights}", all(one >= 0 for one in rules.weights)
    total = math.fsum(rules.weights)
    yield f"the weights add up to 1, got {weights}, which is {total:g}", math.isclose(total, 1.0)
    for name in ("event_days", "confirm_days"):
        value = getattr(rules, name)
        yield f"{name} is at least 1, got {value}", value >= 1
    yield (
        f"2 <= enough_days <= history_days, got {rules.enough_days} and {rules.history_days}",
        2 <= rules.enough_days <= rules.history_days,
    )
    yield f"winsor is above 0 and finite, got {rules.winsor:g}", 0 < rules.winsor < math.inf
    yield f"the entries rise within 0 to 100, got {entry}", 0 < blue < yellow < red <= 100
    yield f"deadband lies between 0 and the entry of blue, got {rules.deadband:g}", 0 <= rules.deadband < blue
    yield f"coverage lies above 0 and up to 1, got {rules.coverage:g}", 0 < rules.coverage <= 1
    yield (
        f"0 <= level_yellow <= level_red <= 1, got {rules.level_yellow:g} and {rules.level_red:g}",
        0 <= rules.level_yellow <= rules.level_red <= 1,
    )
    yield (
        f"1 <= regulator_from <= disclosed_from, got {rules.regulator_from} and {rules.disclosed_from}",
        1 <= rules.regulator_from <= rules.disclosed_from,
    )


def _row(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


DEFAULT = MacroRules()


def read(values: Mapping[str, Any]) -> MacroRules:
    """The numbers from a catalogue, where weights and entries are given by name.

    Raises:
        ValueError: a name that there is not, or a value out of its range; the message names it.

    >>> read({"entry": {"blue": 55}, "confirm_days": 5}).entry
    (55.0, 70.0, 80.0)
    >>> read({"entry": {"bleu": 55}})
    Traceback (most recent call last):
    ValueError: entry.bleu is no number of the macro risk index (did you mean entry.blue?)
    """
    given = dict(values)
    _known(given, MacroRules.__struct_fields__)
    given |= {name: _numbers(name, given[name]) for name in PARTS if name in given}
    try:
        return msgspec.convert(given, MacroRules)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        name = place.strip(".`")
        raise ValueError(f"{name}: {what}" if name else what) from error


def _numbers(name: str, value: Any) -> tuple[float, ...]:
    """Numbers given by name in their order; those left out are the defaults."""
    parts = PARTS[name]
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} gives numbers by name ({', '.join(parts)}), got {value!r}")
    _known(value, parts, f"{name}.")
    for part, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise ValueError(f"{name}.{part} is a number, got {number!r}")
    return tuple(value.get(part, usual) for part, usual in zip(parts, getattr(DEFAULT, name), strict=True))


def _known(values: Iterable[object], names: Iterable[str], place: str = "") -> None:
    require_known(values, names, "number of the macro risk index", place)
