"""How much of a simulated district fits into a demonstration of so many seconds. Pure."""

from dataclasses import dataclass

from detectors.errors import FenghuoError

_PER_FIRM_AND_DAY = 0.127
"""Records one simulated firm causes per day, as counted over a year."""
_PER_FIRM_AT_START = 4.1
"""Master data, relations, accounts and reports of the first days."""
_STREAMING_SHARE = 0.6
"""Part of the time in which records flow; the rest starts, drains and sums up."""
_MOST_PER_SECOND = 1_200
"""A pace at which two cores carry everything with room to spare, so that latency shows what it is."""
_HURRY_PER_SECOND = 3_000
"""The pace of a district that does not fit into the time: then what counts is to get through."""
_LONGEST_DAYS, _SHORTEST_DAYS = 365, 45
_MOST_SECONDS, _MOST_FIRMS = 86_400, 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """Days of simulated time and records per second of real time."""

    seconds: float
    days: int
    pace: float


def plan(seconds: float, entities: int) -> Plan:
    """As many simulated days as fit, at most a year, and at least what shows a story.

    A district too large for the time is still simulated for 45 days, and then takes longer than asked for.

    >>> plan(40, 2000), plan(40, 25_000)
    (Plan(seconds=40, days=81, pace=1198.92), Plan(seconds=40, days=45, pace=3000))
    """
    asked = f"{seconds:g} s and {entities} enterprises"
    if not (seconds >= 10 and entities >= 50):
        raise FenghuoError(
            "demo", f"{asked} are too few to show anything", "use at least 10 s and 50 enterprises"
        )
    if seconds > _MOST_SECONDS or entities > _MOST_FIRMS:
        most = f"at most {_MOST_SECONDS} s and {_MOST_FIRMS} enterprises"
        raise FenghuoError("demo", f"{asked} are too many for one machine", f"use {most}")
    streaming = seconds * _STREAMING_SHARE
    room = _MOST_PER_SECOND * streaming - _PER_FIRM_AT_START * entities
    days = int(room / (_PER_FIRM_AND_DAY * entities))
    days = max(_SHORTEST_DAYS, min(_LONGEST_DAYS, days))
    records = entities * (_PER_FIRM_AT_START + _PER_FIRM_AND_DAY * days)
    fits = records <= _MOST_PER_SECOND * streaming
    return Plan(seconds, days, round(records / streaming, 2) if fits else _HURRY_PER_SECOND)
