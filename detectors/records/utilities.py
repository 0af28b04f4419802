"""Utility feed F15: electricity, water, gas and heat, from reading to cut-off."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from detectors.records.fields import Day, Key, labels, named
from detectors.records.money import Money
from detectors.records.payload import Payload, required
from detectors.records.periods import Month
from detectors.records.reasons import Flag

_NEEDED: dict[str, tuple[str, ...]] = {
    "reading": ("period", "quantity"),
    "bill": ("period", "amount_due", "due_on"),
    "payment": ("amount_paid", "paid_on"),
    "cutoff_notice": ("notice_on",),
    "cutoff": ("cutoff_on",),
}


class Utility(Payload):
    """F15: one event of one account. A bill paid later comes as an ``amend`` of the same record with
    amount_paid.

    Supply may be stopped after more than 30 days overdue and dunning (电力供应与使用条例 39); local rules
    differ.
    """

    feed: ClassVar[str] = "F15"
    title: ClassVar[str] = "utility account, bill, notice, cut-off 水电气"
    soft_codes: ClassVar[frozenset[str]] = frozenset({"account_class"})
    signed: ClassVar[frozenset[str]] = frozenset({"amount_due", "amount_paid"})  # credit notes and reversals
    ignored: ClassVar[frozenset[str]] = frozenset({"days_overdue", "逾期天数"})  # recomputed, never trusted

    utility: Annotated[
        Literal["electricity", "water", "gas", "heat"],
        labels(
            {"电": "electricity", "水": "water", "气": "gas", "燃气": "gas", "热": "heat", "热力": "heat"}
        ),
        named("类别"),
    ]
    provider_id: Annotated[Key, named("供应单位")]
    account_no: Annotated[Key, named("户号", about="unique per provider only")]
    account_class: Annotated[
        Literal["resident", "industrial", "commercial", "other"] | None,
        labels(
            {
                "居民": "resident",
                "工业": "industrial",
                "大工业": "industrial",
                "一般工商业": "commercial",
                "商业": "commercial",
                "其他": "other",
            }
        ),
        named("用户类别"),
    ] = None
    event: Annotated[
        Literal[
            "reading",
            "bill",
            "payment",
            "dunning",
            "cutoff_notice",
            "cutoff",
            "restore",
            "theft_or_breach",
            "close_account",
        ],
        labels(
            {
                "抄表": "reading",
                "账单": "bill",
                "缴费": "payment",
                "催缴": "dunning",
                "停供通知": "cutoff_notice",
                "停供": "cutoff",
                "复供": "restore",
                "窃电": "theft_or_breach",
                "违约用电": "theft_or_breach",
                "销户": "close_account",
            }
        ),
        named("事件"),
    ]
    period: Annotated[Month | None, named("账期")] = None
    doc: Annotated[Key | None, named("单据号")] = None
    quantity: Annotated[Decimal | None, named("用量", about="kWh or cubic metres")] = None
    estimated: Annotated[bool | None, named("是否估抄")] = None
    amount_due: Annotated[Money | None, named("应缴金额")] = None
    amount_paid: Annotated[Money | None, named("实缴金额")] = None
    penalty: Annotated[Money | None, named("违约金")] = None
    due_on: Annotated[Day | None, named("缴费截止日")] = None
    paid_on: Annotated[Day | None, named("缴费日期")] = None
    notice_no: Annotated[Key | None, named("通知编号")] = None
    notice_on: Annotated[Day | None, named("通知日期")] = None
    cutoff_on: Annotated[Day | None, named("停供日期")] = None
    reason: Annotated[
        Literal["arrears", "safety", "maintenance", "other"] | None,
        labels({"欠费": "arrears", "安全": "safety", "检修": "maintenance", "其他": "other"}),
        named("原因", about="only arrears counts as risk"),
    ] = None

    @model_validator(mode="after")
    def _complete(self) -> "Utility":
        required(self, _NEEDED.get(self.event, ()), f"an event {self.event}")
        return self

    def may_lie_ahead(self) -> bool:
        """A bill may carry its due date, a notice the day of the cut-off."""
        return self.event in {"bill", "cutoff_notice"}

    def soft(self) -> Iterator[Flag]:
        """Estimated readings are no measurement."""
        yield from super().soft()
        if self.estimated:
            yield Flag.ESTIMATED_READING
