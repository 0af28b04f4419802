"""WP-48 over-guarantee, WP-49 contagion and the extensions on what the circle tells (WX-04 to WX-07)."""

from typing import Any

import pytest

from detectors.points.example import cny, seen
from detectors.points.over_guarantee import OverGuarantee, over_guarantee
from detectors.record import Record
from tests.detectors.build import master, money, saying
from tests.detectors.points.network_records import circle, guarantee, impulse, origin, reached
from tests.detectors.points.security_records import accounts
from tests.detectors.points.vectors import Series, Vector

DAY, RED, YELLOW = "2026-03-01", 3, 2
NET = accounts("2025", "2026-02-01", equity=1_000_000)
SURETY = saying(master("2026-01-01", 1_000_000), name="上虞某某融资担保有限公司")
USED_UP = accounts("2025", "2026-02-01", equity=-1)
RAN_OUT = {"debt_to": "2025-02-01", "guarantee_to": "2026-02-27"}
OVER: dict[str, Any] = {
    "version": 2,
    "op": "close",
    "observed": "2026-02-20",
    "fields": {"released_on": "2026-02-20"},
}
ENDED = guarantee(99, "2026-02-01", 2_000_000 - 899_999, **OVER)


def given(*amounts: float) -> list[Record]:
    """Guarantees for so many firms, and net assets of a million."""
    return [NET, *(guarantee(n, "2026-02-01", amount) for n, amount in enumerate(amounts))]


_GUARANTEES = [
    Vector("WP-48", "nothing guaranteed is in order", [NET], DAY, "none"),
    Vector("WP-48", "69.9 % of net assets is in order", given(699_000), DAY, "none"),
    Vector("WP-48", "70 % of net assets is blue", given(700_000), DAY, "blue"),
    Vector("WP-48", "net assets themselves are blue", given(1_000_000), DAY, "blue"),
    Vector("WP-48", "more than net assets is yellow", given(1_000_001), DAY, "yellow"),
    Vector("WP-48", "twice net assets is yellow", given(2_000_000), DAY, "yellow"),
    Vector("WP-48", "more than twice net assets is red", given(2_000_001), DAY, "red"),
    Vector("WP-48", "three clients are in order", given(1, 1, 1), DAY, "none"),
    Vector("WP-48", "four clients are blue", given(1, 1, 1, 1), DAY, "blue"),
    Vector("WP-48", "five clients are blue", given(*[1.0] * 5), DAY, "blue"),
    Vector("WP-48", "six clients are yellow", given(*[1.0] * 6), DAY, "yellow"),
    Vector("WP-48", "four contracts for one client are one client",
           [NET, *(guarantee(n, "2026-02-01", 1, debtor="same") for n in range(4))], DAY, "none"),
    Vector("WP-48", "without net assets the clients count", given(*[9e6] * 4)[1:], DAY, "blue"),
    Vector("WP-48", "without net assets three clients are no answer", given(*[9e6] * 3)[1:], DAY, "not_evaluable"),
    Vector("WP-48", "who has used up its net assets has guaranteed too much", [USED_UP, guarantee(1, "2026-02-01", 1)],
           DAY, "red"),
    Vector("WP-48", "also where the year before was better",
           [accounts("2024", "2025-02-01", equity=9e6), USED_UP, guarantee(1, "2026-02-01", 1)], DAY, "red"),
    Vector("WP-48", "a share is left a tenth below its trigger", [*given(630_000), ENDED], DAY, "blue"),
    Vector("WP-48", "and not before", [*given(629_999), ENDED], DAY, "fading"),
    Vector("WP-48", "never reached, it is not there", given(630_000), DAY, "none"),
    Vector("WP-48", "yellow is left below nine tenths of net assets", [*given(900_000), ENDED], DAY, "yellow"),
    Vector("WP-48", "and is blue then", [*given(899_999), ENDED], DAY, "blue"),
    Vector("WP-48", "five of six clients are still too many", [*given(*[1.0] * 5), ENDED], DAY, "yellow"),
    Vector("WP-48", "four of six are not", [*given(*[1.0] * 4), ENDED, guarantee(98, "2026-02-01", 1, **OVER)], DAY,
           "blue"),
    Vector("WP-48", "a guarantee ends with its period", [NET, guarantee(1, "2023-02-01", 9e6, fields=RAN_OUT)], DAY,
           "fading"),
    Vector("WP-48", "on the last day of its period it counts",
           [NET, guarantee(1, "2023-02-01", 9e6, fields=RAN_OUT | {"guarantee_to": DAY})], DAY, "red"),
    Vector("WP-48", "without a period it ends six months after the debt",
           [NET, guarantee(1, "2023-02-01", 9e6, fields={"debt_to": "2025-08-15"})], DAY, "fading"),
    Vector("WP-48", "so it does with one that ends with the debt",
           [NET, guarantee(1, "2023-02-01", 9e6, fields={"debt_to": "2025-09-15", "guarantee_to": "2025-09-15"})], DAY,
           "red"),
    Vector("WP-48", "an amount in a currency without a rate is no answer",
           [NET, guarantee(1, "2026-02-01", 1, fields={"principal": money(1, "CHF")})], DAY, "not_evaluable"),
    Vector("WP-48", "who is the guarantor says its id, if nothing else does",
           [NET, guarantee(1, "2026-02-01", 9e6, role="")], DAY, "red"),
    Vector("WP-48", "a guarantee received is none given",
           [NET, guarantee(1, "2026-02-01", 9e6, role="debtor")], DAY, "none"),
    Vector("WP-48", "released it fades",
           [NET, guarantee(1, "2026-02-01", 9e6),
            guarantee(1, "2026-02-01", 9e6, version=2, op="close", observed="2026-02-20",
                      fields={"released_on": "2026-02-20"})], DAY, "fading"),
    Vector("WP-48", "an amended amount is the one that counts",
           [*given(9e6), guarantee(0, "2026-02-01", 1e5, version=2, op="amend")], DAY, "none"),
    Vector("WP-48", "recorded late it counts", [NET, guarantee(1, "2026-02-01", 9e6, observed="2026-06-01")],
           "2026-06-01", "red"),
    Vector("WP-48", "a guarantee company may guarantee a tenth of its net assets for one client",
           [SURETY, NET, guarantee(1, "2026-02-01", 100_000)], DAY, "none"),
    Vector("WP-48", "but not more",
           [SURETY, NET, guarantee(1, "2026-02-01", 100_001)], DAY, "red"),
    Vector("WP-48", "nor anything once its net assets are used up",
           [SURETY, USED_UP, guarantee(1, "2026-02-01", 1)], DAY, "red"),
    Vector("WP-48", "a guarantee company of unknown net assets is no answer",
           [SURETY, guarantee(1, "2026-02-01", 1)], DAY, "not_evaluable"),
]  # fmt: skip

