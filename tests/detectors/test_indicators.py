"""The indicator registry: every indicator by its definition, on a firm worked out by hand, and on one of which nothing
is known."""

import msgspec
import pytest

from detectors.errors import FenghuoError
from detectors.forces.measures import MEASURES
from detectors.indicators.indicator import EFFECTIVE_FROM, FAMILIES, NULLS, VERSION, Indicator
from detectors.indicators.registry import INDICATORS, indicator, of_family, value
from tests.detectors.rich_firm import ITEMS, empty_view, rich_view

# ---- by hand: see tests.detectors.rich_firm for what the records say -------------------------------------------

_CASES: dict[str, dict[str, float]] = {
    "count": {"30d": 1, "90d": 2, "180d": 3, "365d": 4, "active": 4},
    "amount": {"30d": 100, "90d": 300, "180d": 600, "365d": 1000, "active": 1300},
    "counterparties": {"30d": 1, "90d": 2, "180d": 2, "365d": 3, "active": 3},
}
_JUDICIAL = {
    f"judicial.{feed}.{measure}.{window}": expected
    for feed in ("f01", "f02", "f03", "f04", "f05", "f06", "f07", "f08")
    for measure, windows in _CASES.items()
    for window, expected in windows.items()
    if feed != "f08" or measure == "count"  # an insolvency tells neither an amount nor who else is concerned
}
_BOUND: dict[str, dict[str, float]] = {
    "count": {"active": 3, "90d": 2, "365d": 3},
    "amount": {"active": 800, "90d": 300, "365d": 600},
    "share_of_base": {"active": 0.0008, "90d": 0.0003, "365d": 0.0006},  # net assets of one million
    "largest": {"active": 400, "90d": 200, "365d": 300},
}
_SECURITY = {
    f"security.f{feed:02d}.{measure}.{window}": expected
    for feed in range(9, 15)
    for measure, windows in _BOUND.items()
    for window, expected in windows.items()
}
_UTILITY = {
    f"utility.{utility}.{name}": expected
    for utility in ("electricity", "water", "gas")
    for name, expected in {
        "outstanding.now": 2000,
        "outstanding.12m": 2000,
        "days_overdue.now": 49,  # since 25 February
        "days_overdue.12m": 49,
        "late_months.now": 2,
        "late_months.12m": 5,
        "late_run.now": 2,
        "late_run.12m": 3,
        "since_late.now": 0,
        "since_late.12m": 0,
        "use.now": 120,
        "use.12m": (9 * 110 + 0 + 60 + 120) / 12,
        "mom.now": 120 / 60 - 1,
        "mom.12m": (0.1 + 0 + 0 + 0 - 1 + 0 + 0 + 0 + 0 + (60 / 110 - 1) + 1) / 11,  # September has no base
        "yoy.now": 0.2,
        "yoy.12m": 1170 / 1200 - 1,
        "variation.now": 0.271517513,  # 110, 60, 120
        "variation.12m": 0.335299919,
        "idle_days.now": 0,
        "idle_days.12m": 31,
        "on_time.now": 1 / 3,
        "on_time.12m": 7 / 12,
    }.items()
} | {
    "utility.electricity.against_peers.now": 0.2 - 0.1,
    # eight months at 0.1, August at −1, January and February together at −0.15, March at 0.2
    "utility.electricity.against_peers.12m": (8 * 0.1 - 1 - 0.15 + 0.2) / 11 - 0.1,
}
_TAX = {
    f"tax.{group}.{measure}.{window}": expected
    for group, (balance, new, notices, missed, settled) in {
        "turnover": ((900, 900), (300, 600), (3, 3), (1, 2), (0, 0)),
        "income": ((0, 50), (0, 50), (0, 1), (1, 1), (50, 50)),
        "property": ((80, 80), (80, 80), (1, 1), (1, 1), (0, 0)),
        "other": ((30, 30), (30, 30), (1, 1), (1, 1), (0, 0)),
    }.items()
    for measure, both in zip(
        ("balance", "new", "notices", "missed", "settled"),
        (balance, new, notices, missed, settled),
        strict=True,
    )
    for window, expected in zip(("now", "12m"), both, strict=True)
} | {
    "tax.abnormal.now": 0,
    "tax.abnormal_days.12m": 40,
    "tax.violations.active": 1,
    "tax.violation_amount.active": 5000,
    "tax.paid.12m": 500,
    "tax.paid_yoy.now": -0.2,
}
_LABOUR = {
    f"labour.{kind}.{name}": expected
    for kind in ("pension", "medical", "unemployment", "work_injury")
    for name, expected in {
        "insured.now": 40,
        "insured.d3m": -5,
        "insured.d12m": -10,
        "due.now": 800,
        "due.d3m": -100,
        "due.d12m": -200,
        "owed.now": 1700,
        "owed.d3m": 1700,
        "owed.d12m": 1700,
        "unpaid.now": 2,
        "unpaid.d3m": 2,
        "unpaid.d12m": 2,
    }.items()
} | {
    "labour.wages.cases.active": 1,
    "labour.wages.cases.365d": 2,
    "labour.wages.amount.active": 300,
    "labour.wages.amount.365d": 500,
    "labour.wages.workers.active": 3,
    "labour.wages.workers.365d": 5,
    "labour.wages.listed.now": 0,
    "labour.wages.complaints.365d": 1,
}
_CREDIT = {
    f"credit.{measure}.{window}": expected
    for measure, row in {
        "balance": (1300, 1300, 300),
        "days_overdue": (20, 20, 20),
        "grade": (1, 1, 1),
        "restructured": (1, 1, 1),
        "lenders": (2, 2, 1),
        "maturing": (800, 1000, 800),  # in February the loan of May still stood at 1000
    }.items()
    for window, expected in zip(("now", "max12m", "d3m"), row, strict=True)
}
_REGULATORY = {
    "regulatory.f22.active.active": 1,
    "regulatory.f22.count.365d": 1,
    "regulatory.f22.days_listed.now": 226,
    "regulatory.f22.ever.now": 2,
    "regulatory.f23.active.active": 0,
    "regulatory.f23.count.365d": 0,
    "regulatory.f23.days_listed.now": 0,
    "regulatory.f23.ever.now": 0,
    "regulatory.f24.active.active": 1,
    "regulatory.f24.count.365d": 1,
    "regulatory.f24.days_listed.now": 95,
    "regulatory.f24.amount.365d": 150,
    "regulatory.f25.active.now": 1,
    "regulatory.f25.count.365d": 1,
    "regulatory.f25.days_listed.now": 45,
    "regulatory.f25.amount.365d": 400,
    **{f"regulatory.change.{item}.90d": 1 for item in ITEMS},
    **{f"regulatory.change.{item}.365d": 2 for item in ITEMS},
}
_BACK = (
    0.8 * (300 / 1e6 * 400 / 3e6) ** 0.5
)  # both weights of the ring; M of the other firm is not known: 3 million
_NETWORK = {
    f"network.{measure}.{window}": expected
    for measure, row in {
        "degree_in": (1, 0),
        "degree_out": (2, 1),
        "exposure_in": (400, 0),
        "exposure_out": (500, 200),
        "two_cycles": (1, 0),
        "reciprocity": (1 / 2, 1 / 2 - 1),
        "ring": (2, 0),
        "circle": (3, 1),
        "density": (3 / 6, 3 / 6 - 2 / 2),
        "chain": (1, 1),
        "place": (1, 0),
        "clients": (2, 1),
        "of_net_assets": (500 / 1e6, 500 / 1e6 - 300 / 8e5),
        "over_guaranteed": (0, 0),
        "same_address": (2, 1),
    }.items()
    for window, expected in zip(("now", "d90"), row, strict=True)
} | {
    "network.hop1_red.now": 1,
    "network.hop2_red.now": 0,
    "network.delta.now": 0,
}
_FORCES = {
    f"forces.{measure}.value": expected
    for measure, expected in {
        "paid_in_ratio": 0.75,
        "net_assets": 6,  # decimal logarithm
        "unencumbered_assets": 1 - 2400 / 1.6e6,
        "equity_encumbrance": 0.0005,
        "capital_stability": 3,
        "power_activity": (110 + 60 + 120) / 300,
        "capacity_use": 120 / 110,
        "headcount_trend": 40 / 50,
        "payment_punctuality": 7 / 12,
        "filing_punctuality": 1 - 6 / 13,
        "asset_turnover": 2.2 / 1.55,
        "roe": 10,
        "profit_margin": 100 * 9 / 220,
        "tax_trend": 500 / 400,
        "tax_per_kwh": 500 / (3 * 100 + 8 * 110),
        "tax_per_head": 500 / 45,
        "debt_ratio": 37.5,
        "interest_cover": (9e4 + 3e4) / 3e4,
        "arrears_load": (6000 + 1010 + 6800 + 300 + 800) / 1e6,
        "enforcement_load": 1300 / 1e6,
        "max_days_past_due": 49,
        "guarantee_load": 100 * 500 / 1e6,
        "growth_mix": (10 + 25 - 10 / 3 - 20) / 4,
        "investment": 0,
        "age": 5 * 365.2 / 365.25 / 10,
    }.items()
}
_BESIDE = {
    # 37.5 lies between the quantiles 30 (10 %) and 40 (30 %), 49 between 40 and 50
    "forces.debt_ratio.percentile": 10 + 0.75 * 20,
    "forces.debt_ratio.z": (37.5 - 50) / (1.4826 * 10),
    "forces.max_days_past_due.percentile": 30 + 0.9 * 20,
    "forces.max_days_past_due.z": (49 - 50) / (1.4826 * 10),
    **{
        f"forces.{name}.{kind}": expected
        for name in MEASURES
        if name not in ("debt_ratio", "max_days_past_due", "qualifications", "industry_momentum")
        for kind, expected in (
            ("percentile", 5.0),  # below the lowest quantile that is published
            ("z", (_FORCES[f"forces.{name}.value"] - 50) / (1.4826 * 10)),
        )
    },
}

