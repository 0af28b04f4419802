"""Credit feeds F21 and F26: loans as the lender knows them, and guarantees."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import model_validator

from detectors.identifiers import names
from detectors.records.fields import (
    Count,
    Day,
    Days,
    EntityId,
    Key,
    OrgName,
    Share,
    Text,
    labels,
    named,
    refuse,
)
from detectors.records.money import Money
from detectors.records.payload import Payload, ordered
from detectors.records.reasons import Reason


class Loan(Payload):
    """F21: status of a loan on one day 信贷; strictly need-to-know, other lenders see aggregates only."""

    feed: ClassVar[str] = "F21"
    title: ClassVar[str] = "loan status 信贷"

    lender_id: Annotated[Key, named("贷款机构")]
    contract_no: Annotated[Key, named("合同号")]
    as_of: Annotated[Day, named("数据日期")]
    principal: Annotated[Money | None, named("贷款本金")] = None
    balance: Annotated[Money | None, named("贷款余额")] = None
    credit_limit: Annotated[Money | None, named("授信额度", about="of a revolving line")] = None
    repaid: Annotated[Money | None, named("本期还款", about="paid since the status before this one")] = None
    interest_due: Annotated[Money | None, named("应付利息")] = None
    interest_overdue_days: Annotated[Days | None, named("欠息天数")] = None
    principal_overdue_days: Annotated[Days | None, named("本金逾期天数")] = None
    classification: Annotated[
        Literal["normal", "special_mention", "substandard", "doubtful", "loss"] | None,
        labels(
            {
                "正常": "normal",
                "关注": "special_mention",
                "次级": "substandard",
                "可疑": "doubtful",
                "损失": "loss",
            }
        ),
        named("五级分类"),
    ] = None
    restructured: Annotated[bool | None, named("是否重组")] = None
    extended: Annotated[bool | None, named("是否展期")] = None
    matures_on: Annotated[Day | None, named("到期日")] = None
    collateral_refs: Annotated[tuple[Key, ...], named("抵押物编号")] = ()
    guarantee_refs: Annotated[tuple[Key, ...], named("担保合同号")] = ()
    subrogation: Annotated[
        Money | None, named("代偿金额", about="paid by a guarantor in the subject's place")
    ] = None
    subrogated_by: Annotated[EntityId | None, named("代偿人")] = None
    subrogated_on: Annotated[Day | None, named("代偿日期")] = None
    past_due_elsewhere: Annotated[
        bool | None, named("他行逾期", about="aggregate flag over other lenders")
    ] = None
    share_over_90_days: Annotated[
        Share | None,
        named("逾期90天以上占比", about="of the debt at all lenders; over 20 % all classify it bad"),
    ] = None
    lenders: Annotated[Count | None, named("贷款机构数")] = None


_DATE = r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)"
_TERM = re.compile(rf"{_DATE} ?(?:-+|–|—+|~|至|到) ?{_DATE}", re.ASCII)


class Guarantee(Payload):
    """F26: guarantee relation 担保, an edge from guarantor to debtor.

    Without an agreed period, or with one that ends on or before the due date, a guarantee runs 6 months
    from the due date (民法典 692); 一般保证 has the benefit of discussion, 连带 does not (民法典 686-688).
    """

    feed: ClassVar[str] = "F26"
    title: ClassVar[str] = "guarantee relation 担保"

    contract_no: Annotated[Key, named("担保合同号")]
    guarantor: Annotated[EntityId, named("担保人")]
    guarantor_name: Annotated[OrgName | None, named("担保人名称")] = None
    debtor: Annotated[EntityId, named("被担保人", "债务人", "obligor")]
    debtor_name: Annotated[OrgName | None, named("被担保人名称")] = None
    creditor: Annotated[EntityId | None, named("债权人")] = None
    creditor_name: Annotated[OrgName | None, named("债权人名称")] = None
    way: Annotated[
        Literal["joint_guarantee", "general_guarantee", "mortgage", "pledge", "shortfall_top_up"],
        labels(
            {
                "连带责任保证": "joint_guarantee",
                "连带保证": "joint_guarantee",
                "一般保证": "general_guarantee",
                "抵押": "mortgage",
                "质押": "pledge",
                "差额补足": "shortfall_top_up",
            }
        ),
        named("担保方式", "guaranteeWay"),
    ]
    principal: Annotated[Money, named("主债权数额", "creditoAmount")]
    principal_kind: Annotated[Text | None, named("主债权种类", "creditoType")] = None
    debt_from: Annotated[Day | None, named("债务起始日")] = None
    debt_to: Annotated[Day | None, named("债务到期日")] = None
    debt_term: Annotated[Text | None, named("债务期限", "creditoTerm", about="where it is not two days")] = (
        None
    )
    guarantee_from: Annotated[Day | None, named("保证期间自")] = None
    guarantee_to: Annotated[Day | None, named("保证期间至")] = None
    guarantee_term: Annotated[
        Text | None, named("保证期间", "guaranteeTerm", about="where it is not two days")
    ] = None
    scope: Annotated[Text | None, named("担保范围", "guaranteeScope")] = None
    counter_guarantee: Annotated[bool | None, named("是否反担保")] = None
    released_on: Annotated[Day | None, named("解除日期")] = None
    report_year: Annotated[Count | None, named("年报年份", "reportYear")] = None

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """An annual report writes a term as two days in one text; the name of a natural person is masked."""
        made = dict(data)
        for end in ("guarantor", "debtor", "creditor"):
            name = made.get(f"{end}_name")
            if isinstance(name, str) and ":person-" in str(made.get(end)):
                made[f"{end}_name"] = names.mask(name)
        for term, ends in _TERMS.items():
            given = made.get(term)
            if isinstance(given, str) and (found := _TERM.fullmatch(given)):
                del made[term]
                made = {**dict(zip(ends, found.groups(), strict=True)), **made}
        return made

    @model_validator(mode="after")
    def _is_a_guarantee(self) -> "Guarantee":
        if self.guarantor == self.debtor:
            text = f"a guarantor stands for somebody else, got {self.guarantor} for itself"
            raise refuse(Reason.SELF_GUARANTEE, text)
        if self.principal.amount <= 0:
            raise refuse(
                Reason.INVALID_AMOUNT, f"a guaranteed amount is above 0, got {self.principal.amount}"
            )
        ordered(self.debt_from, self.debt_to, "the debt")
        ordered(self.guarantee_from, self.guarantee_to, "the guarantee")
        return self

    def may_lie_ahead(self) -> bool:
        """A guarantee may be recorded before its term begins."""
        return True


_TERMS = {
    "debt_term": ("debt_from", "debt_to"),
    "guarantee_term": ("guarantee_from", "guarantee_to"),
}
"""Term to the two days it is made of."""
