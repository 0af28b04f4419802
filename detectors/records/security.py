"""Seizure and security feeds F09-F14: seizures, auctions, charges, mortgages, pledges,
freezes.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, model_validator

from detectors.records.fields import (
    Count,
    Day,
    EntityId,
    Key,
    Moment,
    OrgName,
    OrgNames,
    Share,
    Text,
    jurisdiction_of,
    labels,
    named,
    refuse,
)
from detectors.records.money import Money
from detectors.records.payload import Party, Payload, ordered, required
from detectors.records.reasons import Flag, Reason

_SHARES = re.compile(r"([\d,]+(?:\.\d+)?) ?万股", re.ASCII)


class Charge(Payload):
    """F11: security over movables and rights 动产和权利担保, national register; outside China any charge."""

    feed: ClassVar[str] = "F11"
    title: ClassVar[str] = "movable and rights security 动产和权利担保"

    reg_no: Annotated[Key, named("登记编号", "登记证明编号")]
    seq: Annotated[
        Count | None, named("变更序号", about="number of an amendment of the same registration")
    ] = None
    security_type: Annotated[
        Literal[
            "movable_mortgage",
            "receivable_pledge",
            "document_pledge",
            "financial_lease",
            "factoring",
            "title_retention",
            "fixed_charge",
            "floating_charge",
            "ucc",
            "other",
        ],
        labels(
            {
                "动产抵押": "movable_mortgage",
                "生产设备、原材料、半成品、产品抵押": "movable_mortgage",
                "应收账款质押": "receivable_pledge",
                "存款单、仓单、提单质押": "document_pledge",
                "融资租赁": "financial_lease",
                "保理": "factoring",
                "所有权保留": "title_retention",
                "浮动抵押": "floating_charge",
                "其他": "other",
            }
        ),
        named("担保类型"),
    ]
    secured_party: Annotated[OrgNames, named("担保权人", "抵押权人")] = ()
    grantor: Annotated[OrgNames, named("担保人", "抵押人")] = ()
    collateral: Annotated[Text | None, named("担保财产描述", "抵押物概况")] = None
    secured_amount: Annotated[Money | None, named("担保金额", "被担保主债权数额")] = None
    scope: Annotated[Text | None, named("担保范围")] = None
    reg_on: Annotated[Day, named("登记日期", "regDate")]
    term_end: Annotated[Day | None, named("登记到期日")] = None
    changes: Annotated[tuple[Text, ...], named("变更记录")] = ()
    cancelled_on: Annotated[Day | None, named("注销日期", "cancelDate")] = None
    cancel_reason: Annotated[Text | None, named("注销原因", "cancelReason")] = None
    status: Annotated[
        Literal["active", "partly_satisfied", "cancelled"],
        labels({"有效": "active", "部分清偿": "partly_satisfied", "注销": "cancelled", "无效": "cancelled"}),
        named("状态"),
    ] = "active"

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """A list of pawned things becomes one description; who owns each is not kept."""
        things = data.get("pawnList")
        if not isinstance(things, list) or not all(isinstance(one, Mapping) for one in things):
            return data
        shown = (" ".join(str(one[key]) for key in ("pawnName", "detail") if key in one) for one in things)
        rest = {key: value for key, value in data.items() if key != "pawnList"}
        return {"collateral": "; ".join(filter(None, shown))[:2000] or None, **rest}

    @model_validator(mode="after")
    def _in_order(self) -> "Charge":
        ordered(self.reg_on, self.term_end, "a registration")
        ordered(self.reg_on, self.cancelled_on, "a registration")
        return self


class RealEstate(Payload):
    """F12: real-estate registration 不动产; a mortgage exists from registration (民法典 402)."""

    feed: ClassVar[str] = "F12"
    title: ClassVar[str] = "real-estate mortgage and ownership 不动产"

    cert_no: Annotated[Key | None, named("不动产证号", "证书号")] = None
    business_no: Annotated[Key | None, named("业务号")] = None
    kind: Annotated[
        Literal[
            "first",
            "change",
            "transfer",
            "cancel",
            "correction",
            "objection",
            "advance_notice",
            "seizure",
            "mortgage",
        ],
        labels(
            {
                "首次登记": "first",
                "变更登记": "change",
                "转移登记": "transfer",
                "注销登记": "cancel",
                "更正登记": "correction",
                "异议登记": "objection",
                "预告登记": "advance_notice",
                "查封登记": "seizure",
                "抵押权登记": "mortgage",
                "抵押登记": "mortgage",
            }
        ),
        named("登记类型"),
    ]
    unit_no: Annotated[Key | None, named("不动产单元号")] = None
    location: Annotated[Text | None, named("坐落")] = None
    owner: Annotated[OrgNames, named("权利人")] = ()
    mortgagor: Annotated[OrgName | None, named("抵押人")] = None
    mortgagee: Annotated[OrgName | None, named("抵押权人")] = None
    reason: Annotated[Text | None, named("登记原因")] = None
    in_construction: Annotated[Text | None, named("在建建筑物抵押范围")] = None
    secured_principal: Annotated[Money | None, named("被担保主债权数额", "最高债权数额")] = None
    maximum_amount: Annotated[bool | None, named("最高额抵押")] = None
    asset_value: Annotated[Money | None, named("不动产价值")] = None
    registered_at: Annotated[Moment, named("登簿时间", about="moment written to the register; ranks by it")]
    debt_from: Annotated[Day | None, named("债务履行起始时间")] = None
    debt_to: Annotated[Day | None, named("债务履行结束时间")] = None
    cancelled_on: Annotated[Day | None, named("注销日期")] = None
    cancel_reason: Annotated[Text | None, named("注销原因")] = None

    @model_validator(mode="after")
    def _complete(self, info: ValidationInfo) -> "RealEstate":
        if self.cert_no is None and self.business_no is None:
            raise refuse(Reason.MISSING_FIELD, "a registration needs cert_no or business_no, got neither")
        if jurisdiction_of(info).startswith("CN"):
            required(self, ("unit_no",), "a registration in China")
        ordered(self.debt_from, self.debt_to, "the debt")
        return self

    def soft(self) -> Iterator[Flag]:
        """Elsewhere a property may come without its unit."""
        yield from super().soft()
        if self.unit_no is None:
            yield Flag.ASSET_UNIDENTIFIED


class EquityPledge(Payload):
    """F13: equity pledge 股权出质; exists from registration (民法典 443)."""

    feed: ClassVar[str] = "F13"
    title: ClassVar[str] = "equity pledge 股权出质"

    reg_no: Annotated[Key, named("登记编号", "regNumber")]
    pledgor: Annotated[OrgName | None, named("出质人")] = None
    pledgee: Annotated[OrgName | None, named("质权人")] = None
    target: Annotated[EntityId, named("标的企业", about="the company whose equity is pledged")]
    shares: Annotated[Decimal | None, Field(ge=0), named("股权数量", about="ten thousand shares 万股")] = None
    equity_amount: Annotated[Money | None, named("股权数额", "equityAmount")] = None
    pledged_ratio: Annotated[Share | None, named("出质比例", about="of the target's whole equity")] = None
    reg_on: Annotated[Day, named("登记日期", "regDate")]
    published_on: Annotated[Day | None, named("公示日期", "putDate")] = None
    state: Annotated[
        Literal["valid", "cancelled"],
        labels({"有效": "valid", "无效": "cancelled", "注销": "cancelled"}),
        named("状态"),
    ] = "valid"
    cancelled_on: Annotated[Day | None, named("注销日期")] = None
    cancel_reason: Annotated[Text | None, named("注销原因")] = None

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """A pledgor written as ``{name, id}`` is its name, and equity counted in shares is no money."""
        pledgor, equity = data.get("pledgor"), data.get("equity_amount")
        made = dict(data)
        if isinstance(pledgor, Mapping) and "name" in pledgor:
            made["pledgor"] = Party.prepare(pledgor)["name"]
        if isinstance(equity, str) and (found := _SHARES.fullmatch(equity)):
            del made["equity_amount"]
            made.setdefault("shares", found[1].replace(",", ""))
        return made

    @model_validator(mode="after")
    def _in_order(self) -> "EquityPledge":
        ordered(self.reg_on, self.cancelled_on, "a pledge")
        return self
