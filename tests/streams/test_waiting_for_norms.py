"""Who is looked at again when it becomes known what is usual among firms."""

import msgspec
import pytest
from msgspec.structs import replace

from detectors.points.finding import AWAITS_NORM
from detectors.record import decode
from streams.engine.commons import Commons
from streams.engine.exchange import NORMS, control
from streams.engine.norms import Part
from streams.engine.state import PartitionState
from tests.detectors import build
from tests.detectors.build import FIRM
from tests.detectors.verdicts import fired, judged, silent


def shared(kept: dict[bytes, bytes] | None = None) -> Commons:
    return Commons(0, 1, kept or {}, PartitionState())


def woken(commons: Commons) -> list[str]:
    """Who is looked at when a month is closed."""
    part = Part("2026-01", 0, 1, 0, 1, [])
    return list(commons.take(decode(control(NORMS, "norms", 0, msgspec.to_builtins(part)).value)))


@pytest.mark.parametrize("level", [0, 2])
def test_whoever_waits_is_noted_whether_a_colour_shows_or_not(level: int) -> None:
    commons, shown = shared(), fired("WP-27", level, 30.0)
    waiting = replace(shown.finding, details=dict(AWAITS_NORM))
    commons.judged(FIRM, judged(replace(shown, finding=waiting)), build.shipped())
    kept = commons.states()
    assert woken(shared(kept)) == [FIRM]
    commons.judged(FIRM, judged(silent("WP-27")), build.shipped())
    kept |= commons.states()
    assert woken(shared(kept)) == woken(commons) == []


def test_where_very_many_wait_no_message_grows_beyond_what_a_broker_takes() -> None:
    """A year in which the taxes of a whole province fall; and one firm more rewrites little."""
    commons, shown = shared(), fired("WP-35", 2, 30.0)
    waits = judged(replace(shown, finding=replace(shown.finding, details=dict(AWAITS_NORM))))
    firms = [f"ent:CN-330604:91330604MA{number:08d}" for number in range(60_000)]
    for firm in firms:
        commons.judged(firm, waits, build.shipped())
    kept = commons.states()
    assert max(map(len, kept.values())) < 100_000
    assert woken(shared(kept)) == firms
    commons.judged(FIRM, waits, build.shipped())
    more = commons.states()
    assert sum(map(len, more.values())) < 100_000
    assert woken(shared(kept | more)) == sorted([*firms, FIRM])
