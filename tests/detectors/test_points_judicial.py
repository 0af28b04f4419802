"""WP-08 under enforcement, WP-09 dishonest debtor: both sides of every threshold, and how they end."""

import pytest
from msgspec.structs import replace

from detectors.assessment import assess
from detectors.fold import fold_all
from detectors.record import Record, epoch
from tests.detectors import build
from tests.detectors.build import (
    OTHER,
    at,
    dishonest,
    enforcement,
    manual,
    master,
    money,
    record,
    saying,
    verdict,
)

M20 = master("2020-01-01", 20e6)
PERFORMED = saying(enforcement(1, "2026-01-05", 5e6), unperformed_amount=money(999_999))
DOLLARS = saying(enforcement(1, "2026-01-05", 0), exec_amount=money(140_845.07, "USD"))
FEWER_DOLLARS = saying(enforcement(1, "2026-01-05", 0), exec_amount=money(140_845.06, "USD"))
ROUBLES = saying(enforcement(1, "2026-01-05", 0), exec_amount=money(1e9, "RUB"))
DOUBTFUL = {"match_confidence": 0.94}
UNAPPROVED = {"flags": ("manual_unapproved",)}
CONCLUDED = {"status": "concluded", "observed": "2026-01-20"}


def small(*numbers: int, **more: object) -> list[Record]:
    """Cases over one yuan each."""
    return [enforcement(n, "2026-01-05", 1.0, **more) for n in numbers]


@pytest.mark.parametrize(
    ("records", "level"),
    [
        # nothing known; a case that begins tomorrow; one that begins today
        pytest.param([], 0, id="nothing"),
        pytest.param([enforcement(1, "2026-02-02", 5e6)], 0, id="tomorrow"),
        pytest.param([enforcement(1, "2026-02-01", 1.0)], 2, id="today"),
        # red from max(1,000,000, 10 % of M): the floor decides while M is small
        pytest.param([enforcement(1, "2026-01-05", 999_999.99)], 2, id="a cent below a million"),
        pytest.param([enforcement(1, "2026-01-05", 1e6)], 3, id="a million"),
        pytest.param([*small(1), enforcement(2, "2026-01-06", 999_999)], 3, id="a million in two cases"),
        # the share decides while M is large
        pytest.param([M20, enforcement(1, "2026-01-05", 1_999_999.99)], 2, id="a cent below 10 % of M"),
        pytest.param([M20, enforcement(1, "2026-01-05", 2e6)], 3, id="10 % of M"),
        # red from three cases, however small; a concluded one does not count
        pytest.param(small(1, 2), 2, id="two cases"),
        pytest.param(small(1, 2, 3), 3, id="three cases"),
        pytest.param([*small(1, 2), *small(3, **CONCLUDED)], 2, id="three cases, one concluded"),
        # terminated for this time (终本) is not concluded
        pytest.param(
            [*small(1, 2), *small(3, status="terminated_this_time")], 3, id="one of three terminated"
        ),
        # one case told by three sources is one case; the same number about another firm is none of ours
        pytest.param([one for s in "abc" for one in small(1, source_id=s)], 2, id="three sources, one case"),
        pytest.param(small(1, 2, 3, entity=OTHER), 0, id="another firm's"),
        # all documents of a case (之一) are the case
        pytest.param([*small(1, 2), saying(small(3)[0], case_no="(2026)浙0604执2号之一")], 2, id="之一"),
        # what is unperformed counts, if it is known
        pytest.param([PERFORMED], 2, id="mostly performed"),
        # foreign money at the profile's rate, 7.1; of unknown rate it counts as a case of unknown amount
        pytest.param([FEWER_DOLLARS], 2, id="a cent short in dollars"),
        pytest.param([DOLLARS], 3, id="a million in dollars"),
        pytest.param([ROUBLES], 2, id="no rate"),
        # a ceiling: identity in doubt gives blue, an entry nobody approved yellow
        pytest.param([enforcement(1, "2026-01-05", 5e6, match_confidence=0.95)], 3, id="confidence .95"),
        pytest.param([enforcement(1, "2026-01-05", 5e6, **DOUBTFUL)], 1, id="confidence .94"),
        pytest.param([enforcement(1, "2026-01-05", 5e6, **UNAPPROVED)], 2, id="unapproved"),
        pytest.param(
            [enforcement(1, "2026-01-05", 5e6, flags=("unapproved_entry",))], 2, id="flag of validation"
        ),
        # evidence in doubt neither holds back what is beyond doubt nor lifts it above its own ceiling
        pytest.param([enforcement(1, "2026-01-05", 5e6, **DOUBTFUL), *small(2)], 2, id="doubt adds nothing"),
        pytest.param([enforcement(1, "2026-01-05", 5e6), *small(2, **DOUBTFUL)], 3, id="doubt takes nothing"),
        pytest.param([*small(1), *small(2, 3, **UNAPPROVED)], 2, id="manual entries make no red"),
        # a manual entry (F32) is judged as the feed entered
        pytest.param([manual(enforcement(1, "2026-01-05", 5e6), approved=False)], 2, id="F32 unapproved"),
        pytest.param([manual(enforcement(1, "2026-01-05", 5e6), approved=True)], 3, id="F32 approved"),
        pytest.param([*small(1, 2), manual(small(2)[0], approved=True)], 2, id="F32 repeats a known case"),
        pytest.param([*small(1, 2), manual(small(3)[0], approved=True)], 3, id="F32 is the third case"),
    ],
)
def test_under_enforcement_fires(records: list[Record], level: int) -> None:
    """WP-08 on 2026-02-01."""
    found = verdict("WP-08", records, "2026-02-01")
    assert (found.state, found.level) == ("fired" if level else "not_fired", level)


