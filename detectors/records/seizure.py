"""Seizure and security feeds F09-F14: seizures, auctions, charges, mortgages, pledges,
freezes.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, model_validator

from detectors.records.fields import (
    CaseNo,
    Day,
    EntityId,
    Key,
    Moment,
    OrgName,
    Share,
    Text,
    jurisdiction_of,
    labels,
    named,
    refuse,
)
from detectors.records.freezes import LONGEST_YEARS, longest_freeze
from detectors.records.money import Money
from detectors.records.payload import Payload, ordered
from detectors.records.reasons import Flag, Reason

AssetClass = Annotated[
    Literal["real_estate", "movable", "vehicle", "bank_account", "equity", "receivable", "other"],
    labels(
        {
            "不动产": "real_estate",
            "房产": "real_estate",
            "土地": "real_estate",
            "动产": "movable",
            "设备": "movable",
            "车辆": "vehicle",
            "银行账户": "bank_account",
            "银行存款": "bank_account",
            "存款": "bank_account",
            "股权": "equity",
            "应收账款": "receivable",
            "债权": "receivable",
            "其他": "other",
        }
    ),
]


def years_after(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 1 March.

    >>> years_after(date(2024, 2, 29), 1)
    datetime.date(2025, 3, 1)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def check_term(start: date, end: date, asset_class: str) -> None:
    """Refuse a freeze that the statute does not allow for so long.

    Raises:
        PydanticCustomError: ``interval_reversed`` or ``freeze_too_long``.
    """
    ordered(start, end, "a freeze")
    years = longest_freeze(asset_class)
    if end > years_after(start, years):
        text = f"a freeze of {asset_class} runs at most {years} y (民诉法解释 485), got {start} to {end}"
        raise refuse(Reason.FREEZE_TOO_LONG, text)


class Seizure(Payload):
    """F09: seizure, attachment or freeze 查封 扣押 冻结; ends by itself on ``to`` unless renewed (查封规定
    27).
    """

    feed: ClassVar[str] = "F09"
    title: ClassVar[str] = "seizure, attachment, freeze 查封 扣押 冻结"

    measure: Annotated[
        Literal["seal", "seizure", "freeze", "deduction"],
        labels({"查封": "seal", "扣押": "seizure", "冻结": "freeze", "扣划": "deduction"}),
        named("措施", "查控措施"),
    ]
    stage: Annotated[
        Literal["preservation", "enforcement"],
        labels({"保全": "preservation", "财产保全": "preservation", "执行": "enforcement"}),
        named("阶段"),
    ] = "enforcement"
    asset_class: Annotated[AssetClass, named("财产类别")]
    asset_ref: Annotated[
        Key | None, named("财产标识", "不动产单元号", about="unit no., plate, masked account")
    ] = None
    order_no: Annotated[Key | None, named("裁定书文号")] = None
    notice_no: Annotated[Key, named("协助执行通知书文号")]
    authority: Annotated[OrgName, named("执行机关", "执行法院")]
    amount_limit: Annotated[
        Money | None, named("限额", about="bounds the exposure: over-seizure is unlawful")
    ] = None
    asset_value: Annotated[Money | None, named("财产价值")] = None
    from_: Annotated[Day, named("起始日期", "start_date")] = Field(alias="from")
    to: Annotated[Day | None, named("截止日期", "end_date")] = None
    sequence: Annotated[int, Field(ge=1, le=1000), named("顺位", "轮候顺位", about="2 and more: waiting")] = 1
    renewal_of: Annotated[Key | None, named("续行原文号")] = None
    lifted_on: Annotated[Day | None, named("解除日期")] = None
    lift_reason: Annotated[Text | None, named("解除原因")] = None
    main_premises: Annotated[bool | None, named("是否主要经营场所")] = None

    @model_validator(mode="after")
    def _within_statute(self, info: ValidationInfo) -> "Seizure":
        if self.to is not None:
            if jurisdiction_of(info).startswith("CN"):
                check_term(self.from_, self.to, self.asset_class)
            ordered(self.from_, self.to, "a seizure")
        ordered(self.from_, self.lifted_on, "a seizure")
        return self

    def soft(self) -> Iterator[Flag]:
        """Without a reference to the asset, stacked seizures cannot be told apart."""
        yield from super().soft()
        if self.asset_ref is None:
            yield Flag.ASSET_UNIDENTIFIED


class Auction(Payload):
    """F10: judicial auction 司法拍卖, by the 2016 rules on online auctions; breaches are data quality, not
    risk.
    """

    feed: ClassVar[str] = "F10"
    title: ClassVar[str] = "judicial auction 司法拍卖"

    platform: Annotated[Key, named("平台")]
    lot_id: Annotated[Key, named("拍品编号")]
    round: Annotated[
        Literal["1", "2", "sale"],
        labels({"一拍": "1", "二拍": "2", "变卖": "sale", "1": "1", "2": "2"}),
        named("拍卖阶段"),
    ]
    lot: Annotated[Text | None, named("拍品名称", "title")] = None
    asset_class: Annotated[AssetClass, named("财产类别")]
    asset_ref: Annotated[Key | None, named("财产标识")] = None
    court: Annotated[OrgName, named("法院", "court_name")]
    case_no: Annotated[CaseNo | None, named("案号")] = None
    appraisal: Annotated[Money | None, named("评估价")] = None
    start_price: Annotated[Money | None, named("起拍价")] = None
    deposit: Annotated[Money | None, named("保证金")] = None
    announced_on: Annotated[Day | None, named("公告日期")] = None
    starts_at: Annotated[Moment, named("开拍时间", "开始时间")]
    ends_at: Annotated[Moment | None, named("结束时间")] = None
    status: Annotated[
        Literal["announced", "bidding", "sold", "failed", "withdrawn", "suspended"],
        labels(
            {
                "公告": "announced",
                "即将开始": "announced",
                "竞价中": "bidding",
                "成交": "sold",
                "流拍": "failed",
                "撤回": "withdrawn",
                "中止": "suspended",
            }
        ),
        named("状态"),
    ]
    deal_price: Annotated[Money | None, named("成交价")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Auction":
        if self.ends_at is not None and self.ends_at < self.starts_at:
            text = f"the auction ends at {self.ends_at}, before it starts at {self.starts_at}"
            raise refuse(Reason.INTERVAL_REVERSED, text)
        return self

    def may_lie_ahead(self) -> bool:
        """An auction is announced 15 or 30 days before it takes place."""
        return True

    def soft(self) -> Iterator[Flag]:
        """Start price, deposit and length of the announcement."""
        yield from super().soft()
        if not (self._prices_lawful() and self._announced_in_time()):
            yield Flag.AUCTION_RULE

    def _prices_lawful(self) -> bool:
        start = self.start_price.amount if self.start_price else None
        if start is None:
            return True
        floor = {"1": Decimal("0.7"), "2": Decimal("0.56")}.get(
            self.round
        )  # a second round may go 20 % lower
        if self.appraisal and floor and start < self.appraisal.amount * floor:
            return False
        return self.deposit is None or start * 5 <= self.deposit.amount * 100 <= start * 20

    def _announced_in_time(self) -> bool:
        if self.announced_on is None or self.round == "sale":
            return True
        days = 15 if self.asset_class in LONGEST_YEARS else 30
        if self.round == "2":
            days //= 2  # 7 days for movables, 15 for real estate and other rights
        return (self.starts_at.date() - self.announced_on).days >= days


class EquityFreeze(Payload):
    """F14: equity freeze 股权冻结; effective from publication in the national system (股权执行规定 6)."""

    feed: ClassVar[str] = "F14"
    title: ClassVar[str] = "equity freeze 股权冻结"

    notice_no: Annotated[Key, named("协助执行通知书文号", "executeNoticeNum")]
    order_no: Annotated[Key | None, named("执行裁定书文号", "executeOrderNum")] = None
    executed_person: Annotated[EntityId, named("被执行人", about="holder whose equity is frozen")]
    holder_type: Annotated[
        Literal[1, 2] | None, labels({"1": 1, "2": 2, "公司": 1, "个人": 2}), named("被执行人类型")
    ] = None
    target: Annotated[EntityId, named("股权所在企业")]
    amount: Annotated[Money | None, named("股权数额", "equityAmount")] = None
    ratio: Annotated[Share | None, named("冻结比例")] = None
    court: Annotated[OrgName, named("执行法院", "executiveCourt")]
    matter: Annotated[
        Literal["freeze", "renewal", "release", "shareholder_change", "lapse"],
        labels(
            {
                "公示冻结": "freeze",
                "冻结": "freeze",
                "续行冻结": "renewal",
                "解除冻结": "release",
                "股东变更": "shareholder_change",
                "失效": "lapse",
            }
        ),
        named("执行事项"),
    ]
    from_: Annotated[Day | None, named("冻结期限自", "fromDate")] = Field(default=None, alias="from")
    to: Annotated[Day | None, named("冻结期限至", "toDate")] = None
    published_on: Annotated[Day, named("公示日期", "publicityDate")]

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """A holder written as ``{type, name, id}`` is its register number, a person its name."""
        holder = data.get("executed_person")
        if not isinstance(holder, Mapping) or "scheme" in holder or "name" not in holder:
            return data
        kind = holder.get("type", data.get("holder_type"))
        own = None if kind in (2, "2", "个人") else holder.get("id")
        given = {} if kind is None else {"holder_type": kind}
        return {**data, **given, "executed_person": own or holder["name"]}

    @model_validator(mode="after")
    def _within_statute(self, info: ValidationInfo) -> "EquityFreeze":
        if self.from_ is not None and self.to is not None:
            if jurisdiction_of(info).startswith("CN"):
                check_term(self.from_, self.to, "equity")
            ordered(self.from_, self.to, "a freeze")
        return self
