"""The real-estate register: ownership and mortgages (F12), seizures and freezes (F09)."""

from typing import Any, Final

from streams.district.codes import certificate_no
from streams.district.dice import DAY, Dice
from streams.district.firm import Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import LENDERS, Court

_TERM: Final = {"real_estate": 3 * 365, "bank_account": 365}
"""Longest term of a seizure in days (最高人民法院民诉法解释 art. 485)."""
_MEASURE: Final = {"real_estate": "seal", "bank_account": "freeze"}


class Estate:
    """What the register says about one firm."""

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice) -> None:
        self.almanac, self.firm, self.dice = almanac, firm, dice

    def _said(self, feed: str, rid: str, at: int, payload: dict[str, Any], **more: Any) -> Statement:
        return Statement(
            source="property", feed=feed, record_id=rid, firm=self.firm, at=at, payload=payload, **more
        )

    def _hour(self, day: int) -> int:
        return day * DAY + 32_400 + int(self.dice.unit() * 27_000)

    def ownership(self, unit: int, at: int) -> Statement:
        """First registration of a unit, with its value; told in the initial load."""
        number, value = self.firm.units[unit]
        year = max(self.firm.founded_year, 2004)
        day = self.almanac.number(
            self.almanac.start.replace(year=year, month=1 + self.firm.index % 12, day=12)
        )
        payload: dict[str, Any] = {
            "cert_no": certificate_no(year, self.firm.index * 8 + unit).replace("证明", "权"),
            "kind": "first",
            "unit_no": number,
            "location": self.firm.address,
            "owner": [self.firm.name],
            "asset_value": money(value),
            "registered_at": self.almanac.iso(min(day, -1)) + "T10:00:00+08:00",
        }
        return self._said(
            "F12", payload["cert_no"], at, payload, occurred=min(day, -1), valid_from=min(day, -1)
        )

    def mortgage(
        self, unit: int, day: int, slot: int, at: int | None = None, ratio: float = 0.55
    ) -> Statement:
        """A mortgage over a unit for ``ratio`` of its value, to the firm's own bank.

        ``slot`` (3 to 7) tells apart the mortgages of one firm; ``at`` is the second of capture if not on that day.
        """
        number, value = self.firm.units[unit]
        date = self.almanac.day(day)
        lender = LENDERS[self.firm.lender if self.firm.lender >= 0 else self.firm.index % len(LENDERS)]
        payload: dict[str, Any] = {
            "cert_no": certificate_no(date.year, self.firm.index * 8 + slot),
            "kind": "mortgage",
            "unit_no": number,
            "location": self.firm.address,
            "mortgagor": self.firm.name,
            "mortgagee": lender.name,
            "secured_principal": money(round(value * ratio, -4)),
            "asset_value": money(value),
            "registered_at": self.almanac.iso(day) + "T10:00:00+08:00",
            "debt_from": self.almanac.iso(day),
            "debt_to": self.almanac.iso(day + 3 * 365),
        }
        when = self._hour(day) if at is None else at
        return self._said("F12", payload["cert_no"], when, payload, occurred=day, valid_from=day)

    def cancelled(self, mortgage: Statement, day: int) -> Statement:
        """The loan is repaid and the mortgage struck off."""
        payload = {**mortgage.payload, "cancelled_on": self.almanac.iso(day), "cancel_reason": "主债权消灭"}
        return self._said(
            "F12", mortgage.record_id, self._hour(day), payload, occurred=mortgage.occurred,
            valid_from=mortgage.valid_from, valid_to=day, version=2, op="close",
        )  # fmt: skip

    def seizure(
        self, order: str, court: Court, day: int, amount: float, *, unit: int | None, sequence: int = 1
    ) -> Statement:
        """A seizure of a unit, or (``unit`` None) a freeze of the bank account, under the court's ``order``."""
        asset = "bank_account" if unit is None else "real_estate"
        enforcement = "执" in order and "保" not in order
        payload: dict[str, Any] = {
            "measure": _MEASURE[asset],
            "stage": "enforcement" if enforcement else "preservation",
            "asset_class": asset,
            "asset_ref": f"6228****{self.firm.index % 10_000:04d}"
            if unit is None
            else self.firm.units[unit][0],
            "order_no": order + "之一",
            "notice_no": order + "协助执行通知书",
            "authority": court.name,
            "amount_limit": money(amount),
            "from": self.almanac.iso(day),
            "to": self.almanac.iso(day + _TERM[asset] - 1),
            "sequence": sequence,
        }
        if unit is not None:
            payload["asset_value"] = money(self.firm.units[unit][1])
        rid = f"{payload['notice_no']}|{payload['asset_ref']}|{self.firm.uscc}"
        return self._said(
            "F09", rid, self._hour(day + self.dice.between(0, 2)), payload, occurred=day, valid_from=day,
            valid_to=day + _TERM[asset] - 1, doc_no=payload["order_no"],
        )  # fmt: skip

    def lifted(self, seizure: Statement, day: int) -> Statement:
        """The seizure is lifted (解除)."""
        payload = {**seizure.payload, "lifted_on": self.almanac.iso(day), "lift_reason": "被执行人已履行"}
        return self._said(
            "F09", seizure.record_id, self._hour(day), payload, occurred=seizure.occurred,
            valid_from=seizure.valid_from, valid_to=day, version=2, op="close", doc_no=seizure.doc_no,
        )  # fmt: skip
