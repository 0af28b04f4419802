"""Field types shared by the contracts: days, moments, case numbers, references to entities, coded values.

A validator may be told the record's jurisdiction through pydantic's context (:func:`context_for`); without
it the China profile applies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Annotated, Any, TypedDict

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic import ValidationInfo as Info
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from detectors.identifiers import case_number, entity, industry, names, resident_id
from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import quoted
from detectors.records.reasons import Reason

CHINA = timezone(timedelta(hours=8))
"""Default zone of the China profile; Asia/Shanghai has had no other offset since 1991."""

_EARLIEST_MS = 10**11  # 1973; a smaller number is more likely seconds, and a guess would be decades off
_LATEST_MS = 10**14  # the year 5138
_FIRST_YEAR, _LAST_YEAR = 1600, 2999
"""A day or time of any record lies in these, so that a term added to one is a day too."""

_LIST = re.compile(r"\s*[、;；]\s*")
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?", re.ASCII)


class Context(TypedDict):
    """What a validator may know about the record around the value."""

    jurisdiction: str
    zone: tzinfo
    person: bool


def context_for(jurisdiction: str, *, person: bool = False) -> Context:
    """Context of a jurisdiction; outside China a time without offset is read as UTC.

    ``person`` tells that the subject is a natural person, whose name is masked wherever it is repeated.

    >>> context_for("GB")["zone"]
    datetime.timezone.utc
    """
    zone = CHINA if jurisdiction.startswith("CN") else UTC
    return {"jurisdiction": jurisdiction, "zone": zone, "person": person}


def jurisdiction_of(info: Info) -> str:
    """Jurisdiction from the context, ``CN`` without one."""
    return str(info.context["jurisdiction"]) if info.context else "CN"


def _zone(info: Info) -> tzinfo:
    zone: tzinfo = info.context["zone"] if info.context else CHINA
    return zone


def refuse(reason: Reason, text: str) -> PydanticCustomError:
    """Error of a validator: the reason code is its type, the sentence its message."""
    return PydanticCustomError(reason.value, "{text}", {"text": text})


@dataclass(frozen=True, slots=True)
class Named:
    """Label of a field in the sources' language, other names it arrives under, and what it means."""

    label: str
    aliases: tuple[str, ...] = ()
    about: str = ""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Title, description and aliases for the published contract."""
        made = handler(schema)
        made["title"] = self.label
        if self.about:
            made["description"] = self.about
        if self.aliases:
            made["x-aliases"] = list(self.aliases)
        return made


def named(label: str, *aliases: str, about: str = "") -> Named:
    """Shorthand for :class:`Named`."""
    return Named(label, aliases, about)


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of the source language, mapped to the codes of a Literal before it is checked."""

    codes: Mapping[str, str | int] = field(hash=False)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Map, then check."""
        return core_schema.no_info_before_validator_function(self._code, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The codes, and the labels accepted for them."""
        made = handler(schema)
        made["x-labels"] = dict(self.codes)
        return made

    def _code(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int):
            return value
        return self.codes.get(str(value), value)  # a spreadsheet takes the code 1 for a number


def labels(codes: Mapping[str, str | int]) -> Labels:
    """Shorthand for :class:`Labels`."""
    return Labels(codes)


def _epoch(value: int | float, zone: tzinfo) -> datetime:
    if isinstance(value, bool) or not _EARLIEST_MS <= abs(value) <= _LATEST_MS:
        raise refuse(Reason.INVALID_FIELD, f"a number is a time in milliseconds since 1970, got {value!r}")
    return datetime.fromtimestamp(value / 1000, zone)


def _day(value: Any, info: Info) -> Any:
    """ISO day, ``2026年1月5日``, ``2026/1/5``, epoch milliseconds, or the day of an ISO time in the
    record's zone.
    """
    if isinstance(value, str):
        if found := _DAY.fullmatch(value):
            return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"
        return _day_of_time(value, info)
    if isinstance(value, datetime):
        return _local_day(value, info)
    if isinstance(value, int | float):
        return _epoch(value, _zone(info)).date()
    return value


def _day_of_time(value: str, info: Info) -> date:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise refuse(Reason.INVALID_FIELD, f"a day reads 2026-01-05, got {quoted(value)}") from None
    return _local_day(moment, info)


def _local_day(moment: datetime, info: Info) -> date:
    if moment.tzinfo is None or not _FIRST_YEAR < moment.year < _LAST_YEAR:
        return moment.date()  # far off, where a shift of the zone may run over
    return moment.astimezone(_zone(info)).date()


def _within(day: date) -> date:
    """Refuse a day in no calendar of ours; 9999-12-31, a term without end (长期), becomes the last one."""
    if _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return day
    if (day.year, day.month, day.day) == (9999, 12, 31):
        return date(_LAST_YEAR, 12, 31)
    raise refuse(Reason.INVALID_FIELD, f"a day lies in the years {_FIRST_YEAR} to {_LAST_YEAR}, got {day}")


