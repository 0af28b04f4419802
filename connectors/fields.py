"""How one field of an envelope is taken from the columns of a row: the small language of the mapping files.

Forms: ``"column"`` · ``{column, format?, values?, default?, unit?, currency?, split?}`` · ``{const}`` ·
``{template}`` · a nested mapping of such forms · a list of such forms. Pure: rows in, values out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.errors import MappingError
from connectors.yamlfile import near
from detectors.identifiers.text import nfkc

Values = Mapping[str, object]
KEYS = ("column", "format", "values", "default", "unit", "currency", "split", "const", "template")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)
_HOLE = re.compile(r"\{([^{}]+)\}")
_ZONES = {
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "US-CA": "America/Los_Angeles",
    "US": "America/New_York",
}
# China has kept one offset since 1991, so no time zone database is needed for the main case
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Field:
    """A compiled form: the columns it reads and how it reads them."""

    columns: frozenset[str]
    get: Callable[[Values], object]


class SpecError(ValueError):
    """A form in the mapping file is wrong; ``loc`` is the path of keys below the mapping."""

    def __init__(self, problem: str, *loc: str | int) -> None:
        """``problem`` is a sentence without place."""
        super().__init__(problem)
        self.problem = problem
        self.loc = loc

    def below(self, *loc: str | int) -> "SpecError":
        """The same error seen from further up."""
        return SpecError(self.problem, *loc, *self.loc)


def zone_of(jurisdiction: str, declared: str | None = None) -> tzinfo:
    """The zone in which a source of ``jurisdiction`` writes its dates.

    Raises:
        SpecError: ``declared`` is not a zone of the IANA database.
    """
    name = declared or _ZONES.get(jurisdiction) or _ZONES.get(jurisdiction.partition("-")[0])
    if name in ("Asia/Shanghai", None) and (name or jurisdiction.startswith("CN")):
        return _CHINA
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SpecError(
            f"zone {name!r} is not known; write an IANA name such as Asia/Shanghai", "zone"
        ) from error


def plain(value: object) -> object:
    """A cell as JSON would carry it; blank text is None, numbers that are whole lose their ``.0``."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, date):
        # spreadsheets give every date as a time at midnight
        bare = isinstance(value, datetime) and value.tzinfo is None and value.time() == time.min
        return value.isoformat()[:10] if bare else value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value


def as_text(value: object) -> str | None:
    """A cell as text, for identifiers and templates; None when blank."""
    value = plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def compile_field(spec: object, *, bare: str = "column") -> Field:
    """Compile one form; ``bare`` says what a plain string means: ``column``, ``const`` or ``template``.

    Raises:
        SpecError: the form is not one of the module's forms.
    """
    if isinstance(spec, str):
        return {"column": _column, "const": _const, "template": _template}[bare](spec)
    if isinstance(spec, list):
        return _several(spec)
    if not isinstance(spec, dict):
        return _const(spec)
    if not spec.keys() & {"column", "const", "template"}:
        return _nested(spec)
    for key in spec:
        if key not in KEYS:
            raise SpecError(f"unknown key {key!r}; {near(str(key), KEYS)}", str(key))
    return _from_spec(spec)


def _from_spec(spec: Mapping[str, object]) -> Field:
    if len(spec.keys() & {"column", "const", "template"}) != 1:
        raise SpecError("needs exactly one of column, const, template")
    if "const" in spec:
        return _const(spec["const"])
    if "template" in spec:
        return _template(str(spec["template"]))
    column = spec["column"]
    if not isinstance(column, str):
        raise SpecError(f"must be the name of a column, not {column!r}", "column")
    field = _column(column)
    if "split" in spec:
        field = _split(field, str(spec["split"]))
    if "values" in spec:
        field = _translated(field, column, spec)
    if "format" in spec:
        field = _dated(field, column, str(spec["format"]))
    if "unit" in spec or "currency" in spec:
        field = _money(field, column, spec)
    return _defaulted(field, spec["default"]) if "default" in spec and "values" not in spec else field


def _const(value: object) -> Field:
    fixed = plain(value) if not isinstance(value, str) else value
    return Field(frozenset(), lambda _row: fixed)


def _column(name: str) -> Field:
    def get(row: Values) -> object:
        value = row.get(name)
        return (value.strip() or None) if isinstance(value, str) else plain(value)

    return Field(frozenset({name}), get)


