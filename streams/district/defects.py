"""What goes wrong on the way: duplicates, wrong order, corrections and rows nobody can use, in known numbers.

Each defect keeps the truth intact: a broken row is followed by the good one, a wrong amount by its correction, an
overtaken version by nothing (the newer one already stands). So in two worlds that differ only in defects the same
facts stand in the end, and every event carries what must become of it.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from streams.district.dice import DAY, Dice
from streams.district.expected import Outcome
from streams.district.statement import Statement, money


class Told(msgspec.Struct, frozen=True):
    """A statement at the moment it is emitted (world second ``at``; later than its capture if sent again).

    ``tag`` names the defect: ``duplicate`` (twice at once), ``resent`` (again days later), ``overtaken`` (sent after a
    newer version), ``stale`` (an old version once more), ``typo`` and ``correction``, ``late`` (captured more than 30
    days after the fact), ``bad:<rule>`` and ``soft:<rule>``; empty for an ordinary record.
    """

    at: int
    statement: Statement
    tag: str = ""
    outcome: Outcome = "accepted"


LATE_DAYS: Final = 30
_BOOST: Final = {"court": 4.0, "property": 3.0, "tax": 6.0}
"""Sources with few records get more defects, so that a small world shows each kind."""
_TWICE, _RESENT, _BAD, _SOFT, _TYPO = 0.004, 0.009, 0.015, 0.018, 0.022
_OVERTAKEN, _STALE = 0.05, 0.09
"""Upper ends of the shares of one draw; the last two only concern second versions."""

BAD: Final[dict[str, tuple[str, ...]]] = {
    "F01": ("bad_uscc", "amount_without_unit", "half_line", "missing_value", "unknown_enum"),
    "F04": ("bad_uscc", "half_line", "missing_value", "unknown_enum"),
    "F05": ("bad_uscc", "half_line", "missing_value", "unknown_enum"),
    "F09": ("bad_uscc", "missing_value", "unknown_enum", "valid_to_before_from", "term_too_long"),
    "F12": ("bad_uscc", "missing_value", "unknown_enum"),
    "F15": ("bad_uscc", "amount_without_unit", "missing_value", "unknown_enum"),
    "F16": ("bad_uscc", "amount_without_unit", "half_line", "missing_value", "unknown_enum"),
    "F26": ("bad_uscc", "amount_without_unit", "missing_value", "valid_to_before_from"),
    "F29": ("bad_uscc", "amount_without_unit", "missing_value"),
    "F30": ("bad_uscc", "amount_without_unit", "missing_value"),
    "F32": ("bad_uscc", "missing_value"),
}
"""Hard rules a feed's rows may break; :mod:`streams.district.formats` does the breaking."""

_ANY: Final = ("bad_uscc", "missing_value")
"""What may go wrong in any other feed."""
_METERED: Final = ("bill", "reading")

SOFT: Final[dict[str, str]] = {
    "F01": "court_mismatch",
    "F09": "asset_unidentified",
    "F15": "estimated_reading",
    "F16": "balance_below_new",
    "F30": "balance_sheet_off",
}
"""Soft rule a feed's rows may break: the record is taken with a flag and counts less."""

_AMOUNTS: Final = {"F01": "claim_amount", "F09": "amount_limit", "F15": "amount_due", "F16": "balance"}
"""The amount a clerk mistypes, by feed."""


def with_defects(told: list[Statement], dice: Dice) -> list[Told]:
    """The story as it is really emitted, sorted by emission."""
    versions: dict[tuple[str, str], int] = {}
    for said in told:
        key = (said.record_id, said.role)
        versions[key] = versions.get(key, 0) + 1
    events: list[Told] = []
    for said in told:
        draw = dice.unit() / _BOOST.get(said.source, 1.0)
        if draw < _TYPO:
            events += _spoiled(said, draw, dice, versions[said.record_id, said.role])
        elif said.version > 1 and draw < _STALE:
            _disordered(events, said, draw, dice)
        else:
            events.append(_plain(said))
    if len(events) > 1:
        events.sort(key=_emission)
    return events


def _emission(event: Told) -> int:
    return event.at


def _plain(said: Statement) -> Told:
    if said.feed == "F32" and "approved_by" not in said.payload:
        return Told(said.at, said, "soft:unapproved_entry", "flagged")
    late = (
        said.version == 1
        and said.at // DAY - said.occurred > LATE_DAYS
        and said.feed in ("F01", "F04", "F05")
    )
    return Told(said.at, said, "late" if late else "")


def _spoiled(said: Statement, draw: float, dice: Dice, versions: int) -> list[Told]:
    good = _plain(said)
    if draw < _TWICE:
        return [good, Told(said.at, said, "duplicate", "duplicates")]
    if draw < _RESENT:
        return [good, Told(said.at + DAY * dice.between(1, 4), said, "resent", "duplicates")]
    if draw < _BAD:
        return [Told(said.at, said, "bad:" + dice.pick(_breakable(said)), "quarantined"), good]
    if draw < _SOFT:
        rule = SOFT.get(said.feed)
        if said.feed == "F15" and said.payload["event"] not in _METERED:
            rule = None
        return [Told(said.at, said, "soft:" + rule, "flagged")] if rule else [good]
    amount = _AMOUNTS.get(said.feed)
    if amount is None or versions > 1 or amount not in said.payload:
        return [good]
    return _mistyped(said, amount, dice)


def _breakable(said: Statement) -> tuple[str, ...]:
    """The rules a row may break; an amount that is not there cannot lose its unit."""
    rules = BAD.get(said.feed, _ANY)
    if said.feed == "F15" and "amount_due" not in said.payload:
        return tuple(rule for rule in rules if rule != "amount_without_unit")
    return rules


def _mistyped(said: Statement, field: str, dice: Dice) -> list[Told]:
    """The amount is wrong at first and corrected within days."""
    wrong: dict[str, Any] = {**said.payload, field: money(float(said.payload[field]["amount"]) * 0.9)}
    if "newly_arisen" in wrong:
        wrong["newly_arisen"] = money(0)
    if "amount_paid" in wrong:
        wrong["amount_paid"] = wrong[field]
    first = _changed(said, payload=wrong)
    at = said.at + DAY * dice.between(1, 5)
    second = _changed(said, version=2, op="amend", at=at)
    return [Told(said.at, first, "typo"), Told(at, second, "correction")]


def _disordered(events: list[Told], said: Statement, draw: float, dice: Dice) -> None:
    """A newer version overtakes the one before it, or the one before it is sent once more."""
    newer = Told(said.at, said)
    place = _only_event_of(events, said)
    events.append(newer)
    if place is None or draw < _TYPO:
        return
    older, at = events[place].statement, said.at + DAY * dice.between(1, 3)
    if draw < _OVERTAKEN:
        events[place] = Told(at, older, "overtaken", "duplicates")
    else:
        events.append(Told(at, older, "stale", "duplicates"))


def _only_event_of(events: list[Told], said: Statement) -> int | None:
    """Where the version before is, if it was told just once and unspoiled so far."""
    places = [
        place
        for place, event in enumerate(events)
        if event.statement.record_id == said.record_id and event.statement.role == said.role
    ]
    if len(places) != 1 or events[places[0]].outcome != "accepted":
        return None
    return places[0]


_fields: Final[Callable[[Statement], dict[str, Any]]] = msgspec.structs.asdict


def _changed(said: Statement, **changes: Any) -> Statement:
    return Statement(**{**_fields(said), **changes})
