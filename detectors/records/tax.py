"""Tax feeds F16-F18: arrears notice, abnormal household, major violation."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from detectors.records.fields import Count, Day, Key, OrgName, SubjectName, Text, labels, named
from detectors.records.money import Money
from detectors.records.payload import Payload, ordered, required
from detectors.records.periods import Period
from detectors.records.reasons import Flag

TaxType = Annotated[
    Literal[
        "增值税",
        "消费税",
        "企业所得税",
        "个人所得税",
        "城市维护建设税",
        "教育费附加",
        "地方教育附加",
        "房产税",
        "城镇土地使用税",
        "土地增值税",
        "契税",
        "印花税",
        "资源税",
        "车船税",
        "环境保护税",
        "耕地占用税",
        "关税",
        "其他",
    ],
    labels({"城建税": "城市维护建设税", "土地使用税": "城镇土地使用税", "other": "其他"}),
]
"""Kinds of tax; the statutory names are the codes."""


class TaxArrears(Payload):
    """F16: tax-arrears notice 欠税公告: quarterly for enterprises, without surcharge and fines
    (欠税公告办法 3-6).
    """

    feed: ClassVar[str] = "F16"
    title: ClassVar[str] = "tax-arrears notice 欠税公告"
    ignored: ClassVar[frozenset[str]] = frozenset({"legal_rep_id", "法定代表人证件号码"})  # a person's number

    taxpayer_id: Annotated[Key, named("纳税人识别号", "personIdNumber")]
    taxpayer_name: Annotated[SubjectName | None, named("纳税人名称", "name")] = None
    legal_rep: Annotated[OrgName | None, named("法定代表人", "legalpersonName")] = None
    place: Annotated[Text | None, named("经营地点", "location")] = None
    tax_type: Annotated[TaxType, named("欠税税种", "taxCategory")]
    notice_period: Annotated[Period, named("公告期", about="2026Q1, 2026H1 or 2026-03")]
    authority: Annotated[OrgName, named("公告机关", "税务机关", "department")]
    balance: Annotated[Money, named("欠税余额", "ownTaxBalance")]
    newly_arisen: Annotated[Money | None, named("当期新发生", "newOwnTaxBalance")] = None
    published_on: Annotated[Day | None, named("公告日期", "publishDate")] = None
    paid_on: Annotated[Day | None, named("缴清日期")] = None
    close_inferred: Annotated[
        bool | None, named("推断结清", about="absent from the next notice of the same authority")
    ] = None
    arrears_since: Annotated[Day | None, named("欠税发生日", about="ranks the claim against security")] = None

    def soft(self) -> Iterator[Flag]:
        """What is newly in arrears is part of the balance."""
        yield from super().soft()
        if self.newly_arisen is not None and self.balance.amount < self.newly_arisen.amount:
            yield Flag.BALANCE_BELOW_NEW


class TaxAbnormal(Payload):
    """F17: what the tax office says of conduct: missed filings, the tax-abnormal household 非正常户 after 3 months
    without any return, the yearly credit grade 纳税信用级别, and the invoices of a month.
    """

    feed: ClassVar[str] = "F17"
    title: ClassVar[str] = "tax-abnormal household 非正常户"

    taxpayer_id: Annotated[Key, named("纳税人识别号")]
    event: Annotated[
        Literal["listed", "missed_filing", "credit_grade", "invoices"],
        labels(
            {
                "认定非正常户": "listed",
                "非正常户": "listed",
                "逾期未申报": "missed_filing",
                "纳税信用评价": "credit_grade",
                "纳税信用级别": "credit_grade",
                "发票开具": "invoices",
            }
        ),
        named("事项"),
    ] = "listed"
    listed_on: Annotated[Day | None, named("认定日期")] = None
    period: Annotated[
        Period | None, named("所属期", about="of the missed return, the grade or the invoices")
    ] = None
    tax_type: Annotated[TaxType | None, named("税种")] = None
    reason: Annotated[Text | None, named("认定原因")] = None
    authority: Annotated[OrgName, named("税务机关")]
    released_on: Annotated[Day | None, named("解除日期")] = None
    arrears_balance: Annotated[Money | None, named("欠税余额")] = None
    credit_grade: Annotated[
        Literal["A", "B", "M", "C", "D"] | None,
        labels({"A级": "A", "B级": "B", "M级": "M", "C级": "C", "D级": "D"}),
        named("纳税信用级别", about="for the year in period"),
    ] = None
    invoices: Annotated[Count | None, named("开票份数", about="issued in the month in period")] = None
    invoices_void: Annotated[Count | None, named("作废红冲份数", about="of these, void or red-lettered")] = (
        None
    )

    @model_validator(mode="after")
    def _complete(self) -> "TaxAbnormal":
        required(self, _OF_EVENT[self.event], f"an event {self.event}")
        ordered(self.listed_on, self.released_on, "a listing")
        return self


_OF_EVENT: Mapping[str, tuple[str, ...]] = {
    "listed": ("listed_on",),
    "missed_filing": ("period",),
    "credit_grade": ("period", "credit_grade"),
    "invoices": ("period", "invoices", "invoices_void"),
}
"""What each event must tell."""


class TaxViolation(Payload):
    """F18: major tax violation 重大税收违法失信主体, categories 1 to 11 of the tax administration's
    measures.
    """

    feed: ClassVar[str] = "F18"
    title: ClassVar[str] = "major tax violation 重大税收违法"

    decision_no: Annotated[Key, named("决定文书号")]
    category_code: Annotated[int, Field(ge=1, le=11), named("案件性质")]
    name: Annotated[SubjectName | None, named("纳税人名称")] = None
    taxpayer_id: Annotated[Key | None, named("纳税人识别号")] = None
    legal_rep: Annotated[OrgName | None, named("法定代表人")] = None
    intermediary: Annotated[OrgName | None, named("中介机构")] = None
    facts: Annotated[Text | None, named("主要违法事实")] = None
    legal_grounds: Annotated[Text | None, named("法律依据")] = None
    treatment: Annotated[Text | None, named("处理处罚情况")] = None
    amount: Annotated[Money | None, named("涉税金额")] = None
    authority: Annotated[OrgName, named("税务机关")]
    published_on: Annotated[Day, named("公布日期")]
    ceased_on: Annotated[Day | None, named("停止公布日期")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "TaxViolation":
        ordered(self.published_on, self.ceased_on, "a publication")
        return self
