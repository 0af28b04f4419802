"""All groups, day by day."""

from collections.abc import Iterable, Mapping

import msgspec

from detectors.cohorts.disclosure import Role
from detectors.macro.counters import Totals
from detectors.macro.group import parent_of
from detectors.macro.index import History, Reading, close_day, under
from detectors.macro.rules import DEFAULT, MacroRules

_NOTHING = Totals()


class MacroBoard:
    """The histories of all groups, advanced at the daily boundary of the watermark."""

    def __init__(
        self,
        rules: MacroRules = DEFAULT,
        histories: Iterable[History] = (),
        parents: Mapping[str, str] | None = None,
    ) -> None:
        """``histories`` restores from :meth:`histories`; ``parents`` names the parent of groups that have none by
        their id, such as the district of a cluster."""
        self.rules = rules
        self._histories = {history.group: history for history in histories}
        self._parents = dict(parents or {})

    def histories(self) -> list[History]:
        """The state to keep, sorted by group."""
        return [self._histories[group] for group in sorted(self._histories)]

    def revise(self, rules: MacroRules) -> None:
        """From the next day on, days are closed by these rules."""
        if rules != self.rules:
            self._histories = {
                group: under(history, self.rules, rules) for group, history in self._histories.items()
            }
            self.rules = rules

    def close(self, day: int, totals: Mapping[str, Totals]) -> list[Reading]:
        """Close a day for every group known, sorted. Readings are for the inside: see :func:`disclosed`.

        Raises:
            FenghuoError: the day, or a later one, is closed already.
        """
        before = dict(self._histories)
        readings = []
        for group in sorted(before.keys() | totals.keys()):
            parent = before.get(self._parents.get(group) or parent_of(group) or "")
            history, reading = close_day(
                before.get(group) or History(group), totals.get(group, _NOTHING), day, self.rules, parent
            )
            self._histories[group] = history
            readings.append(reading)
        return readings


def disclosed(reading: Reading, role: Role, rules: MacroRules) -> Reading:
    """What this role may see: of a group too small nothing, not even how small.

    >>> disclosed(Reading("cluster:c7", 1, 4, index=90.0), "bank", MacroRules()).index is None
    True
    """
    least = rules.regulator_from if role == "regulator" else rules.disclosed_from
    if reading.n >= least:
        return reading
    return Reading(reading.group, reading.day, 0, suppressed=True)


def momentum(readings: Iterable[Reading], scheme: str, code: str) -> float | None:
    """100 − MRI of an industry: how its firms' surroundings fare; None if it is not measured."""
    wanted = f"industry:{scheme}:{code}"
    index = next((reading.index for reading in readings if reading.group == wanted), None)
    return None if index is None else round(100 - index, 4)


def encode_history(history: History) -> bytes:
    """Canonical JSON of the state of one group."""
    return msgspec.json.encode(history, order="sorted")


def decode_history(data: bytes) -> History:
    """A history from its JSON.

    Raises:
        msgspec.ValidationError: not a history.
    """
    return msgspec.json.decode(data, type=History)
