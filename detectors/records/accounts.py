"""Feed F30: what an enterprise earned and owns in one period."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from detectors.records.fields import Count, labels, named
from detectors.records.money import Money
from detectors.records.payload import Payload
from detectors.records.periods import Period
from detectors.records.reasons import Flag


class Accounts(Payload):
    """F30: financial and operating figures of one period 财务经营 (公示条例 9(7), tax and statistics)."""

    feed: ClassVar[str] = "F30"
    title: ClassVar[str] = "financial and operating figures 财务经营"
    signed: ClassVar[frozenset[str]] = frozenset(
        {"profit", "equity", "tax_paid"}
    )  # losses, negative equity, refunds

    period: Annotated[Period, named("期间")]
    basis: Annotated[
        Literal["declared", "tax", "statistics"],
        labels({"申报": "declared", "年报": "declared", "税务": "tax", "统计": "statistics"}),
        named("数据来源", "source"),
    ] = "declared"
    audited: Annotated[bool | None, named("是否审计")] = None
    output_value: Annotated[Money | None, named("产值", "总产值")] = None
    revenue: Annotated[Money | None, named("营业收入", "营业总收入")] = None
    profit: Annotated[Money | None, named("利润总额", "净利润")] = None
    tax_paid: Annotated[Money | None, named("纳税总额")] = None
    assets: Annotated[Money | None, named("资产总额")] = None
    liabilities: Annotated[Money | None, named("负债总额")] = None
    equity: Annotated[Money | None, named("所有者权益", "所有者权益合计")] = None
    interest_expense: Annotated[Money | None, named("利息支出")] = None
    receivables: Annotated[Money | None, named("应收账款")] = None
    guarantees_given: Annotated[Money | None, named("对外担保余额")] = None
    headcount: Annotated[Count | None, named("从业人数")] = None

    def soft(self) -> Iterator[Flag]:
        """Assets are liabilities and equity, within 1 %."""
        yield from super().soft()
        if self.assets and self.liabilities and self.equity:
            gap = self.assets.amount - self.liabilities.amount - self.equity.amount
            if abs(gap) > abs(self.assets.amount) * Decimal("0.01"):
                yield Flag.BALANCE_SHEET_OFF
