"""Companies House stream events as rows: the mapping itself is :mod:`detectors.records.international`."""

from collections.abc import Sequence

from connectors.config import ConnectorConfig
from connectors.errors import MappingError
from connectors.rows import Row, Trouble
from connectors.rules import Raw
from detectors.errors import FenghuoError
from detectors.records.international import from_companies_house


class CompaniesHouseMapper:
    """One event to the records it implies."""

    def __init__(self, config: ConnectorConfig) -> None:
        """``unmatched`` of ``config`` says what becomes of events that imply no record."""
        self._source_id = config.source_id
        self._unmatched = config.unmatched

    def __call__(self, row: Row) -> Sequence[Raw]:
        """The raw records of one event, under this connector's source.

        Raises:
            MappingError: the event lacks what every event has, is of another shape, or implies no record.
        """
        kind = row.values.get("resource_kind")
        try:
            raws = from_companies_house(row.values, observed_at=row.captured_at)
        except FenghuoError as error:
            raise MappingError(error.place, error.problem, error.remedy) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            problem = (
                f"an event of kind {kind!r} is not shaped as documented ({type(error).__name__}: {error})"
            )
            raise MappingError("data", problem) from error
        if not raws and self._unmatched == "dead_letter":
            problem = f"events of kind {kind!r} become no record"
            raise MappingError("resource_kind", problem, "set 'unmatched: ignore'", reason=Trouble.UNMATCHED)
        return [{**raw, "source_id": self._source_id} for raw in raws]
