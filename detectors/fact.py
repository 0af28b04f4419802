"""A fact: what the ledger keeps of one record, in compact form.

Amounts are integers in minor units (fen, pence, cents), days are integers counted from 1970-01-01 in the zone of the
jurisdiction, so that a judgement needs no parsing and two equal facts are equal bytes.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

DAY = 86_400
FAR = 10**9  # a day that never comes
_EPOCH_ORDINAL = 719_163  # date(1970, 1, 1).toordinal()

RANK: Mapping[str, int] = {"assert": 0, "amend": 1, "close": 2, "retract": 3}
"""Order of operations that carry the same version: the later one in this table wins."""
RETRACT = RANK["retract"]

RED_CEILING, YELLOW_CEILING, BLUE_CEILING = 3, 2, 1

IMPULSE = "F34"
"""Feed of what the network of guarantees tells an entity; workers alone write it."""
MANUAL = "F32"
"""Feed of manual entries: each holds a record of another feed and is judged as one of that feed."""

TOMBSTONE_DAYS = 400
"""How long a retraction is remembered against a late assert."""
CLOSED_DAYS = 1_826
"""How long a closed fact of an organisation is kept: five years (engine default)."""
IMPULSE_DAYS = 400
"""How long an impulse of contagion that is over is kept: until what it weighed has faded."""
MENTION_DAYS = 400
"""How long an article about an entity is kept: until what it weighed has faded (engine default)."""
SERIES_DAYS = 1_096
"""How far a bounded series reaches back: 36 monthly periods."""


# Never needed for a judgement and personal or bulky: they stay in the record, not in the ledger.
# fmt: off
_LEFT_OUT = frozenset({
    "name", "id", "parties", "judge", "department", "duty", "location", "owner", "legal_rep", "address",
    "secured_party", "grantor", "collateral", "currency", "doc_url", "iname", "cardnum", "mortgagor",
    "mortgagee", "pledgor", "pledgee", "applicant", "particulars", "scope", "before", "after", "from_name", "to_name",
    "restricted_name", "original", "guarantor_name", "debtor_name", "reviewer",
})
# fmt: on


class Fact(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The highest version of one source record about one entity.

    ``start`` and ``end`` are the half-open interval of days in which the fact holds (``end`` None: open),
    ``until`` the day on which retention ends, ``ceiling`` the highest colour this evidence may raise on its own,
    ``entered`` the feed of a record that was entered by hand (F32), empty for all others. In ``data`` an amount is an
    integer of minor units in the profile's currency, or ``[minor units, currency]`` in a foreign one. ``earlier`` is
    what other versions said, as pairs of capture and mark (:mod:`detectors.earlier`).
    """

    version: int
    rank: int
    digest: bytes
    observed: int
    occurred: int
    start: int
    end: int | None
    until: int | None
    quality: float
    confidence: float
    ceiling: int
    key: str
    data: dict[str, Any]
    conflict: bool = False
    entered: str = ""
    earlier: tuple[int, ...] = ()

    @property
    def retracted(self) -> bool:
        """True for a tombstone."""
        return self.rank == RETRACT

    @property
    def weight(self) -> float:
        """Factor on the points this fact raises: quality times match confidence."""
        return self.quality * self.confidence

    def corrected_by(self, later: "Fact") -> bool:
        """Whether an amendment says that something was otherwise: not if it repeats, not if it ends what was so."""
        if self.end is None and later.end is not None:
            return False
        return (self.data, self.start, self.end) != (later.data, later.start, later.end)

    def holds(self, day: int) -> bool:
        """Whether the fact is in force on ``day``."""
        return self.start <= day and (self.end is None or day < self.end)


def day_number(value: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(2026, 1, 1))
    20454
    """
    return value.toordinal() - _EPOCH_ORDINAL


def day_of(seconds: int, utc_offset: int) -> int:
    """The local day of an instant; ``utc_offset`` in seconds east of Greenwich."""
    return (seconds + utc_offset) // DAY


def midnight(day: int, utc_offset: int) -> int:
    """The instant (epoch seconds) at which a local day begins."""
    return day * DAY - utc_offset


def iso_day(day: int) -> str:
    """ISO date of a day number, for people."""
    return date.fromordinal(day + _EPOCH_ORDINAL).isoformat()


def compact(payload: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The payload as the ledger keeps it: minor units, day numbers, no names, no nested lists.

    >>> compact({"exec_amount": {"amount": "2000000.00", "currency": "CNY"}, "filed_on": "2026-01-05"}, "CNY")
    {'exec_amount': 200000000, 'filed_on': 20458}
    >>> compact({"exec_amount": {"amount": "12.50", "currency": "USD"}}, "CNY")
    {'exec_amount': [1250, 'USD']}
    """
    kept: dict[str, Any] = {}
    for name, value in payload.items():
        if name in _LEFT_OUT or value is None:
            continue
        if isinstance(value, dict):
            if "amount" in value:
                minor, unit = minor_units(value["amount"]), value.get("currency", currency)
                kept[name] = minor if unit == currency else [minor, unit]
        elif isinstance(value, str):
            kept[name] = _day_or_text(name, value)
        elif not isinstance(value, list):
            kept[name] = value
    return kept


def minor_units(amount: str) -> int:
    """A canonical decimal string (two places) as an integer of hundredths.

    >>> minor_units("12.50"), minor_units("-0.05"), minor_units("3")
    (1250, -5, 300)
    """
    if amount[-3:-2] == ".":  # as amounts are written
        return int(amount[:-3] + amount[-2:])
    whole, _, part = amount.partition(".")
    value = int(whole.lstrip("-") or "0") * 100 + int((part + "00")[:2])
    return -value if whole.startswith("-") else value


def _day_or_text(name: str, value: str) -> Any:
    if len(value) == 10 and value[4] == "-" == value[7] and not name.endswith(("_no", "_ref")):
        return _day(value)
    return value


@lru_cache(maxsize=16_384)
def _day(text: str) -> int | str:
    """Day number of an ISO date; a text that is none as it is."""
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        return text
