"""Recovery is told once, to an entity of which something was told, and lifts nothing."""

from msgspec.structs import replace

from alerts.policy.lifecycle import Standing
from detectors.judge import Verdict
from tests.alerts.steps import Firm, lit
from tests.detectors.verdicts import faded, silent

GONE = silent("WP-08")


def well(since: int = 0, *, now: bool = True) -> Verdict:
    """The pattern of recovery, which shows no colour."""
    quiet = silent("CP-07")
    return replace(quiet, state="fired", since=since) if now else quiet


def cleared() -> Firm:
    """A firm that was red and is clear."""
    firm = Firm()
    firm.on(0, lit("WP-08", 3), well(now=False))
    firm.on(50, GONE, well(now=False))
    for day in (60, 80, 100):
        firm.on(day, GONE, well(now=False))
    return firm


def test_recovery_is_told_once_with_the_highest_level_ever_told() -> None:
    """It reaches everybody who was told red."""
    firm = cleared()
    (told,) = firm.on(150, GONE, well(140))
    assert (told.kind, told.point, told.level, told.peak) == ("entity.recovered", "CP-07", 0, 3)
    assert firm.on(151, GONE, well(140)) == []
    assert firm.on(152, GONE, well(139)) == []


def test_a_second_recovery_is_told_again_under_another_id() -> None:
    """It relapsed in between."""
    firm = cleared()
    (first,) = firm.on(150, GONE, well(140))
    firm.on(160, lit("WP-08", 2), well(now=False))
    firm.on(200, GONE, well(now=False))
    firm.on(210, GONE, well(now=False))
    firm.on(230, GONE, well(now=False))
    (second,) = firm.on(300, GONE, well(290))
    assert (second.kind, second.revision > first.revision) == ("entity.recovered", True)


def test_who_never_fell_does_not_recover() -> None:
    """Nothing was told, so nothing is taken back, and nothing is kept."""
    firm = Firm()
    assert firm.on(0, GONE, well()) == []
    assert firm.standing == Standing(evaluated=firm.standing.evaluated)


def test_what_is_told_while_the_pattern_holds_already_brings_no_news_of_recovery() -> None:
    """The first record of a firm may tell an old, settled matter: looking again later must not make news of it."""
    firm = Firm()
    (opened,) = firm.on(0, well(), faded("WP-30", 30.0))
    assert (opened.kind, opened.point) == ("alert.opened", "TIER")
    assert firm.on(0.25, well(), faded("WP-30", 30.0)) == []