def _template(text: str) -> Field:
    columns = _HOLE.findall(text)
    if not columns:
        raise SpecError(f"template {text!r} names no column; write it like '{{column}}|{{column}}'")

    def fill(row: Values) -> str:
        def one(hole: re.Match[str]) -> str:
            value = as_text(row.get(hole[1]))
            if value is None:
                raise MappingError(hole[1], f"is empty, but {text!r} is built from it")
            return value

        return _HOLE.sub(one, text)

    return Field(frozenset(columns), fill)


def _nested(spec: Mapping[str, object]) -> Field:
    fields: dict[str, Field] = {}
    for key, inner in spec.items():
        try:
            fields[str(key)] = compile_field(inner)
        except SpecError as error:
            raise error.below(str(key)) from None

    def get(row: Values) -> object:
        value = {key: found for key, field in fields.items() if (found := field.get(row)) is not None}
        return value or None

    return Field(_columns(list(fields.values())), get)


def _several(specs: Sequence[object]) -> Field:
    fields = [compile_field(spec) for spec in specs]

    def get(row: Values) -> object:
        return [value for field in fields if (value := field.get(row)) is not None] or None

    return Field(_columns(fields), get)


def _columns(fields: Sequence[Field]) -> frozenset[str]:
    return frozenset().union(*(field.columns for field in fields))


def _split(field: Field, separator: str) -> Field:
    def get(row: Values) -> object:
        text = as_text(field.get(row))
        return None if text is None else [part.strip() for part in text.split(separator) if part.strip()]

    return Field(field.columns, get)


def _translated(field: Field, column: str, spec: Mapping[str, object]) -> Field:
    table = spec["values"]
    if not isinstance(table, dict):
        raise SpecError("must be a mapping from what the source writes to what is meant", "values")
    known = {str(key): value for key, value in table.items()}
    default = spec.get("default")

    def get(row: Values) -> object:
        text = as_text(field.get(row))
        if text is None:
            return default
        if text in known:
            return known[text]
        if default is not None:
            return default
        raise MappingError(column, f"{text!r} is not one of its values", near(text, list(known)))

    return Field(field.columns, get)


def _dated(field: Field, column: str, format_: str) -> Field:
    def get(row: Values) -> object:
        value = field.get(row)
        return None if value is None else parse_moment(value, column, format_)

    return Field(field.columns, get)


def parse_moment(value: object, column: str, format_: str | None) -> str:
    """ISO text of a date or time; ``format_`` as in strptime, or ``epoch_ms`` / ``epoch_s``.

    Raises:
        MappingError: ``value`` does not have the format.
    """
    text = as_text(value) or ""
    try:
        if format_ in ("epoch_ms", "epoch_s"):
            return datetime.fromtimestamp(
                float(text) / (1000 if format_ == "epoch_ms" else 1), UTC
            ).isoformat()
        if format_ is not None and isinstance(value, str) and not _is_iso_of_cell(text, format_):
            moment = datetime.strptime(text, format_)  # noqa: DTZ007 - the zone is put on by the caller
            return moment.isoformat() if re.search(r"%[HIcXs]", format_) else moment.date().isoformat()
        return (date if len(text) <= 10 else datetime).fromisoformat(text).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        wanted = "an ISO date or time" if format_ is None else f"a date or time like {format_!r}"
        raise MappingError(column, f"{text!r} is not {wanted}", "correct the row or its 'format'") from error


def _is_iso_of_cell(text: str, format_: str) -> bool:
    """Cells that were typed dates (spreadsheet, database) arrive as ISO text whatever the declared format."""
    return "-" in text[4:5] and not format_.startswith(("%Y-", "%G-"))


def _money(field: Field, column: str, spec: Mapping[str, object]) -> Field:
    extra = {key: str(spec[key]) for key in ("unit", "currency") if key in spec}

    def get(row: Values) -> object:
        text = as_text(field.get(row))
        if text is None:
            return None
        amount = nfkc(text).replace(" ", "")
        if _NUMBER.fullmatch(amount):
            return {"amount": format(Decimal(amount.replace(",", "")), "f"), **extra}
        if any(letter.isdigit() for letter in text):
            return text  # the cell names its own unit; validation reads it and refuses what is unclear
        raise MappingError(column, f"{text!r} is not an amount of money", "write a number")

    return Field(field.columns, get)


def _defaulted(field: Field, default: object) -> Field:
    def get(row: Values) -> object:
        value = field.get(row)
        return default if value is None else value

    return Field(field.columns, get)
