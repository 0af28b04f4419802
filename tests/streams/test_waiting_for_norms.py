"""Who is looked at again when it becomes known what is usual among firms."""

import msgspec
import pytest

from detectors.points.finding import AWAITS_NORM
from streams.engine.commons import WANTING, Commons
from streams.engine.state import PartitionState
from tests.detectors import build
from tests.detectors.build import FIRM
from tests.detectors.verdicts import fired, judged, silent


@pytest.mark.parametrize("level", [0, 2])
def test_whoever_waits_is_noted_whether_a_colour_shows_or_not(level: int) -> None:
    commons, shown = Commons(0, 1, {}, PartitionState()), fired("WP-27", level, 30.0)
    waiting = msgspec.structs.replace(shown.finding, details=dict(AWAITS_NORM))
    commons.judged(FIRM, judged(msgspec.structs.replace(shown, finding=waiting)), build.shipped())
    assert msgspec.json.decode(commons.states()[WANTING]) == [FIRM]
    commons.judged(FIRM, judged(silent("WP-27")), build.shipped())
    assert msgspec.json.decode(commons.states()[WANTING]) == []
