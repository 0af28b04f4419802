"""Departments that send canonical records: the utilities' stream and the registry's front end."""

from copy import deepcopy
from typing import Any, Final

from streams.district.codes import break_uscc
from streams.district.statement import Almanac, Source, Statement, canonical, heartbeat

_AMOUNT: Final = {"F15": "amount_due", "F26": "principal", "F29": "subscribed_capital", "F30": "revenue"}
_REQUIRED: Final = {
    "F02": "start_at",
    "F03": "doc_type",
    "F06": "capacity",
    "F07": "terminated_on",
    "F08": "event",
    "F10": "starts_at",
    "F11": "reg_on",
    "F13": "target",
    "F14": "matter",
    "F15": "account_no",
    "F17": "authority",
    "F18": "category_code",
    "F19": "insurance",
    "F20": "event",
    "F21": "as_of",
    "F22": "reason",
    "F23": "put_on",
    "F24": "decided_on",
    "F25": "item",
    "F27": "type",
    "F28": "kind",
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
