"""Base of all payload contracts: closed, frozen, tolerant of the names vendors use, strict about everything
else.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from detectors.identifiers import case_number, names, resident_id
from detectors.identifiers.errors import IdentifierError
from detectors.records.fields import CaseNo, Named, OrgName, PartyId, Text, labels, named, refuse
from detectors.records.keys import natural_key
from detectors.records.money import Money, is_bare
from detectors.records.reasons import Flag, Reason

PartyRole = Annotated[
    Literal[
        "plaintiff",
        "appellant",
        "applicant",
        "defendant",
        "appellee",
        "respondent",
        "third_party",
    ],
    labels(
        {
            "原告": "plaintiff",
            "上诉人": "appellant",
            "申请人": "applicant",
            "申请执行人": "applicant",
            "被告": "defendant",
            "被上诉人": "appellee",
            "被申请人": "respondent",
            "被执行人": "respondent",
            "第三人": "third_party",
            "third": "third_party",
        }
    ),
]
"""Part a party takes in a case (F01)."""


class Closed(BaseModel):
    """A frozen value that knows its other names and refuses every field it does not know."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True, allow_inf_nan=False
    )

    ignored: ClassVar[frozenset[str]] = frozenset()
    """Fields of sources that are known and not kept: derived numbers, and personal data nobody here needs."""

    renamed: ClassVar[Mapping[str, str]] = {}
    """Every other name a field arrives under, to its canonical name; built from the field annotations."""

    known: ClassVar[frozenset[str]] = frozenset()
    money: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Read the other names and the money fields from the annotations, once per class."""
        super().__pydantic_init_subclass__(**kwargs)
        renamed: dict[str, str] = {}
        for name, info in cls.model_fields.items():
            wire = info.alias or name
            for mark in info.metadata:
                if isinstance(mark, Named):
                    renamed.update(dict.fromkeys((mark.label, *mark.aliases), wire))
        cls.known = frozenset(info.alias or name for name, info in cls.model_fields.items())
        cls.renamed = {other: wire for other, wire in renamed.items() if other not in cls.known}
        cls.money = tuple(
            name
            for name, info in cls.model_fields.items()
            if info.annotation is Money or Money in get_args(info.annotation)
        )

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return cls.prepare(data if data.keys() <= cls.known else cls._canonical(data))

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Hook for what follows from several fields at once, after renaming and before the fields are
        checked.
        """
        return data

    @classmethod
    def _canonical(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        made: dict[str, Any] = {}
        for key, value in data.items():
            name = cls.renamed.get(key, key)
            if name in cls.ignored:
                continue
            if name in made and made[name] != value:
                raise refuse(
                    Reason.INVALID_FIELD, f"{name} is given twice with different values, as {key} too"
                )
            made[name] = value
        return cls._with_currency(made)

    @classmethod
    def _with_currency(cls, data: dict[str, Any]) -> dict[str, Any]:
        """A ``currency`` beside bare numbers is theirs; amounts that name their own unit keep it."""
        if "currency" in cls.known or "currency" not in data or not cls.money:
            return data
        currency = data.pop("currency")
        for name in cls.money:
            if name in data and is_bare(data[name]):
                data[name] = {"amount": data[name], "currency": currency}
        return data


class Party(Closed):
    """One side of a case or instrument; the name of a natural person is masked, the id never in clear."""

    name: Annotated[OrgName, named("名称", "姓名", "pname")]
    id: Annotated[PartyId | None, named("证件号码", "cid")] = None
    role: Annotated[PartyRole | None, named("地位", "诉讼地位")] = None
    kind: Annotated[
        Literal["org", "person"] | None,
        labels({"单位": "org", "法人": "org", "自然人": "person", "个人": "person"}),
    ] = None
    result: Annotated[Text | None, named("裁判结果")] = None
    sentiment: Annotated[Literal[-1, 0, 1] | None, named("结果倾向", "emotion")] = None

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """A short Chinese name without kind or register number is taken for a person's, and masked."""
        if not isinstance(data.get("name"), str):
            return data
        name, given = names.normalise(data["name"]), str(data.get("id", ""))
        personal = resident_id.looks_like(given) or resident_id.is_masked(given)
        unknown = personal or names.is_masked(name) or (not given and len(name) <= 4 and not name.isascii())
        kind = data.get("kind") or ("person" if unknown else "org")
        person = kind in {"person", "自然人", "个人"}
        return {**data, "kind": kind, "name": names.mask(name) if person else name}


def _lifted(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | Mapping) else value


Parties = Annotated[tuple[Annotated[Party, BeforeValidator(_lifted)], ...], BeforeValidator(_listed)]
"""Parties in order; a bare name is a party, and one party may stand without a list."""


class Payload(Closed):
    """What a record of one feed says; subclasses are the feeds F01 to F33 and F35."""

    feed: ClassVar[str] = ""
    """``F01`` to ``F33``, ``F35``."""

    title: ClassVar[str] = ""
    """Name of the feed, English and source language."""

    soft_codes: ClassVar[frozenset[str]] = frozenset()
    """Coded fields that bear no colour: an unknown code is dropped and flagged, not quarantined."""

    signed: ClassVar[frozenset[str]] = frozenset()
    """Money fields that may be negative."""

    def natural_key(self, subject: str) -> str:
        """Key of the fact within the stream; ``subject`` is the entity id. See
        :mod:`detectors.records.keys`.
        """
        return natural_key(self.feed, self.model_dump(mode="json", by_alias=True, exclude_none=True), subject)

    def soft(self) -> Iterator[Flag]:
        """Soft rules this payload breaks, beyond the envelope's."""
        for name in self.money:
            value: Money | None = getattr(self, name)
            if value is not None and value.amount.is_signed() and name not in self.signed and value.amount:
                yield Flag.NEGATIVE_AMOUNT
                return

    def may_lie_ahead(self) -> bool:
        """Whether ``occurred_at`` may be in the future: hearings, auctions, due dates and terms."""
        return False


class Withdrawn(Payload):
    """Payload of a ``retract`` that only names the record: whatever it said was never true."""

    title: ClassVar[str] = "withdrawn record 撤回"

    def natural_key(self, subject: str) -> str:
        """A withdrawn record has no fact; it is found by its record id.

        Raises:
            LookupError: always.
        """
        raise LookupError(
            f"the withdrawn record about {subject} is found by its record_id, it has no natural key"
        )


_CASE_NO = named(
    "案号", "caseNo", "caseCode", "casecode", about="case number; 之n is kept here and left out of keys"
)


class CaseBased(Payload):
    """A payload about one court case, whose number the source may keep to itself."""

    stages: ClassVar[frozenset[case_number.Stage]] = frozenset()
    """Stages a case number of this feed may have; empty for any."""

    case_no: Annotated[CaseNo | None, _CASE_NO] = None

    def case(self) -> case_number.CaseNumber | None:
        """The case number taken apart; ``None`` without one, and outside China, where courts number as they like."""
        if self.case_no is None or not self.case_no.startswith("("):
            return None
        try:
            return case_number.parse(self.case_no)
        except IdentifierError:
            return None

    def soft(self) -> Iterator[Flag]:
        """Procedure of the feed and one case per record, on top of the amounts."""
        yield from super().soft()
        case = self.case()
        if case is None:
            return
        if case.is_batch:
            yield Flag.CASE_BATCH
        if self.stages and case.stage not in self.stages and not case.legacy:
            yield Flag.CASE_TYPE_MISMATCH


class CasePayload(CaseBased):
    """A payload about one court case under its number."""

    case_no: Annotated[CaseNo, _CASE_NO]


def ordered(earlier: date | None, later: date | None, what: str) -> None:
    """Refuse an interval that ends before it begins; open ends pass.

    Raises:
        PydanticCustomError: ``interval_reversed``.
    """
    if earlier is not None and later is not None and later < earlier:
        raise refuse(Reason.INTERVAL_REVERSED, f"{what} ends on {later}, before it begins on {earlier}")


def required(payload: BaseModel, names_: tuple[str, ...], when: str) -> None:
    """Refuse a payload that lacks a field its own kind of event needs.

    Raises:
        PydanticCustomError: ``missing_field``.
    """
    for name in names_:
        if getattr(payload, name) is None:
            raise refuse(Reason.MISSING_FIELD, f"{when} needs {name.rstrip('_')}, got none")
