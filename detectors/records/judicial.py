"""Judicial feeds F01-F03 and F28: filing, hearing, judgment, notary."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import model_validator

from detectors.identifiers import case_number
from detectors.identifiers.errors import IdentifierError
from detectors.records import courts
from detectors.records.fields import Count, Day, Key, Moment, OrgName, Text, labels, named, refuse
from detectors.records.money import Money
from detectors.records.payload import CaseBased, CasePayload, Parties, PartyRole, Payload, ordered
from detectors.records.reasons import Flag, Reason

CaseType = Annotated[
    Literal[
        "civil",
        "administrative",
        "criminal",
        "special_procedure",
        "preservation",
        "enforcement",
        "insolvency",
        "other",
    ],
    labels(
        {
            "民事": "civil",
            "行政": "administrative",
            "刑事": "criminal",
            "特别程序": "special_procedure",
            "保全": "preservation",
            "执行": "enforcement",
            "破产": "insolvency",
            "其他": "other",
        }
    ),
]
"""Kind of a case; follows from the type code 类型代字 of its number."""

_TYPE_OF_STAGE = {
    "special_procedure": "special_procedure",
    "preservation": "preservation",
    "enforcement": "enforcement",
    "enforcement_review": "enforcement",
    "insolvency_application": "insolvency",
    "insolvency": "insolvency",
    "insolvency_appeal": "insolvency",
}
_TYPE_OF_CODE = {"民": "civil", "商": "civil", "行": "administrative", "刑": "criminal"}


def case_type_of(case: case_number.CaseNumber) -> str:
    """Kind of case that follows from its number.

    >>> case_type_of(case_number.parse("(2024)浙0604民初1号"))
    'civil'
    """
    return _TYPE_OF_STAGE.get(case.stage) or _TYPE_OF_CODE.get(case.type_code[0], "other")


def _with_sides(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """``plaintiff``, ``defendant`` and ``third`` are parties under their role."""
    sides = {role: data[role] for role in _SIDES & data.keys()}
    if not sides or "parties" in data:
        return data
    rest = {key: value for key, value in data.items() if key not in sides}
    parties = [
        {**(one if isinstance(one, Mapping) else {"name": one}), "role": role}
        for role, given in sorted(sides.items())
        for one in _names(given)
    ]
    return {**rest, "parties": parties}


def _names(given: object) -> list[Any]:
    if isinstance(given, str):
        return [name for name in re.split("[、;,]", given) if name]
    return given if isinstance(given, list) else [given]


_SIDES = frozenset({"plaintiff", "defendant", "third"})


class Filing(CasePayload):
    """F01: a court takes a case on file. Claims within 7 days of conforming (民事诉讼法 126)."""

    feed: ClassVar[str] = "F01"
    title: ClassVar[str] = "court filing 立案"
    soft_codes: ClassVar[frozenset[str]] = frozenset({"case_type"})
    ignored: ClassVar[frozenset[str]] = frozenset(
        {"judge", "法官", "承办法官"}
    )  # names of judges are not kept

    court_name: Annotated[OrgName, named("法院", "法院名称", "court")]
    court_code: Annotated[Key | None, named("法院代字", about="follows from case_no when absent")] = None
    filed_on: Annotated[Day, named("立案日期", "filingDate")]
    case_type: Annotated[CaseType | None, named("案件类型", about="follows from case_no when absent")] = None
    cause: Annotated[Text | None, named("案由", "caseReason")] = None
    role: Annotated[PartyRole, named("诉讼地位", about="part the subject takes")]
    parties: Annotated[Parties, named("当事人")] = ()
    claim_amount: Annotated[Money | None, named("标的额", "诉讼标的")] = None
    status: Annotated[
        Literal["filed", "hearing", "closed", "withdrawn", "dismissed", "transferred"] | None,
        labels(
            {
                "已立案": "filed",
                "审理中": "hearing",
                "已结案": "closed",
                "已撤诉": "withdrawn",
                "结案": "closed",
                "撤诉": "withdrawn",
                "驳回": "dismissed",
                "移送": "transferred",
            }
        ),
        named("案件状态", "caseStatus"),
    ] = None
    closed_on: Annotated[Day | None, named("结案日期", "closeDate")] = None
    department: Annotated[Text | None, named("承办部门")] = None

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fill in the court code and the kind of case from the number, when that is a Chinese one, and the parties
        from lists by role.
        """
        data = _with_sides(data)
        if "court_code" in data and "case_type" in data:
            return data
        try:
            case = case_number.parse(str(data.get("case_no", "")))
        except IdentifierError:
            return data  # the field's own check says what is wrong, where Chinese numbers are due
        code = {} if case.legacy else {"court_code": case.court}
        return {**code, "case_type": case_type_of(case), **data}

    @model_validator(mode="after")
    def _closed_after_filing(self) -> "Filing":
        ordered(self.filed_on, self.closed_on, "a case")
        return self

    def soft(self) -> Iterator[Flag]:
        """Court and year must agree with the number; a number of December may be filed in January."""
        yield from super().soft()
        if not self.parties:
            yield Flag.PARTIES_MISSING
        case = self.case()
        if case is None:
            return
        if self.filed_on.year - case.year not in (0, 1):
            yield Flag.FILED_YEAR_MISMATCH
        if not case.legacy and (
            self.court_code != case.court or not courts.plausible(case.court, self.court_name)
        ):
            yield Flag.COURT_MISMATCH