@pytest.mark.parametrize(
    ("capital", "threshold", "rung"),
    [
        # the ladder of M: paid-in, else 30 % of subscribed, else size class, else a default
        pytest.param({"paid_capital": money(20e6)}, "2,000,000", "paid_capital", id="paid"),
        pytest.param(
            {"subscribed_capital": money(100e6)}, "3,000,000", "subscribed_capital_share", id="subscribed"
        ),
        pytest.param({"size_class": "large"}, "10,000,000", "size_class_large", id="size"),
        pytest.param({}, "1,000,000", "unknown", id="none"),
    ],
)
def test_materiality_rungs_of_the_registry(capital: dict[str, object], threshold: str, rung: str) -> None:
    """The threshold follows the best rung known, and the finding says which."""
    found = verdict("WP-08", [record("F29", "m", "2020-01-01", capital), *small(1)], "2026-02-01").finding
    assert (f"red from CNY {threshold} " in found.threshold, found.details["base_rung"]) == (True, rung)


def test_net_assets_come_before_capital_and_must_be_positive() -> None:
    """F30 is the top rung; negative equity falls through to the next; the latest positive one counts."""
    rich = record("F30", "2024", "2025-05-01", {"period": "2024", "equity": money(50e6)})
    by_parts = record(
        "F30", "2024", "2025-05-01", {"period": "2024", "assets": money(9e7), "liabilities": money(6e7)}
    )
    ruined = record("F30", "2024", "2025-05-01", {"period": "2024", "equity": money(-1)})

    def threshold(*more: Record) -> str:
        return verdict("WP-08", [M20, *small(1), *more], "2026-02-01").finding.threshold

    assert "5,000,000 " in threshold(rich)
    assert "3,000,000 " in threshold(by_parts)
    assert "2,000,000 " in threshold(ruined)


def test_weight_is_that_of_the_best_evidence_and_decays_with_its_half_life() -> None:
    """Quality times confidence scales the points; after conclusion they halve every 365 days, below 0.5 they go."""
    case = enforcement(1, "2026-01-05", 4e5, quality=0.8)
    ended = enforcement(1, "2026-01-05", 4e5, quality=0.8, version=2, op="close", observed="2026-02-01")
    assert verdict("WP-08", [case], "2026-01-10").p == pytest.approx(24.0)
    faded = verdict("WP-08", [case, ended], "2027-02-01")
    assert (faded.state, faded.level, faded.finding.level) == ("residual", 0, 2)
    day = faded.day
    assert faded.weight(day, 365) == pytest.approx(12.0)
    # 24 points fall below 0.5 after 365 * log2(48) = 2038.5 days: 2031-09-02 is the last day, were it not
    # for retention, which ends five years (1,826 days) after the conclusion
    assert verdict("WP-08", [case, ended], "2031-01-31").state == "residual"
    assert verdict("WP-08", [case, ended], "2031-02-01").state == "not_fired"


def test_late_and_amended_records_count_from_their_own_dates() -> None:
    """A conclusion captured late counts from publication; an amended amount replaces the first."""
    case = enforcement(1, "2026-01-05", 5e6)
    less = enforcement(1, "2026-01-05", 5e5, version=2, op="amend", observed="2026-01-20")
    assert verdict("WP-08", [less, case], "2026-01-25").level == 2
    published = at("2026-01-20")
    told_late = replace(case, version=2, op="close", published_at=published, observed_at=at("2026-03-01"))
    assert verdict("WP-08", [told_late], "2026-01-19").level == 3
    assert verdict("WP-08", [told_late], "2026-01-20").state == "residual"


