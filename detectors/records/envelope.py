"""The envelope every record travels in, whatever its feed and jurisdiction.

Aligned with the streaming envelope of Companies House. Business time (``occurred_at``), validity,
publication and capture are kept apart, so that what was true and what could be known can both be told
later.
"""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationInfo,
    field_validator,
    model_validator,
)

from detectors.identifiers import entity as entities
from detectors.identifiers import names
from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.resident_id import blotted, looks_like
from detectors.records.fields import Day, Moment, refuse
from detectors.records.payload import Payload
from detectors.records.reasons import Flag, Reason

_CONTROL = frozenset({"heartbeat", "snapshot_begin", "snapshot_end"})
_STRICT = ConfigDict(
    extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True, allow_inf_nan=False
)

Scheme = Literal[
    "uscc", "lei", "org_code", "reg_no", "company_number", "ein", "name", "person", "local", "source"
]


_CHECKED = frozenset({"uscc", "lei", "org_code", "person"})
"""Schemes whose values are no resident numbers by their own rules."""


def _without_number(value: str) -> str:
    """Refuse what must stay as the source wrote it and holds a resident number in clear."""
    if blotted(value) != value:
        text = "a resident number in clear; mask it, or let the connector compute the HMAC"
        raise refuse(Reason.PERSONAL_ID_IN_CLEAR, text)
    return value


_NO_NUMBER = AfterValidator(_without_number)


class Subject(BaseModel):
    """Who the record is about; one record per subject, told apart by ``role``."""

    model_config = _STRICT

    scheme: Scheme
    value: Annotated[str, Field(min_length=1, max_length=300)]
    name: Annotated[str, Field(max_length=300)] = ""
    role: Annotated[str, Field(max_length=64)] = ""

    @field_validator("value")
    @classmethod
    def _by_its_scheme(cls, value: str, info: ValidationInfo) -> str:
        scheme = str(info.data.get("scheme", ""))
        try:
            canonical = entities.canonical_value(scheme, value)
            return canonical if scheme in _CHECKED else _without_number(canonical)
        except IdentifierError as error:
            clear = error.place == "person" and looks_like(value)
            reason = Reason.PERSONAL_ID_IN_CLEAR if clear else Reason.INVALID_IDENTIFIER
            raise refuse(reason, error.problem) from None

    @field_validator("name")
    @classmethod
    def _masked_person(cls, name: str, info: ValidationInfo) -> str:
        return names.mask(name) if info.data.get("scheme") == "person" else name


class Evidence(BaseModel):
    """Where the statement can be looked up; ``sha256`` is of the source's own bytes, before any
    normalisation.
    """

    model_config = _STRICT

    doc_no: Annotated[str, Field(max_length=300), _NO_NUMBER] | None = None
    url: Annotated[str, Field(max_length=2000), _NO_NUMBER] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class Envelope(BaseModel):
    """One validated statement by a source about one subject.

    ``entity`` is derived from subject and jurisdiction, and refused if it is given and differs.
    ``match_confidence`` of a subject known by name alone is 0.9 unless given, and at most 0.3 for a masked
    name.
    """

    model_config = _STRICT

    schema_: Annotated[str, Field(alias="schema", pattern=r"^F\d\d/1\.\d{1,3}$")]
    source_id: Annotated[str, Field(pattern=r"^[^\s:]{1,100}$")]
    record_id: Annotated[str, Field(min_length=1, max_length=128), _NO_NUMBER]
    version: Annotated[int, Field(ge=1, le=2**63 - 1)]
    op: Literal["assert", "amend", "close", "retract", "heartbeat", "snapshot_begin", "snapshot_end"]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,6})?$")]
    subject: Subject
    entity: Annotated[str, Field(validate_default=True, max_length=160)] = ""
    occurred_at: Moment
    valid_from: Day | None = None
    valid_to: Day | None = None
    published_at: Moment | None = None
    observed_at: Moment
    visibility: Literal["public", "gov_shared", "authorised"] = "public"
    legal_basis: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    consent_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    evidence: Evidence | None = None
    payload: SerializeAsAny[Payload]
    quality: Annotated[float, Field(ge=0, le=1)] = 1.0
    match_confidence: Annotated[float | None, Field(ge=0, le=1, validate_default=True)] = None
    flags: tuple[Flag, ...] = ()

    @field_validator("entity")
    @classmethod
    def _derived(cls, given: str, info: ValidationInfo) -> str:
        subject, jurisdiction = info.data.get("subject"), info.data.get("jurisdiction")
        if not isinstance(subject, Subject) or not isinstance(jurisdiction, str):
            return given  # their own errors say what is wrong
        derived = entities.of(jurisdiction, subject.scheme, subject.value)
        if given and given != derived:
            text = (
                f"the entity of {subject.scheme} {subject.value} in {jurisdiction} is {derived}, got {given}"
            )
            raise refuse(Reason.ENTITY_MISMATCH, text)
        return derived

    @field_validator("match_confidence")
    @classmethod
    def _confidence(cls, given: float | None, info: ValidationInfo) -> float:
        subject = info.data.get("subject")
        by_name = isinstance(subject, Subject) and subject.scheme == "name"
        confidence = given if given is not None else entities.NAME_ONLY if by_name else 1.0
        if isinstance(subject, Subject) and by_name and names.is_masked(subject.value):
            return min(confidence, entities.MASKED_NAME)
        return confidence

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            text = f"valid_to {self.valid_to} lies before valid_from {self.valid_from}"
            raise refuse(Reason.INTERVAL_REVERSED, text)
        if self.visibility != "public" or self.subject.scheme == "person":
            self._lawful()
        control = self.op in _CONTROL
        if control or self.subject.scheme == "source" or self.feed == "F33":
            self._control(control)
        return self

    def _lawful(self) -> None:
        """Without a basis nothing but public data about organisations may be processed (PIPL 13)."""
        if self.visibility == "authorised" and self.consent_id is None:
            raise refuse(
                Reason.LEGAL_BASIS_MISSING, "a record with visibility authorised needs consent_id, got none"
            )
        if self.legal_basis is None and self.consent_id is None:
            what = (
                "about a person" if self.subject.scheme == "person" else f"with visibility {self.visibility}"
            )
            raise refuse(Reason.LEGAL_BASIS_MISSING, f"a record {what} needs legal_basis, got none")

    def _control(self, control: bool) -> None:
        """Heartbeats and snapshot marks are F33 about the source itself, and nothing else is."""
        if self.feed != "F33":
            what = f"op {self.op}" if control else "a subject of scheme source"
            raise refuse(Reason.CONTROL_MISUSED, f"{what} belongs to feed F33, got {self.feed}")
        if self.subject.scheme != "source" or self.subject.value != self.source_id:
            got = f"{self.subject.scheme} {self.subject.value}"
            raise refuse(
                Reason.CONTROL_MISUSED, f"F33 is about the source {self.source_id} itself, got {got}"
            )

    @property
    def feed(self) -> str:
        """Feed id, ``F01`` to ``F33``, ``F35``."""
        return self.schema_[:3]

    def to_wire(self) -> bytes:
        """Canonical JSON: fields in declared order, no nulls, UTF-8; :func:`detectors.record.decode` reads
        it.
        """
        return self.__pydantic_serializer__.to_json(self, by_alias=True, exclude_none=True)
