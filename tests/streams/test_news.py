"""Negative news (WX-19) in the stream: reports as single records, an alert when three sources agree, and the end."""

import msgspec

from detectors.record import Record
from tests.detectors.build import FIRM
from tests.detectors.points.test_media import report
from tests.streams.cluster import Cluster, founded

MORNING, NOON, EVENING = (f"2026-01-05T{hour}:00:00+08:00" for hour in ("09", "12", "18"))


def reports() -> list[Record]:
    """Three outlets of their own, and two that copy the first."""
    return [
        report("a", MORNING),
        report("copy-1", NOON, original="a/1"),
        report("copy-2", NOON, original="a/1"),
        report("b", NOON),
        report("c", EVENING),
    ]


def test_the_third_source_is_told_and_a_quiet_week_ends_it() -> None:
    """Once each, whoever dies in between; what the alert tells of the reports names no outlet."""
    for dying in (False, True):
        cluster = Cluster(1)
        cluster.say(founded(FIRM, 10e6))
        for one in reports():
            cluster.say(one, dying=dying)
        cluster.until("2026-01-20")
        story = cluster.story(FIRM, "WX-19")
        assert [(kind, level) for kind, level, _ in story] == [("opened", 1), ("cleared", 0)]
        opened = next(one for one in cluster.alerts if one["point"] == "WX-19")
        assert opened["feed_family"] == "media"
        (row,) = (one for one in opened["points"] if one["id"] == "WX-19")
        assert row["value"] == "negative reports of 3 independent sources within 24 hours"
        assert len(row["evidence"]) == 3


def test_copies_alone_are_told_to_nobody() -> None:
    cluster = Cluster(1)
    cluster.say(*reports()[:4])
    assert cluster.story(FIRM, "WX-19") == []


def test_a_report_withdrawn_takes_the_warning_back() -> None:
    """It was never true: retracted, not cleared."""
    cluster = Cluster(1)
    cluster.say(*reports())
    gone = msgspec.structs.replace(reports()[-1], op="retract", version=2, payload={})
    cluster.say(gone)
    assert [kind for kind, _, _ in cluster.story(FIRM, "WX-19")] == ["opened", "retracted"]
