"""WP-14 real-estate seizure, WP-15 stacked seizures: thresholds, self-expiry, renewal, the queue."""

from datetime import date

import pytest

from detectors.record import Record
from tests.detectors.build import estate, manual, money, saying, seizure, verdict

TO = "2028-01-01"


def seized(n: int, asset: str = "", **more: object) -> Record:
    """The n-th notice, from 2026-01-10."""
    return seizure(n, "2026-01-10", TO, asset=asset or f"unit-{n}", **more)


MOVABLE = saying(seized(1), asset_class="movable")
PREMISES = saying(seized(1), main_premises=True)
OWNED = [estate("unit-1", 3e6), estate("unit-2", 7e6)]
LATER_ENTRY = estate("unit-1", None, "2021-01-01", cert="mortgage-1", kind="mortgage")
CANCELLED = saying(estate("unit-2", 7e6), cancelled_on="2025-06-01")


@pytest.mark.parametrize(
    ("records", "day", "level"),
    [
        # real estate only, from the day of the order
        pytest.param([], "2026-02-01", 0, id="nothing"),
        pytest.param([seized(1)], "2026-01-09", 0, id="the day before"),
        pytest.param([seized(1)], "2026-01-10", 2, id="the day"),
        pytest.param([MOVABLE], "2026-02-01", 0, id="movable"),
        # value unknown: one unit is yellow, two are red; two notices on one unit are one unit
        pytest.param([seized(1), seized(2)], "2026-02-01", 3, id="two units"),
        pytest.param([seized(1), seized(2, "unit-1")], "2026-02-01", 2, id="one unit twice"),
        # value known: red from 30 %
        pytest.param([*OWNED, seized(1)], "2026-02-01", 3, id="30 %"),
        pytest.param(
            [estate("unit-1", 2_999_999), estate("unit-2", 7e6), seized(1)], "2026-02-01", 2, id="under 30 %"
        ),
        pytest.param([*OWNED, seized(2)], "2026-02-01", 3, id="70 %"),
        # a later entry about the same unit that leaves out the value does not make it unknown
        pytest.param(
            [estate("unit-1", 1e6), LATER_ENTRY, estate("unit-2", 9e6), seized(1)], "2026-02-01", 2, id="10 %"
        ),
        # what is no longer owned does not count
        pytest.param([estate("unit-1", 2e6), CANCELLED, seized(1)], "2026-02-01", 3, id="sold the other"),
        # a seized unit the register does not know: its own value joins the base, without one the share is unknown
        pytest.param(
            [estate("unit-2", 8e6), seized(1, value=2e6)], "2026-02-01", 2, id="20 % by its own value"
        ),
        pytest.param(
            [estate("unit-2", 6e6), seized(1, value=4e6)], "2026-02-01", 3, id="40 % by its own value"
        ),
        pytest.param([estate("unit-2", 6e6), seized(1)], "2026-02-01", 2, id="unknown unit"),
        # the main premises are red whatever they are worth
        pytest.param(
            [PREMISES, estate("unit-1", 1.0), estate("unit-2", 9e9)], "2026-02-01", 3, id="main premises"
        ),
        # it ends by itself on `to`, or when lifted
        pytest.param([seizure(1, "2026-01-10", "2026-03-01")], "2026-02-28", 2, id="last day"),
        pytest.param([seizure(1, "2026-01-10", "2026-03-01")], "2026-03-01", 0, id="expired"),
        pytest.param([saying(seized(1), lifted_on="2026-02-10")], "2026-02-09", 2, id="not yet lifted"),
        pytest.param([saying(seized(1), lifted_on="2026-02-10")], "2026-02-10", 0, id="lifted"),
        # of two units one is lifted
        pytest.param(
            [seized(1), saying(seized(2), lifted_on="2026-02-10")], "2026-02-10", 2, id="one of two lifted"
        ),
        # closed by its source, which does not say when; the term it ran for is not the end
        pytest.param(
            [seized(1), seized(1, version=2, op="close", observed="2026-02-05", valid_to=date(2028, 1, 1))],
            "2026-02-05",
            0,
            id="closed",
        ),
        # one notice told by two sources is one; ceilings
        pytest.param([seized(1), seized(1, source_id="crawler")], "2026-02-01", 2, id="two sources"),
        pytest.param(
            [seized(1), seized(2, match_confidence=0.9)], "2026-02-01", 2, id="second unit in doubt"
        ),
        pytest.param(
            [seized(1), manual(seized(2), approved=False)], "2026-02-01", 2, id="second unit unapproved"
        ),
        pytest.param(
            [seized(1), manual(seized(2), approved=True)], "2026-02-01", 3, id="second unit approved"
        ),
    ],
)
def test_real_estate_seizure(records: list[Record], day: str, level: int) -> None:
    """WP-14."""
    assert verdict("WP-14", records, day).level == level


