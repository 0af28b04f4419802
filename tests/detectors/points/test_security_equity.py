"""Vectors of WP-17 (equity frozen) and WP-18 (equity pledged)."""

from detectors.points.others import ARREARS
from detectors.points.registry_changes import TROUBLE
from detectors.points.security_equity import ALARMS, DISTRESS
from detectors.record import Record
from tests.detectors.build import dishonest, master, money, saying, shipped
from tests.detectors.points.credit_records import status
from tests.detectors.points.judicial_records import lot
from tests.detectors.points.security_records import OTHER_HOLDER, equity_freeze, pledge, relation
from tests.detectors.points.utility_records import notice
from tests.detectors.points.vectors import Series, Vector

CAPITAL = saying(master("2026-01-01", 1_000_000), subscribed_capital=money(10_000_000))
RELEASE = equity_freeze(
    1, "2026-03-01", None, matter="release", notice="release-1", fields={"from": "2026-01-05"}
)
AMENDED = equity_freeze(
    1,
    "2026-03-01",
    0.4,
    matter="release",
    rid="freeze-1-freeze",
    version=2,
    op="amend",
    fields={"from": "2026-01-05"},
)


def test_what_the_code_looks_at_is_what_the_catalogue_says() -> None:
    """A verdict that is asked for without being named would not be followed when it changes."""
    points = shipped().point
    for name, asked in (("WP-18", {*ALARMS, *DISTRESS}), ("WP-19", {*ARREARS}), ("WP-47", {*TROUBLE})):
        assert asked == set(points[name].looks_at)


_UNTIL_2028 = {"from": "2026-01-05", "to": "2028-12-31"}
_RELEASES = [
    Vector(
        "WP-17",
        f"a release told as a record of its own, under the notice of freeze {n}, ends it",
        [
            equity_freeze(n, "2026-01-05", 0.3, fields=_UNTIL_2028),
            equity_freeze(n, "2026-03-01", 0.3, matter="release", fields={"from": "2026-01-05"}),
        ],
        "2026-03-01",
        "fading",
    )
    for n in range(8)  # which of the two stands must not be a matter of luck
]