class Hearing(CasePayload):
    """F02: a hearing is announced, at least 3 days ahead (民事诉讼法 139); a new date is an ``amend``."""

    feed: ClassVar[str] = "F02"
    title: ClassVar[str] = "hearing 开庭公告"

    court: Annotated[OrgName, named("法院", "court_name")]
    start_at: Annotated[Moment, named("开庭时间", "startDate")]
    courtroom: Annotated[Text | None, named("法庭", "courtRoom")] = None
    cause: Annotated[Text | None, named("案由", "caseReason")] = None
    role: Annotated[PartyRole | None, named("诉讼地位")] = None
    parties: Annotated[Parties, named("当事人")] = ()
    published_on: Annotated[Day | None, named("公告日期")] = None

    def soft(self) -> Iterator[Flag]:
        """The parties are part of a public notice."""
        yield from super().soft()
        if not self.parties:
            yield Flag.PARTIES_MISSING

    def may_lie_ahead(self) -> bool:
        """A hearing is announced before it takes place."""
        return True


class Judgment(CaseBased):
    """F03: a judgment document is published; names in some cases are masked by rule (最高法 publication
    rules).

    Some sources publish judgments without any case number; they give ``case_ref``, a key of their own that tells
    one case from another and is never taken for a number.
    """

    feed: ClassVar[str] = "F03"
    title: ClassVar[str] = "judgment 裁判文书"
    soft_codes: ClassVar[frozenset[str]] = frozenset({"instance", "result"})

    case_ref: Annotated[
        Key | None, named("案件标识", about="the source's own key of the case, when it publishes no case_no")
    ] = None

    doc_type: Annotated[
        Literal["judgment", "ruling", "mediation", "decision", "payment_order", "notice", "order"],
        labels(
            {
                "判决书": "judgment",
                "裁定书": "ruling",
                "调解书": "mediation",
                "决定书": "decision",
                "支付令": "payment_order",
                "通知书": "notice",
                "令": "order",
            }
        ),
        named("文书类型", "docType"),
    ]
    judged_on: Annotated[Day, named("裁判日期", "judgeTime")]
    doc_seq: Annotated[Count | None, named("文书序号")] = None
    effective_on: Annotated[Day | None, named("生效日期")] = None
    court: Annotated[OrgName | None, named("法院", "court_name")] = None
    instance: Annotated[
        Literal["first", "second", "retrial"] | None,
        labels({"一审": "first", "二审": "second", "再审": "retrial"}),
        named("审级"),
    ] = None
    cause: Annotated[Text | None, named("案由", "caseReason")] = None
    role: Annotated[PartyRole | None, named("诉讼地位")] = None
    result: Annotated[
        Literal["won", "lost", "in_part"] | None,
        labels({"胜诉": "won", "败诉": "lost", "部分胜诉": "in_part"}),
        named("裁判结果", about="for the subject"),
    ] = None
    parties: Annotated[Parties, named("当事人", "casePersons")] = ()
    case_money: Annotated[Money | None, named("案件金额", "caseMoney")] = None
    obligation_amount: Annotated[Money | None, named("给付金额", about="what the subject must pay")] = None
    perform_by: Annotated[Day | None, named("履行期限")] = None
    performed: Annotated[bool | None, named("是否履行", about="absent means unknown, not no")] = None
    doc_url: Annotated[Text | None, named("文书链接")] = None

    @model_validator(mode="after")
    def _one_case(self) -> "Judgment":
        if (self.case_no is None) == (self.case_ref is None):
            got = "neither" if self.case_no is None else "both"
            raise refuse(Reason.MISSING_FIELD, f"a judgment has case_no or else case_ref, got {got}")
        return self


class Notary(Payload):
    """F28: a notarial instrument; an execution certificate 执行证书 allows enforcement without a trial."""

    feed: ClassVar[str] = "F28"
    title: ClassVar[str] = "notary 公证"

    cert_no: Annotated[Key, named("公证书编号")]
    kind: Annotated[
        Literal["enforceable_instrument", "execution_certificate", "deposit", "evidence", "mandate"],
        labels(
            {
                "赋强公证债权文书": "enforceable_instrument",
                "执行证书": "execution_certificate",
                "提存": "deposit",
                "证据保全": "evidence",
                "委托": "mandate",
            }
        ),
        named("公证类别"),
    ]
    role: Annotated[
        Literal["debtor", "guarantor", "creditor", "other"] | None,
        labels({"债务人": "debtor", "保证人": "guarantor", "担保人": "guarantor", "债权人": "creditor"}),
        named("当事人地位"),
    ] = None
    parties: Annotated[Parties, named("当事人")] = ()
    amount: Annotated[Money | None, named("金额")] = None
    debt_due_on: Annotated[Day | None, named("债务到期日")] = None
    issued_on: Annotated[Day, named("出证日期")]
    withdrawn_on: Annotated[Day | None, named("撤销日期")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Notary":
        ordered(self.issued_on, self.withdrawn_on, "a certificate")
        return self
