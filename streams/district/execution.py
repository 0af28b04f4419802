"""The court's publications on one dispute, from the hearing to the auction, and on insolvency.

F02, F03, F06, F07, F08, F10 and the notary's F28; the exchange table of filings has its own module.
"""

from math import ceil
from typing import Any, Final

from streams.district.codes import case_no, person_id
from streams.district.desk import Desk
from streams.district.dice import Dice
from streams.district.firm import Firm
from streams.district.judicial import Case
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import AUCTION_PLATFORM, COURTS, LENDERS, LOCAL_COURT, NOTARY_OFFICE

_HOURS: Final = ("09:00", "10:00", "14:30", "15:30")


class Bench(Desk):
    """What the court publishes about one firm beside its exchange table."""

    __slots__ = ("seed",)

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice, seed: int) -> None:
        super().__init__(almanac, firm, dice, "judicial")
        self.seed = seed

    def hearing(self, case: Case, day: int) -> Statement:
        """F02 开庭公告, a week or two before the day of the hearing."""
        announced = max(case.filed + 1, day - self.dice.between(6, 15))
        payload = {
            "case_no": case.case_no,
            "court": case.court.name,
            "start_at": f"{self.iso(day)}T{self.dice.pick(_HOURS)}:00+08:00",
            "courtroom": f"第{self.dice.between(1, 18)}法庭",
            "cause": case.cause,
            "role": "defendant",
            "parties": self._parties(case),
            "published_on": self.iso(announced),
        }
        return self.says("F02", case.case_no, announced, payload, role="defendant", doc_no=case.case_no)

    def _parties(self, case: Case) -> list[dict[str, str]]:
        return [
            {"name": case.opponent, "role": "plaintiff", "kind": "org"},
            {"name": self.firm.name, "role": "defendant", "kind": "org"},
        ]

    def judgment(self, case: Case, day: int, amount: float, result: str = "lost") -> Statement:
        """F03 裁判文书 of the first instance; ``amount`` is what the firm has to pay."""
        payload: dict[str, Any] = {
            "case_no": case.case_no,
            "doc_type": "judgment",
            "judged_on": self.iso(day),
            "effective_on": self.iso(day + 15),
            "court": case.court.name,
            "instance": "first",
            "cause": case.cause,
            "role": "defendant",
            "result": result,
            "parties": self._parties(case),
            "case_money": money(case.amount),
        }
        if result != "won":
            payload["obligation_amount"] = money(amount)
            payload["perform_by"] = self.iso(day + 25)
        return self.says("F03", case.case_no, day, payload, role="defendant", doc_no=case.case_no)

    def performed(self, judgment: Statement, day: int) -> Statement:
        """The judgment is performed."""
        return self.ends(judgment, day, performed=True)

    def restriction(
        self, number: str, court: str, filed: int, day: int, *, person: bool, own: bool = True
    ) -> Statement:
        """F06 限制高消费 against the firm, or its legal representative; ``own``: in a case of this firm."""
        payload: dict[str, Any] = {
            "case_no": number,
            "court": court,
            "filed_on": self.iso(filed),
            "published_on": self.iso(day),
            "restricted_name": self.firm.person if person else self.firm.name,
            "capacity": "legal_rep" if person else "self_entity",
            "because_of_entity": own,
        }
        if person:
            payload["restricted_id"] = person_id(self.seed, self.firm.index)
        return self.says("F06", f"{number}|{payload['capacity']}", day, payload, doc_no=number)

    def terminated(self, listed: Statement, day: int) -> Statement:
        """F07 终本: three months after the filing nothing was found that could be seized."""
        said = listed.payload
        payload = {
            "case_no": said["case_no"],
            "court": said["exec_court"],
            "filed_on": said["filed_on"],
            "terminated_on": self.iso(day),
            "exec_amount": said["exec_amount"],
            "unperformed_amount": said["exec_amount"],
            "name": self.firm.name,
            "id": self.firm.uscc,
        }
        return self.says("F07", said["case_no"], day, payload, doc_no=said["case_no"])

    def insolvency(self, ordinal: int, event: str, applied: int, day: int, **more: Any) -> Statement:
        """F08: an event of proceedings applied for on day ``applied``; two applications have two ordinals."""
        year = self.almanac.day(applied).year
        number = case_no(year, COURTS[3].code, "破申", 1 + self.firm.index % 997 * 2 + ordinal)
        payload: dict[str, Any] = {
            "case_no": number,
            "event": event,
            "court": COURTS[3].name,
            "applicant": LENDERS[max(self.firm.lender, 0)].name,
            "applied_on": self.iso(applied),
            **more,
        }
        if event in ("dismissed", "terminated"):
            payload["ended_on"] = self.iso(day)
        return self.says("F08", f"{number}|{event}", day, payload, doc_no=number)

    def auction(
        self, number: str, asset: tuple[str, str], value: float, announced: int, round_: str
    ) -> Statement:
        """F10 of one round: announced 30 days ahead, 15 for the second; ``asset`` is its class and reference."""
        starts = announced + (31 if round_ == "1" else 16)
        price = value * (0.7 if round_ == "1" else 0.56)
        payload = {
            "platform": AUCTION_PLATFORM,
            "lot_id": f"{self.firm.index:07d}-{asset[1][-6:]}",
            "round": round_,
            "lot": f"{self.firm.name}所有的财产",
            "asset_class": asset[0],
            "asset_ref": asset[1],
            "court": LOCAL_COURT.name,
            "case_no": number,
            "appraisal": money(value),
            "start_price": money(ceil(price)),
            "deposit": money(ceil(price) * 0.1),
            "announced_on": self.iso(announced),
            "starts_at": f"{self.iso(starts)}T10:00:00+08:00",
            "ends_at": f"{self.iso(starts + 1)}T10:00:00+08:00",
            "status": "announced",
        }
        return self.says("F10", f"{payload['lot_id']}|{round_}", announced, payload, doc_no=number)

    def held(self, round_: Statement, status: str) -> Statement:
        """How a round went: sold, failed (流拍), or withdrawn before it."""
        announced = round_.occurred
        day = announced + (33 if round_.payload["round"] == "1" else 18)
        if status == "sold":
            return self.amends(round_, day, "close", status=status, deal_price=round_.payload["start_price"])
        if status == "withdrawn":
            return self.amends(round_, announced + 9, "close", status=status)
        return self.amends(round_, day, status=status)


class Notary(Desk):
    """The notary office: certificates that allow enforcement without a trial (F28)."""

    __slots__ = ()

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice) -> None:
        super().__init__(almanac, firm, dice, "judicial")

    def certificate(self, day: int, amount: float) -> Statement:
        """An execution certificate (执行证书) against the firm as debtor of its bank."""
        year = self.almanac.day(day).year
        number = f"({year})浙虞证执字第{1 + self.firm.index % 9_000}号"
        payload = {
            "cert_no": number,
            "kind": "execution_certificate",
            "role": "debtor",
            "parties": [
                {"name": LENDERS[max(self.firm.lender, 0)].name, "role": "plaintiff", "kind": "org"},
                {"name": self.firm.name, "role": "defendant", "kind": "org"},
            ],
            "amount": money(amount),
            "debt_due_on": self.iso(day - 60),
            "issued_on": self.iso(day),
        }
        return self.says("F28", number, day, payload, role="debtor", doc_no=f"{NOTARY_OFFICE}{number}")

    def withdrawn(self, certificate: Statement, day: int) -> Statement:
        """Paid, and the certificate withdrawn."""
        return self.ends(certificate, day, withdrawn_on=self.iso(day))
