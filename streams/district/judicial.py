"""The court: suits (F01), enforcement (F04) and the dishonest list (F05)."""

from typing import Any, Final

from streams.district.codes import case_no
from streams.district.dice import DAY, Dice
from streams.district.firm import Firm
from streams.district.statement import Almanac, Statement, money
from streams.district.vocabulary import CAUSES, COURTS, FIRST, LOAN_CAUSES, LOCAL_COURT, SECOND, Court, Lender

_YEARLY: Final = {"民初": 7_200, "执": 4_600, "财保": 900}
"""Cases a basic court of this size takes in a year; numbers run through the year in order."""
_CONDUCT: Final = (1, 1, 1, 4, 4, 5)
_DUTY: Final = "支付货款及逾期付款利息，并承担案件受理费"


class Case:
    """One dispute, from filing to the end; the parts are told one by one by the methods below."""

    def __init__(
        self, almanac: Almanac, firm: Firm, dice: Dice, filed: int, amount: float, ordinal: int
    ) -> None:
        """``filed``: world day of filing; ``amount``: claim in yuan; ``ordinal`` (0 to 7) tells apart the cases
        of one firm, so that no two of them can be given the same number."""
        self.almanac, self.firm, self.dice = almanac, firm, dice
        self.filed, self.amount, self.ordinal = filed, amount, ordinal
        self.court = self._court()
        self.case_no = self._number("民初", filed)
        self.opponent = f"绍兴市{dice.pick(FIRST)}{dice.pick(SECOND)}贸易有限公司"
        self.cause = dice.pick(CAUSES)
        # most records reach the exchange within days, a few weeks later
        self.lag = dice.between(35, 60) if dice.chance(0.03) else dice.between(0, 2)

    def lender_claims(self, lender: Lender) -> None:
        """Make it a suit of a bank on a loan or a guarantee."""
        self.opponent, self.cause = lender.name, self.dice.pick(LOAN_CAUSES)

    def _court(self) -> Court:
        if self.amount >= 50_000_000:
            return COURTS[3]
        return LOCAL_COURT if self.dice.chance(0.88) else COURTS[self.dice.between(1, 2)]

    def _number(self, kind: str, day: int) -> str:
        date = self.almanac.day(day)
        yearly = _YEARLY[kind]
        place = date.timetuple().tm_yday * yearly // 366 + self.dice.between(0, yearly // 180)
        return case_no(date.year, self.court.code, kind, place // 8 * 8 + self.ordinal + 1)

    def _said(self, feed: str, rid: str, day: int, payload: dict[str, Any], **more: Any) -> Statement:
        at = (day + self.lag) * DAY + 32_400 + int(self.dice.unit() * 30_000)
        return Statement(
            source="court", feed=feed, record_id=rid, firm=self.firm, at=at, payload=payload,
            **{"occurred": day, "valid_from": day, **more},
        )  # fmt: skip

    def suit(self, role: str = "defendant") -> Statement:
        """F01 立案."""
        other = "plaintiff" if role == "defendant" else "defendant"
        payload: dict[str, Any] = {
            "case_no": self.case_no,
            "court_name": self.court.name,
            "court_code": self.court.code,
            "filed_on": self.almanac.iso(self.filed),
            "case_type": "civil",
            "cause": self.cause,
            "role": role,
            "parties": [
                {"name": self.opponent, "role": other, "kind": "org"},
                {"name": self.firm.name, "role": role, "kind": "org"},
            ],
            "claim_amount": money(self.amount),
            "status": "filed",
        }
        rid = f"{self.case_no}|{self.firm.uscc}|{role}"
        return self._said("F01", rid, self.filed, payload, role=role, doc_no=self.case_no)

    def suit_ended(self, suit: Statement, day: int, status: str) -> Statement:
        """The suit is decided (closed) or withdrawn."""
        payload = {**suit.payload, "status": status, "closed_on": self.almanac.iso(day)}
        return self._said(
            "F01", suit.record_id, day, payload, role=suit.role, doc_no=suit.doc_no,
            occurred=suit.occurred, valid_from=suit.valid_from, valid_to=day, version=2, op="close",
        )  # fmt: skip

    def preservation(self, day: int) -> str:
        """Number of the order that secures the claim before judgment (财保)."""
        return self._number("财保", day)

    def enforcement(self, day: int) -> Statement:
        """F04 被执行人."""
        number = self._number("执", day)
        payload = {
            "case_no": number,
            "exec_court": self.court.name,
            "name": self.firm.name,
            "id": self.firm.uscc,
            "filed_on": self.almanac.iso(day),
            "exec_amount": money(self.amount * 1.03),
            "status": "executing",
        }
        return self._said("F04", f"{number}|{self.firm.uscc}", day, payload, doc_no=number)

    def enforcement_ended(self, listed: Statement, day: int) -> Statement:
        """The debt is paid and the case concluded."""
        payload = {**listed.payload, "status": "concluded", "unperformed_amount": money(0)}
        return self._said(
            "F04", listed.record_id, day, payload, doc_no=listed.doc_no,
            occurred=listed.occurred, valid_from=listed.valid_from, valid_to=day, version=2, op="close",
        )  # fmt: skip

    def dishonest(self, enforced: Statement, day: int) -> Statement:
        """F05 失信被执行人, in the enforcement case ``enforced``."""
        number = enforced.payload["case_no"]
        payload = {
            "case_no": number,
            "court": self.court.name,
            "filed_on": enforced.payload["filed_on"],
            "published_on": self.almanac.iso(day),
            "basis_doc_no": self.case_no,
            "basis_unit": self.court.name,
            "duty": _DUTY,
            "performance": "none" if self.dice.chance(0.8) else "partial",
            "conduct_code": self.dice.pick(_CONDUCT),
            "type": 1,
        }
        return self._said("F05", f"失信|{number}|{self.firm.uscc}", day, payload, doc_no=number)

    def deleted(self, listed: Statement, day: int) -> Statement:
        """F05: deleted from the list after performance."""
        payload = {**listed.payload, "performance": "full", "removed_on": self.almanac.iso(day)}
        return self._said(
            "F05", listed.record_id, day, payload, doc_no=listed.doc_no,
            occurred=listed.occurred, valid_from=listed.valid_from, valid_to=day, version=2, op="close",
        )  # fmt: skip

    def withdrawn(self, said: Statement, day: int) -> Statement:
        """The statement was about another firm: it was never true of this one."""
        return self._said(
            said.feed, said.record_id, day, said.payload, role=said.role, doc_no=said.doc_no,
            occurred=said.occurred, valid_from=said.valid_from, version=said.version + 1, op="retract",
        )  # fmt: skip
