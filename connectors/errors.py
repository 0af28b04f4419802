"""What can go wrong outside the program, one class per way of going on."""

from detectors.errors import FenghuoError


class ConfigError(FenghuoError):
    """The configuration is wrong; the connector does not start."""


class CheckpointError(FenghuoError):
    """The checkpoint cannot be read, written or locked; going on would lose or double records."""


class SourceError(FenghuoError):
    """The source did not answer as it should; the runner waits and tries again, and sends no heartbeat.

    ``retry_after`` is what the source asked for, in seconds (RFC 9110 section 10.2.3), if it asked.
    """

    def __init__(
        self, place: str, problem: str, remedy: str = "", *, retry_after: float | None = None
    ) -> None:
        """Places and words as in :class:`FenghuoError`."""
        super().__init__(place, problem, remedy)
        self.retry_after = retry_after


class PublishError(FenghuoError):
    """The broker did not acknowledge; nothing of the batch may be remembered as sent."""


class ColumnError(FenghuoError):
    """The columns of a file or table and the columns of the mapping are not the same."""


class MappingError(FenghuoError):
    """One row cannot be mapped; the row goes to the dead letters, the rest goes on."""

    def __init__(
        self, column: str, problem: str, remedy: str = "", *, reason: str = "mapping_failed"
    ) -> None:
        """``column`` names the source column, ``reason`` is the code the dead letter carries."""
        super().__init__(f"column {column!r}", problem, remedy)
        self.column = column
        self.reason = reason