def _timely(moment: datetime) -> datetime:
    """Refuse a time in no calendar of ours, whatever its zone."""
    if not _FIRST_YEAR < moment.year < _LAST_YEAR:
        text = f"a time lies between the years {_FIRST_YEAR} and {_LAST_YEAR}, got {moment.isoformat()}"
        raise refuse(Reason.INVALID_FIELD, text)
    return moment


def _moment(value: Any, info: Info) -> Any:
    """RFC 3339 time; without offset, or a day only, it is read in the record's zone; epoch milliseconds."""
    if isinstance(value, int | float):
        return _epoch(value, _zone(info))
    if isinstance(value, str):
        if found := _DAY.fullmatch(value):
            value = f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            text = f"a time reads 2026-01-05T09:00:00+08:00, got {quoted(value)}"
            raise refuse(Reason.INVALID_FIELD, text) from None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=_zone(info))
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=_zone(info))
    return value


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_within)]
"""A calendar day, ``YYYY-MM-DD`` on the wire."""

Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_timely)]
"""A point in time, RFC 3339 with offset on the wire."""


def _case_no(value: str, info: Info) -> str:
    if not jurisdiction_of(info).startswith("CN"):
        return value  # other courts number as they like
    try:
        return case_number.parse(value).text
    except IdentifierError as error:
        raise refuse(Reason.INVALID_CASE_NUMBER, error.problem) from None


def _entity(value: Any, info: Info) -> Any:
    try:
        if isinstance(value, Mapping):
            scheme, given = str(value.get("scheme", "")), str(value.get("value", ""))
            return entity.of(jurisdiction_of(info), scheme, entity.canonical_value(scheme, given))
        return (
            _without_number(entity.guess(jurisdiction_of(info), value)) if isinstance(value, str) else value
        )
    except IdentifierError as error:
        clear = error.place == "person"
        raise refuse(
            Reason.PERSONAL_ID_IN_CLEAR if clear else Reason.INVALID_IDENTIFIER, error.problem
        ) from None


def _without_number(found: str) -> str:
    if resident_id.blotted(found) != found:
        raise refuse(Reason.PERSONAL_ID_IN_CLEAR, "an entity is no resident number in clear")
    return found


def _industry(value: str, info: Info) -> str:
    if not jurisdiction_of(info).startswith("CN"):
        return value  # NACE, SIC and NAICS codes keep their own form
    try:
        return industry.parse(value).code
    except IdentifierError as error:
        raise refuse(Reason.INVALID_IDENTIFIER, error.problem) from None


def _subject_name(value: str, info: Info) -> str:
    person = bool(info.context["person"]) if info.context else False
    return names.mask(value) if person else names.normalise(value)


def _listed(value: Any) -> Any:
    return [part for part in _LIST.split(value) if part] if isinstance(value, str) else value


def _digits(value: Any) -> Any:
    """A spreadsheet or database keeps an account number as a number."""
    return str(value) if type(value) is int else value


def _party_id(value: str) -> str:
    """A resident number in clear is masked on the way in; it is never stored."""
    return resident_id.mask(resident_id.parse(value).value) if resident_id.looks_like(value) else value


_BLOTTED = AfterValidator(resident_id.blotted)
Text = Annotated[str, Field(min_length=1, max_length=2000), _BLOTTED]
Key = Annotated[str, BeforeValidator(_digits), Field(min_length=1, max_length=128), _BLOTTED]
"""Texts and keys; a resident number in clear is masked wherever it stands, as it is never stored."""

CaseNo = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_case_no)]
"""Case number, canonical in China and as given elsewhere."""

EntityId = Annotated[
    str, BeforeValidator(_entity), Field(pattern=r"^(ent:[A-Z]{2}(-[A-Z0-9]{1,6})?|src):.+$")
]
"""Another entity: its canonical id; a bare USCC, LEI, register number or name is resolved in the record's
jurisdiction.
"""

IndustryCode = Annotated[str, Field(min_length=1, max_length=16), AfterValidator(_industry)]
ClusterName = Annotated[str, Field(max_length=64, pattern=r"^[^\s|:*]+( [^\s|:*]+)*$")]
"""Name of an industrial cluster, the id of a group of firms, without the characters such ids need themselves."""
PartyId = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_party_id)]
OrgName = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(names.normalise)]
OrgNames = Annotated[tuple[OrgName, ...], BeforeValidator(_listed)]
"""Several names; a text lists them with ``、`` or ``;``."""

SubjectName = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_subject_name)]
"""Name of the subject, repeated in the payload: masked when the subject is a natural person."""

Count = Annotated[int, Field(ge=0, le=100_000_000)]
Days = Annotated[int, Field(ge=0, le=36_600)]
_PERCENT = re.compile(r"([-+]?\d+(?:\.\d+)?) ?%")


def _ratio(value: Any) -> Any:
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value)):
        return round(float(found[1]) / 100, 10)
    return value


Share = Annotated[float, BeforeValidator(_ratio), Field(ge=0, le=1)]
"""A ratio 0 to 1; ``"35.2%"`` is read as 0.352."""