def test_foreign_value_is_converted() -> None:
    """3 m yuan of 3 m yuan + 1 m euro (7.8 m): 27.8 %; of 0.8 m euro: 32.5 %."""
    euros = saying(estate("unit-2", 0), asset_value=money(1e6, "EUR"))
    fewer = saying(estate("unit-2", 0), asset_value=money(0.8e6, "EUR"))
    assert verdict("WP-14", [estate("unit-1", 3e6), euros, seized(1)], "2026-02-01").level == 2
    assert verdict("WP-14", [estate("unit-1", 3e6), fewer, seized(1)], "2026-02-01").level == 3


def test_expired_seizure_fades_over_180_days_from_its_own_last_day() -> None:
    """Nothing says that it ended; the residue is 30 points on `to`, half of it 180 days later."""
    gone = seizure(1, "2025-01-10", "2026-01-10")
    found = verdict("WP-14", [gone], "2026-07-09")
    assert (found.state, found.cleared) == ("residual", found.day - 180)
    assert found.weight(found.day, 180) == pytest.approx(15.0)


def test_renewal_carries_on_the_same_story() -> None:
    """The root of the chain names the episode, whether the first notice is in the ledger or was never seen."""
    first = seizure(1, "2023-01-10", "2026-01-10", asset="unit-1")
    second = saying(seizure(2, "2026-01-05", "2026-06-01", asset="unit-1"), renewal_of="notice-1")
    third = saying(seizure(3, "2026-05-20", "2027-06-01", asset="unit-1"), renewal_of="notice-2")
    root = verdict("WP-14", [first], "2025-01-01").finding.episode
    assert "|notice-1|unit-1|" in root
    assert verdict("WP-14", [first, second], "2026-02-01").finding.episode == root
    assert verdict("WP-14", [second], "2026-02-01").finding.episode == root
    assert verdict("WP-14", [first, second, third], "2026-07-01").finding.episode == root
    assert verdict("WP-14", [saying(first, renewal_of="notice-1")], "2025-01-01").finding.episode == root
    assert verdict("WP-14", [seized(9, "unit-1")], "2026-02-01").finding.episode != root


def test_chain_of_renewals_in_a_circle_ends() -> None:
    """Two notices that claim to renew each other are a mistake at the source, not an endless loop."""
    one = saying(seized(1, "unit-1"), renewal_of="notice-2")
    other = saying(seized(2, "unit-1"), renewal_of="notice-1")
    assert verdict("WP-14", [one, other], "2026-02-01").level == 2


FIRST = seized(1, "a")
SECOND, THIRD = seized(2, "a", sequence=2), seized(3, "a", sequence=3)
RENEWED = saying(seizure(4, "2026-02-01", "2029-01-01", asset="a"), renewal_of="notice-1")


@pytest.mark.parametrize(
    ("records", "day", "level"),
    [
        # nobody waits behind a single seizure, whatever its class; two first seizures of two assets
        pytest.param([], "2026-02-01", 0, id="nothing"),
        pytest.param([FIRST, seized(2, "b")], "2026-02-01", 0, id="nobody waits"),
        # one waiting is yellow, two behind one asset are red, also when the first is not known here
        pytest.param([FIRST, SECOND], "2026-02-01", 2, id="one waits"),
        pytest.param([SECOND], "2026-02-01", 2, id="first unknown"),
        pytest.param([FIRST, SECOND, THIRD], "2026-02-01", 3, id="two wait"),
        # one waiting on each of two assets is yellow, of three red
        pytest.param(
            [seized(n, c, sequence=2) for n, c in enumerate("ab")], "2026-02-01", 2, id="two assets"
        ),
        pytest.param(
            [seized(n, c, sequence=2) for n, c in enumerate("abc")], "2026-02-01", 3, id="three assets"
        ),
        # when the first is lifted the second moves up by itself
        pytest.param([saying(FIRST, lifted_on="2026-01-20"), SECOND], "2026-01-19", 2, id="not yet lifted"),
        pytest.param([saying(FIRST, lifted_on="2026-01-20"), SECOND], "2026-01-20", 0, id="moved up"),
        pytest.param(
            [saying(FIRST, lifted_on="2026-01-20"), SECOND, THIRD], "2026-01-20", 2, id="third is second"
        ),
        # a waiting one that is lifted leaves the queue; those behind it move up
        pytest.param(
            [FIRST, saying(SECOND, lifted_on="2026-01-20"), THIRD], "2026-01-20", 2, id="middle lifted"
        ),
        # the first expired and was renewed: it kept its place, so the second still waits
        pytest.param([saying(FIRST, to="2026-02-10"), SECOND, RENEWED], "2026-03-01", 2, id="renewed"),
        pytest.param([saying(FIRST, to="2026-02-10"), SECOND], "2026-03-01", 0, id="not renewed"),
        # any class of asset counts; ceilings
        pytest.param([saying(SECOND, asset_class="vehicle")], "2026-02-01", 2, id="vehicle"),
        pytest.param(
            [SECOND, seized(3, "a", sequence=3, match_confidence=0.9)], "2026-02-01", 2, id="third in doubt"
        ),
    ],
)
def test_stacked_seizures(records: list[Record], day: str, level: int) -> None:
    """WP-15."""
    assert verdict("WP-15", records, day).level == level
