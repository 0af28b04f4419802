"""Quiet hours (免打扰): at night nothing is sent but red. What waited is sent in the morning, together."""

import re

import msgspec

from detectors.fact import DAY

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Quiet(msgspec.Struct, frozen=True):
    """From ``start`` to ``end`` in seconds of the subscriber's day, over midnight if ``end`` is the earlier."""

    start: int
    end: int
    utc_offset: int

    def over(self, at: int) -> int:
        """When the quiet hours around an instant are over; the instant itself if it lies in none.

        >>> night = Quiet(22 * 3600, 7 * 3600, 0)
        >>> night.over(23 * 3600) // 3600, night.over(3 * 3600) // 3600, night.over(7 * 3600) // 3600
        (31, 7, 7)
        """
        local = (at + self.utc_offset) % DAY
        inside = (local - self.start) % DAY < (self.end - self.start) % DAY
        return at + (self.end - local) % DAY if inside else at


def parsed(text: str, utc_offset: int) -> Quiet:
    """``22:00-07:00`` of a clock ``utc_offset`` seconds east of Greenwich.

    Raises:
        ValueError: it is not written like that, or begins when it ends.
    """
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} are no hours; write them like 22:00-07:00")
    hours = [int(part) for part in found.groups()]
    start, end = (hours[n] * 3600 + hours[n + 1] * 60 for n in (0, 2))
    if start == end:
        raise ValueError(f"{text!r} begins when it ends; leave quiet_hours out")
    return Quiet(start, end, utc_offset)
