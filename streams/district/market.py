"""The market regulator: lists (F22, F23), penalties (F24), changes of the register (F25), who leads a firm (F27)."""

from typing import Any, Final

from streams.district.codes import person_id
from streams.district.desk import Desk
from streams.district.dice import Dice
from streams.district.firm import Firm
from streams.district.statement import JURISDICTION, Almanac, Statement, money
from streams.district.vocabulary import GIVEN, MARKET_OFFICE, ROADS, STREETS, SURNAMES

_FIELDS: Final = (
    ("market", "不正当竞争"), ("environment", "超标排放水污染物"), ("fire", "消防设施未保持完好有效"),
    ("production_safety", "未采取措施消除事故隐患"),
)  # fmt: skip


class Register(Desk):
    """What the regulator says about one firm."""

    __slots__ = ("seed",)

    def __init__(self, almanac: Almanac, firm: Firm, dice: Dice, seed: int) -> None:
        super().__init__(almanac, firm, dice, "registry")
        self.seed = seed

    def leads(self, at: int, since: int, kind: str = "legal_rep", successor: int = 0) -> Statement:
        """F27: the person who is legal representative, controller or shareholder, since day ``since``."""
        key = self.firm.index + successor * 40_000_000
        person = f"ent:{JURISDICTION}:person-{person_id(self.seed, key)}"
        payload: dict[str, Any] = {
            "from": person,
            "from_kind": "person",
            "to": self.firm.entity,
            "to_name": self.firm.name,
            "type": kind,
            "valid_from": self.iso(since),
        }
        if kind == "legal_rep":
            payload["from_name"] = self.firm.person
        if kind == "shareholder":
            payload["ratio"] = round(self.dice.span(0.25, 0.9), 2)
        return self.says("F27", f"{person}|{kind}|{self.iso(since)}", since, payload, role="to", at=at)

    def left(self, relation: Statement, day: int) -> Statement:
        """The relation has ended."""
        return self.ends(relation, day, valid_to=self.iso(day))

    def abnormal(self, day: int, reason: int) -> Statement:
        """F22 经营异常名录."""
        payload = {"put_on": self.iso(day), "reason": reason, "authority": MARKET_OFFICE}
        return self.says("F22", f"{self.iso(day)}|{reason}", day, payload)

    def removed(self, listing: Statement, day: int, reason: str) -> Statement:
        """F22 or F23: taken off the list."""
        more = {"remove_authority": MARKET_OFFICE} if listing.feed == "F22" else {}
        return self.ends(listing, day, removed_on=self.iso(day), remove_reason=reason, **more)

    def serious(self, day: int) -> Statement:
        """F23 严重违法失信名单."""
        payload = {
            "put_on": self.iso(day),
            "category": "提交虚假材料取得登记",
            "fact": "提交虚假材料骗取变更登记，情节严重",
            "authority": MARKET_OFFICE,
        }
        return self.says("F23", self.iso(day), day, payload)

    def fine(self, day: int) -> Statement:
        """F24 行政处罚."""
        field, what = self.dice.pick(_FIELDS)
        number = f"虞市监处罚〔{self.almanac.day(day).year}〕{1 + self.firm.index % 9_000}号"
        stopped = field in ("environment", "production_safety") and self.dice.chance(0.15)
        payload = {
            "decision_no": number,
            "decided_on": self.iso(day),
            "published_on": self.iso(day + 5),
            "authority": MARKET_OFFICE,
            "field": field,
            "type": what,
            "fine": money(round(self.dice.lognormal(15_000, 1.0), -2) or 100),
            "licence_action": "order_closure" if stopped else "none",
        }
        return self.says("F24", number, day, payload, doc_no=number)

    def change(self, day: int, item: str, **more: Any) -> Statement:
        """F25 变更登记 of one item, or of the state of existence."""
        payload: dict[str, Any] = {"item": item, "changed_on": self.iso(day), **more}
        return self.says("F25", f"{item}|{self.iso(day)}", day, payload)

    def new_head(self, day: int) -> Statement:
        """Another legal representative."""
        name = self.dice.pick(SURNAMES) + self.dice.pick(GIVEN) + self.dice.pick(GIVEN)
        return self.change(day, "legal_rep", before=self.firm.person, after=name)

    def new_address(self, day: int) -> Statement:
        """Another domicile."""
        after = f"绍兴市上虞区{self.dice.pick(STREETS)}{self.dice.pick(ROADS)}{self.dice.between(1, 899)}号"
        return self.change(day, "domicile", before=self.firm.address, after=after)

    def less_capital(self, day: int) -> Statement:
        """The registered capital is reduced by more than a third."""
        before = self.firm.subscribed
        return self.change(
            day, "reg_capital", before_amount=money(before), after_amount=money(round(before * 0.6, -4))
        )

    def status(self, day: int, status: str, **more: Any) -> Statement:
        """Another state of existence."""
        return self.change(day, "status", status=status, **more)