EXPECTED: dict[str, float] = {
    **_JUDICIAL, **_SECURITY, **_UTILITY, **_TAX, **_LABOUR, **_CREDIT, **_REGULATORY, **_NETWORK, **_FORCES, **_BESIDE,
}  # fmt: skip

ROUGH = {
    "network.pagerank.now": (1 / 3, 0.1),
    "network.pagerank.d90": (1 / 3 - 1 / 2, 0.1),
    "network.lambda_max.now": (_BACK, 1e-5),
    # M was 800,000 90 days ago, by the accounts of the year before
    "network.lambda_max.d90": (_BACK - 0.8 * (300 / 8e5 * 400 / 3e6) ** 0.5, 1e-5),
}
"""What is found by iteration, and how near it comes: of three firms each has about a third of the rank, of two half."""

UNKNOWN: dict[str, str] = {
    **{
        f"judicial.f08.amount.{window}": "no record of these cases tells an amount"
        for window in _CASES["amount"]
    },
    **{
        f"judicial.f08.counterparties.{window}": "the suit behind these records"
        for window in _CASES["amount"]
    },
    **{
        f"utility.{utility}.against_peers.{window}": f"no norm of {utility} is kept"
        for utility in ("water", "gas")
        for window in ("now", "12m")
    },
    **{
        f"network.{name}.d90": "the guarantee circle has told nothing"
        for name in ("hop1_red", "hop2_red", "delta")
    },
    **{f"forces.qualifications.{kind}": "no feed of patents" for kind in ("value", "percentile", "z")},
    **{f"forces.industry_momentum.{kind}": "the macro risk index" for kind in ("value", "percentile", "z")},
}


