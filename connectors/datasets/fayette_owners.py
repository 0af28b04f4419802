"""What the two files of Fayette County share: owners under pseudonyms, the legal basis, the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from connectors.datasets.table import pseudonym

NAME = "fayette"
JURISDICTION = "US-KY"
BASIS = "public tax and land records of Fayette County, Kentucky, pseudonymised and republished under the MIT licence"


@dataclass(frozen=True, slots=True)
class Owners:
    """Owners by the id of the source. ``entity_of`` tells organisations (True) from persons (False)."""

    key: bytes
    is_entity: Mapping[str, bool]

    def subject(self, owner_id: str) -> dict[str, str]:
        """Subject of a record. An owner of whom the files do not say what it is counts as a person, to be safe."""
        if self.is_entity.get(owner_id, False):
            return {"scheme": "local", "value": f"owner-{self.hidden('owner', owner_id)}"}
        return {"scheme": "person", "value": pseudonym(self.key, "owner", owner_id)}

    def hidden(self, kind: str, number: str) -> str:
        """16 hex digits for a number of the source, so that what is printed cannot be looked up."""
        return pseudonym(self.key, kind, number)[:16]


def at_noon(day: date) -> datetime:
    """Noon UTC, which is the same day in Kentucky."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
