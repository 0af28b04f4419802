"""Departments that send canonical records: the utilities' stream and the registry's front end."""

from copy import deepcopy
from typing import Any, Final

from streams.district.codes import break_uscc
from streams.district.statement import Almanac, Source, Statement, canonical, heartbeat

_AMOUNT: Final = {"F15": "amount_due", "F26": "principal", "F29": "subscribed_capital", "F30": "revenue"}
_REQUIRED: Final = {
    "F15": "account_no",
    "F26": "principal",
    "F29": "name",
    "F30": "period",
    "F32": "entered_by",
}


def row(said: Statement, almanac: Almanac) -> dict[str, Any]:
    """The record, ready to be broken: nothing is shared with the statement."""
    return canonical(said, almanac)


def beat(source: Source, second: int, almanac: Almanac) -> dict[str, Any]:
    """The sign of life as a record."""
    return heartbeat(source, second, almanac)


def spoil(record: dict[str, Any], rule: str) -> None:
    """Break a record in place."""
    feed = record["schema"][:3]
    payload = record["payload"] = deepcopy(record["payload"])
    if rule == "bad_uscc":
        record["subject"]["value"] = break_uscc(record["subject"]["value"])
        del record["entity"]
    elif rule == "amount_without_unit":
        payload[_AMOUNT[feed]] = {"amount": payload[_AMOUNT[feed]]["amount"]}
    elif rule == "missing_value":
        del payload[_REQUIRED[feed]]
    elif rule == "unknown_enum":
        payload["event"] = "billing"
    elif rule == "valid_to_before_from":
        record["valid_to"] = "1999-01-01"
    elif rule == "estimated_reading":
        payload["estimated"] = True
    elif rule == "balance_sheet_off":
        payload["liabilities"] = {
            **payload["liabilities"],
            "amount": f"{float(payload['assets']['amount']) * 3:.2f}",
        }