_CONTAGION = [
    Vector("WP-49", "nothing heard is in order", [], DAY, "none"),
    Vector("WP-49", "an increment below a tenth is nothing",
           [reached("2026-02-01", origin(YELLOW, 0.1), delta=0.099)], DAY, "none"),
    Vector("WP-49", "a tenth is blue", [reached("2026-02-01", origin(YELLOW, 0.1), delta=0.10)], DAY, "blue"),
    Vector("WP-49", "below a quarter it is blue",
           [reached("2026-02-01", origin(YELLOW, 0.1), delta=0.249)], DAY, "blue"),
    Vector("WP-49", "a quarter is yellow", [reached("2026-02-01", origin(YELLOW, 0.1), delta=0.25)], DAY, "yellow"),
    Vector("WP-49", "below a half it is yellow",
           [reached("2026-02-01", origin(YELLOW, 0.1), delta=0.499)], DAY, "yellow"),
    Vector("WP-49", "a half is red", [reached("2026-02-01", origin(YELLOW, 0.1), delta=0.50)], DAY, "red"),
    Vector("WP-49", "a red debtor guaranteed for with less than a fifth of M is blue",
           [reached("2026-02-01", origin(RED, 0.199))], DAY, "blue"),
    Vector("WP-49", "with a fifth it is yellow", [reached("2026-02-01", origin(RED, 0.20))], DAY, "yellow"),
    Vector("WP-49", "with less than M it is yellow", [reached("2026-02-01", origin(RED, 0.999))], DAY, "yellow"),
    Vector("WP-49", "with M it is red", [reached("2026-02-01", origin(RED, 1.0))], DAY, "red"),
    Vector("WP-49", "a red firm behind a debtor is blue",
           [reached("2026-02-01", origin(RED, hop=2, weight=0.05))], DAY, "blue"),
    Vector("WP-49", "unless the path is weak", [reached("2026-02-01", origin(RED, hop=2, weight=0.049))], DAY, "none"),
    Vector("WP-49", "below the trigger the colour stays for a week",
           [reached("2026-02-01", origin(RED, 0.2)),
            reached("2026-03-01", origin(RED, 0.2), op="close", since="2026-02-01")], "2026-03-07", "holding-yellow"),
    Vector("WP-49", "then it fades",
           [reached("2026-02-01", origin(RED, 0.2)),
            reached("2026-03-01", origin(RED, 0.2), op="close", since="2026-02-01")], "2026-03-08", "fading"),
    Vector("WP-49", "a yellow has faded after half a year",
           [reached("2026-02-01", origin(RED, 0.2)),
            reached("2026-03-01", origin(RED, 0.2), op="close", since="2026-02-01")], "2026-09-08", "none"),
    Vector("WP-49", "what rested on a record taken back was never there",
           [reached("2026-02-01", origin(RED, 0.2)),
            reached("2026-03-01", origin(RED, 0.2), op="retract", since="2026-02-01")], DAY, "none"),
]  # fmt: skip