@pytest.mark.parametrize("name", INDICATORS)
def test_definition(name: str) -> None:
    """Worked out by hand, or unknown for the reason that is given."""
    found = value(rich_view(), name)
    if name in UNKNOWN:
        assert found.value is None
        assert (found.reason or "").startswith(UNKNOWN[name])
    elif name in ROUGH:
        expected, near = ROUGH[name]
        assert found.value == pytest.approx(expected, abs=near)
    else:
        assert found.value == pytest.approx(EXPECTED[name], rel=1e-4, abs=1e-9)


def test_every_definition_is_of_an_indicator() -> None:
    """Nothing is expected of what is not registered, and nothing twice."""
    assert {*EXPECTED, *ROUGH, *UNKNOWN} == {*INDICATORS}
    assert len(EXPECTED) + len(ROUGH) + len(UNKNOWN) == len(INDICATORS)


@pytest.mark.parametrize("name", INDICATORS)
def test_of_a_firm_of_which_nothing_is_known(name: str) -> None:
    """A register without an entry says 0; of the rest there is 0 at most, else a reason: never a made-up number."""
    found, one = value(empty_view(), name), INDICATORS[name]
    if one.null_policy == "zero":
        assert found.value == 0
    else:
        assert found.value == 0 or found.reason or name in _FREE


