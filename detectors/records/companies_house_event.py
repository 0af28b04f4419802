"""What every record of one Companies House stream event shares: company, timepoint, publication, changed fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from detectors.identifiers import company_number
from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import quoted

SOURCE_ID = "gb.companies-house"
REGISTRAR = "Companies House"

Raw = dict[str, Any]

_NUMBER = re.compile(r"/company/([0-9A-Za-z]{1,8})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Event:
    """One event with what every record of it shares."""

    uri: str
    data: Mapping[str, Any]
    number: str
    timepoint: int
    published_at: str
    deleted: bool
    changed: tuple[str, ...]
    observed_at: datetime

    def record(
        self, feed: str, suffix: str, payload: Mapping[str, Any], *, op: str = "", occurred: str = ""
    ) -> Raw:
        """A raw record; ``suffix`` tells apart the records of one resource."""
        asserted = "amend" if self.changed else "assert"
        made: Raw = {
            "schema": f"{feed}/1.0",
            "source_id": SOURCE_ID,
            "record_id": self.uri.strip("/")[: 127 - len(suffix)] + (f"#{suffix}" if suffix else ""),
            "version": self.timepoint,
            "op": "retract" if self.deleted else op or asserted,
            "jurisdiction": "GB",
            "subject": {"scheme": "company_number", "value": self.number},
            "occurred_at": occurred or self.published_at,
            "published_at": self.published_at,
            "observed_at": self.observed_at.isoformat(),
            "visibility": "public",
            "payload": {} if self.deleted else {k: v for k, v in payload.items() if v is not None},
        }
        name = self.data.get("company_name")
        if isinstance(name, str):
            made["subject"]["name"] = name
        return made

    @property
    def day(self) -> str:
        """Day of publication."""
        return self.published_at[:10]

    def touched(self, name: str) -> bool:
        """Whether the register says that the field, or one below it, changed."""
        return any(field == name or field.startswith(name + ".") for field in self.changed)


def read(event: Mapping[str, Any], observed_at: datetime) -> Event:
    """The event taken apart.

    Raises:
        IdentifierError: it lacks its timepoint, publication time or company number, or the number is wrong.
    """
    about = event.get("event")
    about = about if isinstance(about, Mapping) else {}
    data = event.get("data")
    data = data if isinstance(data, Mapping) else {}
    uri = str(event.get("resource_uri", ""))
    found = _NUMBER.search(uri)
    given = data.get("company_number") or (found[1] if found else "")
    timepoint, published = about.get("timepoint"), about.get("published_at")
    if not isinstance(timepoint, int) or not isinstance(published, str) or not given:
        got = f"{quoted(dict(about))} for {quoted(uri)}"
        problem = f"an event carries timepoint, published_at and a company number, got {got}"
        raise IdentifierError("Companies House event", problem)
    return Event(
        uri=uri or f"/company/{given}",
        data=data,
        number=company_number.parse(str(given)),
        timepoint=max(1, timepoint),
        published_at=published if published[-1:] == "Z" or "+" in published else published + "Z",
        deleted=about.get("type") == "deleted",
        changed=tuple(map(str, about.get("fields_changed") or ())),
        observed_at=observed_at,
    )
