"""One mapping of the file, compiled: from the columns of a row to a raw envelope. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from connectors.errors import MappingError
from connectors.fields import Field, SpecError, Values, as_text, compile_field, parse_moment
from connectors.settings import MappingConfig

Raw = dict[str, object]
_OPS = ("assert", "amend", "close", "retract", "heartbeat", "snapshot_begin", "snapshot_end")
_MOMENTS = ("occurred_at", "published_at", "observed_at")
_DAYS = ("valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled mapping: when it applies and how each field of the envelope is read."""

    feed: str
    when: tuple[tuple[str, frozenset[str] | None], ...]
    fields: Mapping[str, Field]
    subject: Mapping[str, Field]
    columns: frozenset[str]
    zone: tzinfo

    def applies(self, row: Values) -> bool:
        """Whether every condition of ``when`` holds; None as wanted values means "is filled in"."""
        for column, wanted in self.when:
            text = as_text(row.get(column))
            if text is None or (wanted is not None and text not in wanted):
                return False
        return True

    def envelope(self, row: Values) -> Raw:
        """The raw envelope without source defaults.

        Raises:
            MappingError: a cell cannot be read as the mapping says; names the column and what came.
        """
        raw: Raw = {"schema": f"{self.feed}/1.0"}
        for name, field in self.fields.items():
            value = field.get(row)
            if value is not None:
                raw[name] = self._typed(name, value, field)
        subject = {key: as_text(field.get(row)) for key, field in self.subject.items()}
        raw["subject"] = {key: text for key, text in subject.items() if text is not None}
        raw.setdefault("payload", {})  # a withdrawal may come without one
        return raw

    def _typed(self, name: str, value: object, field: Field) -> object:
        column = next(iter(field.columns), name)
        if name in _MOMENTS:
            return _moment(parse_moment(value, column, None), self.zone)
        if name in _DAYS:
            return parse_moment(value, column, None)[:10]
        if name == "version":
            return _version(value, column, self.zone)
        return as_text(value) if name == "record_id" else value


def _moment(text: str, zone: tzinfo) -> str:
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).isoformat()


def _version(value: object, column: str, zone: tzinfo) -> int:
    """A whole number, or a time of change as milliseconds since 1970 (it grows with every change)."""
    text = as_text(value) or ""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(_moment(text, zone))
    except ValueError:
        raise MappingError(
            column, f"{text!r} is neither a whole number nor a time", "correct 'version'"
        ) from None
    return round(moment.timestamp() * 1000)


def compile_rule(mapping: MappingConfig, zone: tzinfo) -> Rule:
    """Compile one mapping of the file.

    Raises:
        SpecError: a form is wrong; its ``loc`` is the path below the mapping.
    """
    fields = {
        "version": _compile("version", mapping.version),
        "op": _compile("op", mapping.op, bare="const" if mapping.op in _OPS else "column"),
    }
    if mapping.record_id is not None:  # without one, validation derives it from the natural key
        fields["record_id"] = _compile("record_id", mapping.record_id, bare="template")
    for name in (*_MOMENTS, *_DAYS, "payload", "evidence", "visibility", "legal_basis", "consent_id"):
        spec = getattr(mapping, name)
        if spec is not None:
            by_name = name in ("visibility", "legal_basis", "consent_id")
            fields[name] = _compile(name, spec, bare="const" if by_name else "column")
    subject = {
        key: _compile("subject", spec, key, bare="const" if key == "scheme" else "column")
        for key, spec in mapping.subject.items()
    }
    when = tuple((condition.column, condition.wanted()) for condition in mapping.conditions())
    columns = frozenset(column for column, _ in when)
    columns = columns.union(*(field.columns for field in (*fields.values(), *subject.values())))
    return Rule(mapping.feed, when, fields, subject, columns, zone)


def _compile(name: str, spec: object, *below: str, bare: str = "column") -> Field:
    try:
        return compile_field(spec, bare=bare)
    except SpecError as error:
        raise error.below(name, *below) from None