@pytest.mark.parametrize(
    ("records", "day", "level"),
    [
        # the listing is the fact: red from its publication, without threshold
        pytest.param([], "2026-02-01", 0, id="nothing"),
        pytest.param([dishonest(1, "2026-02-01")], "2026-01-31", 0, id="the day before"),
        pytest.param([dishonest(1, "2026-02-01")], "2026-02-01", 3, id="the day"),
        # conduct 1 has no term
        pytest.param([dishonest(1, "2016-02-01")], "2026-02-01", 3, id="conduct 1 after ten years"),
        # conduct 2 to 6 ends after two years to the date, leap years or not
        pytest.param([dishonest(1, "2023-03-01", conduct=2)], "2025-02-28", 3, id="conduct 2, last day"),
        pytest.param([dishonest(1, "2023-03-01", conduct=2)], "2025-03-01", 0, id="conduct 2, over"),
        pytest.param(
            [dishonest(1, "2024-02-29", conduct=6)], "2026-02-28", 3, id="listed on a leap day, last day"
        ),
        pytest.param(
            [dishonest(1, "2024-02-29", conduct=6)], "2026-03-01", 0, id="listed on a leap day, over"
        ),
        # a term given by the court replaces the two years
        pytest.param(
            [saying(dishonest(1, "2023-03-01", conduct=3), term_end="2028-03-01")], "2028-02-29", 3, id="+3"
        ),
        pytest.param(
            [saying(dishonest(1, "2023-03-01", conduct=3), term_end="2028-03-01")],
            "2028-03-01",
            0,
            id="+3 over",
        ),
        # deletion ends any of them
        pytest.param(
            [saying(dishonest(1, "2025-03-01"), removed_on="2025-09-01")],
            "2025-08-31",
            3,
            id="not yet deleted",
        ),
        pytest.param(
            [saying(dishonest(1, "2025-03-01"), removed_on="2025-09-01")], "2025-09-01", 0, id="deleted"
        ),
        # performance alone does not: the court deletes
        pytest.param(
            [saying(dishonest(1, "2025-03-01"), performance="full")], "2026-02-01", 3, id="performed"
        ),
        # retracted, before or after
        pytest.param(
            [dishonest(1, "2026-01-05"), dishonest(1, "2026-01-05", version=2, op="retract")],
            "2026-02-01",
            0,
            id="retracted",
        ),
        pytest.param(
            [dishonest(1, "2026-01-05", version=2, op="retract"), dishonest(1, "2026-01-05")],
            "2026-02-01",
            0,
            id="retracted first",
        ),
        # ceilings
        pytest.param([dishonest(1, "2026-01-05", match_confidence=0.9)], "2026-02-01", 1, id="by name only"),
        pytest.param(
            [manual(dishonest(1, "2026-01-05"), approved=False)], "2026-02-01", 2, id="F32 unapproved"
        ),
    ],
)
def test_dishonest_debtor(records: list[Record], day: str, level: int) -> None:
    """WP-09."""
    assert verdict("WP-09", records, day).level == level


def test_hard_red_weighs_ninety_and_less_when_its_evidence_is_capped() -> None:
    """90 points for the hard colour, those of the colour shown otherwise, times the confidence."""
    assert verdict("WP-09", [dishonest(1, "2026-01-05")], "2026-02-01").p == 90.0
    assert verdict(
        "WP-09", [dishonest(1, "2026-01-05", match_confidence=0.9)], "2026-02-01"
    ).p == pytest.approx(9.0)


def test_two_sources_are_one_listing_with_two_pieces_of_evidence() -> None:
    """The verdict counts one; the assessment names both records."""
    both = [
        dishonest(1, "2026-01-05", source_id="court"),
        dishonest(1, "2026-01-05", source_id="crawler", quality=0.9),
    ]
    catalogue = build.shipped()
    ledger = fold_all(both, catalogue)[build.FIRM]
    (point,) = assess(ledger, build.FIRM, epoch(build.at("2026-02-01")), catalogue)["points"]
    assert (point["value"], [row["source"] for row in point["evidence"]]) == (
        "1 listing in force, (2026)浙0604执1号",
        ["court", "crawler"],
    )
    assert point["p"] == 90.0


def test_withdrawing_a_manual_entry_needs_no_payload() -> None:
    """The withdrawal names the record only; it holds whether it comes before or after the entry."""
    entry = manual(dishonest(1, "2026-01-05"), approved=True)
    withdrawn = replace(entry, payload={}, version=2, op="retract")
    assert verdict("WP-09", [entry], "2026-02-01").level == 3
    assert verdict("WP-09", [entry, withdrawn], "2026-02-01").state == "not_fired"
    assert verdict("WP-09", [withdrawn, entry], "2026-02-01").state == "not_fired"