def near(kind: str, *strong: bool, day: str = "2026-02-01", **more: Any) -> list[Record]:
    """The circle tells of so many red persons or affiliates."""
    others = [
        {"entity": f"ent:CN:{n}", "relation": "legal_rep", "strong": one} for n, one in enumerate(strong)
    ]
    return [impulse(day, circle() | {kind: others}, **more)]


def about(**values: Any) -> list[Record]:
    """The circle tells this of itself."""
    return [impulse("2026-02-01", circle(**values))]


_AROUND = [
    Vector("WX-04", "nobody red leads the firm", about(), DAY, "none"),
    Vector("WX-04", "a red representative is yellow", near("persons", True), DAY, "yellow"),
    Vector("WX-04", "over, it fades",
           [*near("persons", True), *near("persons", True, day="2026-02-20", op="close", since="2026-02-01")], DAY,
           "fading"),
    Vector("WX-05", "no red affiliate", about(), DAY, "none"),
    Vector("WX-05", "one with the same representative is blue", near("affiliates", False), DAY, "blue"),
    Vector("WX-05", "one under the same controller is yellow", near("affiliates", False, True), DAY, "yellow"),
    Vector("WX-06", "no cycle", about(), DAY, "none"),
    Vector("WX-06", "two firms that guarantee each other are blue", about(cycle=2, cycle_amount=1), DAY, "blue"),
    Vector("WX-06", "three for less than M are in order", about(cycle=3, cycle_amount=3_000_000_00 - 1), DAY, "none"),
    Vector("WX-06", "three for M are yellow", about(cycle=3, cycle_amount=3_000_000_00), DAY, "yellow"),
    Vector("WX-06", "a heavy cycle behind a light one is yellow",
           about(cycle=2, cycle_amount=1, heavy_cycle=3, heavy_amount=3_000_000_00), DAY, "yellow"),
    Vector("WX-06", "one for less than M leaves it blue",
           about(cycle=2, cycle_amount=1, heavy_cycle=3, heavy_amount=3_000_000_00 - 1), DAY, "blue"),
    Vector("WX-06", "five for M are yellow", about(cycle=5, cycle_amount=3_000_000_00), DAY, "yellow"),
    Vector("WX-06", "six are too many", about(cycle=6, cycle_amount=9_000_000_00), DAY, "none"),
    Vector("WX-07", "nine firms are few", about(firms=9, density=0.9, red_share=0.9), DAY, "none"),
    Vector("WX-07", "ten dense ones are yellow", about(firms=10, density=0.2), DAY, "yellow"),
    Vector("WX-07", "ten loose ones are in order", about(firms=10, density=0.199), DAY, "none"),
    Vector("WX-07", "ten loose ones with a red one are yellow", about(firms=10, density=0.1, red_share=0.1), DAY,
           "yellow"),
    Vector("WX-07", "with fewer red ones they are not", about(firms=20, density=0.1, red_share=0.05), DAY, "none"),
]  # fmt: skip

VECTORS = [*_GUARANTEES, *_CONTAGION, *_AROUND]

SERIES = [
    Series("WP-48", "ever more guaranteed", [given(), given(700_000), given(1_100_000), given(9e6)], DAY),
    Series("WP-49", "ever more exposed",
           [[], *([reached("2026-02-01", origin(RED, share))] for share in (0.1, 0.2, 1.0))], DAY),
]  # fmt: skip


@pytest.mark.parametrize(("clients", "level"), [(100, 0), (101, 3)])
def test_a_guarantee_company_may_give_ten_times_its_net_assets(clients: int, level: int) -> None:
    """Each a tenth of them: a hundred clients are ten times (融资担保公司监督管理条例 art. 15)."""
    paper = {"on": "2026-02-01", "role_of_subject": "guarantor", "guarantor": "a", "principal": cny(100_000)}
    given = [{**paper, "contract_no": str(n), "debtor": f"d{n}"} for n in range(clients)]
    firm = {"on": "2026-01-01", "name": "上虞某某融资担保有限公司"}
    accounts_ = {"on": "2026-01-01", "period": "2025", "equity": cny(1_000_000)}
    view = seen(DAY, F26=given, F29=[firm], F30=[accounts_])
    assert over_guarantee(view, OverGuarantee()).level == level