FREEZES = [
    *_RELEASES,
    Vector(
        "WP-17",
        "without a last day it holds for three years",
        [equity_freeze(1, "2023-01-05", 0.3)],
        "2026-01-04",
        "yellow",
    ),
    Vector("WP-17", "then it ends", [equity_freeze(1, "2023-01-05", 0.3)], "2026-01-05", "fading"),
    Vector(
        "WP-17", "below a twentieth is calm", [equity_freeze(1, "2026-01-05", 0.0499)], "2026-02-01", "none"
    ),
    Vector("WP-17", "a twentieth is blue", [equity_freeze(1, "2026-01-05", 0.05)], "2026-02-01", "blue"),
    Vector(
        "WP-17", "below three tenths is blue", [equity_freeze(1, "2026-01-05", 0.2999)], "2026-02-01", "blue"
    ),
    Vector("WP-17", "three tenths are yellow", [equity_freeze(1, "2026-01-05", 0.3)], "2026-02-01", "yellow"),
    Vector("WP-17", "below half is yellow", [equity_freeze(1, "2026-01-05", 0.4999)], "2026-02-01", "yellow"),
    Vector("WP-17", "half is red", [equity_freeze(1, "2026-01-05", 0.5)], "2026-02-01", "red"),
    Vector(
        "WP-17", "nothing before publication", [equity_freeze(1, "2026-01-05", 0.5)], "2026-01-04", "none"
    ),
    Vector("WP-17", "an unknown part is blue", [equity_freeze(1, "2026-01-05", None)], "2026-02-01", "blue"),
    Vector(
        "WP-17",
        "an amount is held against the subscribed capital",
        [CAPITAL, equity_freeze(1, "2026-01-05", None, fields={"amount": money(3_000_000)})],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-17",
        "two holders are added up",
        [equity_freeze(1, "2026-01-05", 0.15), equity_freeze(2, "2026-01-05", 0.15, holder=OTHER_HOLDER)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-17",
        "two courts that freeze the same shares count once",
        [equity_freeze(1, "2026-01-05", 0.15), equity_freeze(2, "2026-01-06", 0.15)],
        "2026-02-01",
        "blue",
    ),
    Vector(
        "WP-17",
        "a little of a holder of a fifth is yellow",
        [relation("shareholder", 0.2), equity_freeze(1, "2026-01-05", 0.01)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-17",
        "a little of a smaller holder is calm",
        [relation("shareholder", 0.1999), equity_freeze(1, "2026-01-05", 0.01)],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-17",
        "a little of the actual controller is red",
        [relation("actual_controller"), equity_freeze(1, "2026-01-05", 0.01)],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-17",
        "a little of a holder of half is red",
        [relation("shareholder", 0.5), equity_freeze(1, "2026-01-05", 0.01)],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-17",
        "shares the firm holds in others are not meant",
        [equity_freeze(1, "2026-01-05", 0.6, role="executed_person")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-17",
        "a published release ends it",
        [equity_freeze(1, "2026-01-05", 0.4), RELEASE],
        "2026-03-01",
        "fading",
    ),
    Vector(
        "WP-17",
        "until the release it holds",
        [equity_freeze(1, "2026-01-05", 0.4), RELEASE],
        "2026-02-28",
        "yellow",
    ),
    Vector("WP-17", "a release that amends the freeze leaves its history", [AMENDED], "2026-03-01", "fading"),
    Vector(
        "WP-17",
        "another court's release leaves it frozen",
        [
            equity_freeze(1, "2026-01-05", 0.4),
            equity_freeze(2, "2026-03-01", None, matter="release", court="绍兴市越城区人民法院"),
        ],
        "2026-04-01",
        "yellow",
    ),
    Vector(
        "WP-17",
        "it ends by itself on its last day",
        [equity_freeze(1, "2026-01-05", 0.4, fields={"from": "2026-01-05", "to": "2029-01-04"})],
        "2029-01-04",
        "fading",
    ),
    Vector(
        "WP-17",
        "captured late it counts",
        [equity_freeze(1, "2026-01-05", 0.4, observed="2026-06-01")],
        "2026-06-01",
        "yellow",
    ),
    Vector(
        "WP-17",
        "an unconfirmed firm is blue at most",
        [equity_freeze(1, "2026-01-05", 0.9, match_confidence=0.9)],
        "2026-02-01",
        "blue",
    ),
]


def cancelled(n: int, day: str, ratio: float, on: str) -> Record:
    """A pledge made on ``day`` and struck off ``on``."""
    return pledge(
        n, day, ratio, version=2, op="amend", observed=on, fields={"state": "cancelled", "cancelled_on": on}
    )


IN_TROUBLE = status("2026-01-31", interest_overdue_days=10)
PLEDGES = [
    Vector("WP-18", "below three tenths is calm", [pledge(1, "2026-01-05", 0.2999)], "2026-02-01", "none"),
    Vector("WP-18", "three tenths are blue", [pledge(1, "2026-01-05", 0.3)], "2026-02-01", "blue"),
    Vector("WP-18", "below half is blue", [pledge(1, "2026-01-05", 0.4999)], "2026-02-01", "blue"),
    Vector("WP-18", "half is yellow", [pledge(1, "2026-01-05", 0.5)], "2026-02-01", "yellow"),
    Vector(
        "WP-18",
        "three pledges of a tenth are three tenths",
        [pledge(n, "2026-01-05", 0.1) for n in (1, 2, 3)],
        "2026-02-01",
        "blue",
    ),
    Vector("WP-18", "four fifths alone are yellow", [pledge(1, "2026-01-05", 0.8)], "2026-02-01", "yellow"),
    Vector(
        "WP-18",
        "four fifths of a dishonest debtor are red",
        [pledge(1, "2026-01-05", 0.8), dishonest(1, "2026-01-10")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-18",
        "less of a dishonest debtor is yellow",
        [pledge(1, "2026-01-05", 0.7999), dishonest(1, "2026-01-10")],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-18",
        "a small pledge made in trouble is yellow",
        [IN_TROUBLE, pledge(1, "2026-02-10", 0.01)],
        "2026-02-11",
        "yellow",
    ),
    Vector(
        "WP-18",
        "a small pledge made before the trouble is calm",
        [IN_TROUBLE, pledge(1, "2026-01-05", 0.01)],
        "2026-02-11",
        "none",
    ),
    Vector(
        "WP-18",
        "five points below its bar the colour is left",
        [pledge(1, "2026-01-05", 0.44), cancelled(2, "2026-01-06", 0.1, "2026-03-01")],
        "2026-03-01",
        "blue",
    ),
    Vector(
        "WP-18",
        "just below its bar it is kept",
        [pledge(1, "2026-01-05", 0.45), cancelled(2, "2026-01-06", 0.1, "2026-03-01")],
        "2026-03-01",
        "yellow",
    ),
    Vector("WP-18", "45 % without a past is blue", [pledge(1, "2026-01-05", 0.45)], "2026-03-01", "blue"),
    Vector(
        "WP-18",
        "struck off, it fades",
        [cancelled(1, "2026-01-05", 0.6, "2026-03-01")],
        "2026-03-01",
        "fading",
    ),
    Vector(
        "WP-18",
        "four fifths while a court auctions a holding are red",
        [pledge(1, "2026-01-05", 0.8), lot(1, "2026-01-05", asset="equity")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-18",
        "four fifths while the power is cut for arrears are red",
        [pledge(1, "2026-01-05", 0.8), notice("cutoff", "2026-01-20")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-18",
        "an unknown part cannot be added up",
        [pledge(1, "2026-01-05", None)],
        "2026-02-01",
        "not_evaluable",
    ),
    Vector(
        "WP-18",
        "the known part is enough",
        [pledge(1, "2026-01-05", None), pledge(2, "2026-01-05", 0.5)],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-18",
        "an amount is held against the subscribed capital",
        [CAPITAL, pledge(1, "2026-01-05", None, fields={"equity_amount": money(5_000_000)})],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-18",
        "without master data the shareholders' subscriptions are the capital",
        [
            relation("shareholder", 1.0, fields={"subscribed": money(1_000_000)}),
            pledge(1, "2026-01-05", None, fields={"equity_amount": money(500_000)}),
        ],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-18",
        "shares it holds in others are not meant",
        [pledge(1, "2026-01-05", 0.6, role="pledgor")],
        "2026-02-01",
        "none",
    ),
    Vector(
        "WP-18",
        "captured late it counts",
        [pledge(1, "2026-01-05", 0.6, observed="2026-06-01")],
        "2026-06-01",
        "yellow",
    ),
]

VECTORS = [*FREEZES, *PLEDGES]

SERIES = [
    Series(
        "WP-17",
        "ever more frozen",
        [[equity_freeze(1, "2026-01-05", share)] for share in (0.01, 0.05, 0.2, 0.3, 0.49, 0.5, 1.0)],
        "2026-02-01",
    ),
    Series(
        "WP-18",
        "ever more pledged by a dishonest debtor",
        [[dishonest(1, "2026-01-10"), pledge(1, "2026-01-05", share)] for share in (0.1, 0.3, 0.5, 0.8, 1.0)],
        "2026-02-01",
    ),
]