_FREE = {
    "forces.unencumbered_assets.value", "forces.equity_encumbrance.value", "forces.capital_stability.value",
    "forces.filing_punctuality.value",
}  # fmt: skip
"""Of a firm without an entry in a register: nothing is bound, nothing was missed."""


def test_the_registry_holds_five_hundred_and_more() -> None:
    """By family, as planned."""
    counts = {family: len(of_family(family)) for family in FAMILIES}
    assert counts == {
        "judicial": 120, "security": 72, "utility": 72, "tax": 46, "labour": 56, "credit": 18, "regulatory": 36,
        "network": 40, "forces": 81,
    }  # fmt: skip
    assert sum(counts.values()) == len(INDICATORS) == len(of_family()) >= 500


def test_every_row_is_complete_and_named_once() -> None:
    """In both languages, with feed, unit, owner, version, null policy and privacy class."""
    rows = [one.row() for one in INDICATORS.values()]
    assert len({row["name_zh"] for row in rows}) == len({row["name_en"] for row in rows}) == len(rows)
    for row in rows:
        assert [key for key, text in row.items() if not text and key != "filter"] == []
        assert all(part == "-" or (part[0] == "F" and len(part) == 3) for part in row["feed"].split("+"))
        assert (row["version"], row["effective_from"], row["jurisdiction"]) == (VERSION, EFFECTIVE_FROM, "*")
        assert row["null_policy"] in NULLS
    assert {one.privacy_class for one in of_family("credit")} == {"authorised"}


def test_values_are_worked_out_only_when_asked_for_and_once() -> None:
    """And the same view answers the same."""
    asked: list[str] = []
    one = msgspec.structs.replace(
        indicator("judicial.f01.count.30d"), id="x", behind=lambda _: float(len(asked))
    )
    view = empty_view()
    assert one.behind(view) == 0
    assert not [key for key in view.memo if str(key).startswith("reading.indicator.")]
    assert value(view, "judicial.f01.count.30d") is value(view, "judicial.f01.count.30d")


def test_mistakes_are_told() -> None:
    """An unknown id with the nearest one; a code that is none of the registry's."""
    with pytest.raises(FenghuoError, match=r"did you mean judicial\.f04\.count\.90d\?"):
        value(empty_view(), "judicial.f04.count.90")
    with pytest.raises(FenghuoError, match="one of"):
        msgspec.structs.replace(indicator("judicial.f04.count.90d"), direction="sideways")
    assert isinstance(indicator("tax.paid.12m"), Indicator)
