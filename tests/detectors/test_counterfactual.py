"""What is said to be the tier without a point is what the firm is assessed at without it."""

from typing import Any

import pytest

from detectors.assessment import assess, contributions
from detectors.catalogue.model import Catalogue
from detectors.counterfactual import lacking
from detectors.fact import IMPULSE, day_of
from detectors.fold import fold_all
from detectors.forces.default import own_standing, probability_of_default
from detectors.judge import judge
from detectors.judgement import Judgement
from detectors.ledger import EMPTY, Ledger
from detectors.points.finding import LEVEL_NAMES
from detectors.record import Record, epoch
from detectors.score import score, tier
from tests.detectors import build
from tests.detectors.build import FIRM, at, money, record
from tests.detectors.points.test_contract import VECTORS
from tests.detectors.points.vectors import Vector

CATALOGUE = build.shipped()
DAY = "2026-03-20"
CASE = "（2026）浙0604民初1号"
STEPS: list[Record] = [
    build.master("2020-01-01", 10e6),
    build.bill("2025-12", "2026-01-05", 9_000),
    build.tax_notice("2025Q4", "2026-02-10", 5_000, 5_000),
    record("F01", CASE, "2026-03-01", {
        "case_no": CASE, "filed_on": "2026-03-01", "role": "defendant", "status": "filed",
        "claim_amount": money(200_000),
    }),
]  # fmt: skip
"""Arrears, then tax, then a suit: two yellow points and a blue one, and the staircase that they make red."""


def smaller(*names: str) -> Catalogue:
    """The catalogue without some of its points and patterns."""
    fields: dict[str, Any] = {name: getattr(CATALOGUE, name) for name in Catalogue.model_fields}
    for kind in ("points", "patterns"):
        fields[kind] = tuple(entry for entry in fields[kind] if entry.id not in names)
    return Catalogue.model_construct(**fields)


def seen(records: list[Record]) -> dict[str, Any]:
    return assess(fold_all(records, CATALOGUE)[FIRM], FIRM, epoch(at(DAY)), CATALOGUE)


def test_a_pattern_falls_with_each_of_its_steps() -> None:
    """The same as an assessment without the records of that step."""
    whole = seen(STEPS)
    assert whole["tier"] == "red"
    said = {row["id"]: row["tier_without"] for row in whole["points"]}
    assert said == dict.fromkeys(("WP-01", "WP-22", "WP-30", "CP-01"), "yellow")
    for name, gone in (("WP-22", 1), ("WP-30", 2), ("WP-01", 3)):
        assert seen([one for one in STEPS if one is not STEPS[gone]])["tier"] == said[name]


def test_a_point_that_looks_at_another_is_judged_without_it() -> None:
    """A change of the register just after trouble is red; without the trouble it is what it is by itself."""
    records = [
        build.master("2020-01-01", 10e6),
        build.enforcement(1, "2026-03-01", 200_000),
        *(
            record("F25", f"c{n}", day, {"item": item, "changed_on": day, "before": "a", "after": "b"})
            for n, (item, day) in enumerate((("legal_rep", "2026-03-05"), ("domicile", "2026-03-10")))
        ),
    ]
    rows = {row["id"]: row for row in seen(records)["points"]}
    assert rows["WP-47"]["colour"] == "red"
    without = seen([one for one in records if one.feed != "F04"])
    assert {row["id"]: row["colour"] for row in without["points"]} == {"WP-47": "yellow"}
    assert rows["WP-08"]["tier_without"] == without["tier"] == "yellow"


def _of(vector: Vector) -> tuple[Ledger, Judgement]:
    profile = CATALOGUE.profile(vector.entity.split(":")[1])
    ledger = fold_all(vector.records, CATALOGUE).get(vector.entity, EMPTY)
    day = day_of(epoch(at(vector.day)), profile.utc_offset)
    return ledger, judge(ledger, day, CATALOGUE, profile, vector.reference)


@pytest.mark.parametrize("family", sorted({vector.point[:2] for vector in VECTORS}))
def test_of_every_vector_it_is_the_verdict_of_a_smaller_catalogue(family: str) -> None:
    """Of every situation in which more than one point weighs: its tier and score, point by point."""
    tried = 0
    for vector in VECTORS:
        ledger, judgement = _of(vector)
        if vector.point[:2] != family or len(judgement.weighing) < 2:
            continue
        profile = CATALOGUE.profile(vector.entity.split(":")[1])
        for row in contributions(ledger, judgement, CATALOGUE, profile, vector.reference):
            fewer = smaller(row["id"])
            again = judge(ledger, judgement.day, fewer, profile, vector.reference)
            left = lacking(judgement, (row["id"],), ledger, CATALOGUE, profile, vector.reference)
            assert row["tier_without"] == LEVEL_NAMES[tier(again, fewer)], (vector.id, row["id"])
            assert score(left, CATALOGUE) == pytest.approx(score(again, fewer)), (vector.id, row["id"])
            tried += 1
    assert tried


def test_the_own_probability_of_default_is_measured_by_no_pattern_that_the_network_raised() -> None:
    """Two steps are over and the third is blue: a yellow staircase; a red from the guarantee circle makes it red, but
    not what the firm is by itself."""
    paid = build.bill("2025-12", "2026-01-05", 9_000, paid="2026-02-20")
    own = [STEPS[0], paid, build.saying(STEPS[2], paid_on="2026-03-05"), STEPS[3]]
    profile = CATALOGUE.profile("CN-330604")
    day = day_of(epoch(at("2026-04-10")), profile.utc_offset)
    ledger = fold_all(own, CATALOGUE)[FIRM]
    told = next(one for one in VECTORS if one.point == "WP-49" and one.expect == "red")
    circle = fold_all(told.records, CATALOGUE)[told.entity].facts[IMPULSE]
    both = Ledger({**ledger.facts, IMPULSE: circle})
    alone, amid = (judge(one, day, CATALOGUE, profile) for one in (ledger, both))
    levels = [one.verdicts["CP-01"].level for one in (alone, amid)]
    assert levels == [2, 3]
    rules = CATALOGUE.scoring.default
    found = [
        probability_of_default(own_standing(one, held, CATALOGUE, profile), rules).value
        for one, held in ((alone, ledger), (amid, both))
    ]
    assert found[0] == found[1] < rules.by_tier["red"]
