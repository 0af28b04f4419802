"""What is remembered of a table: cursors with their types, and where the overlap begins."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from connectors.settings import SqlConfig
from connectors.sql_state import Seen, decode, encode, low_mark, remember

T0 = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize("value", [5, 1.5, "2026-01-05", T0, T0.date()])
def test_cursors_keep_their_type_in_the_checkpoint(value: object) -> None:
    """JSON knows no dates."""
    assert decode(encode(value)) == value
    assert type(decode(encode(value))) is type(value)


@pytest.mark.parametrize(
    ("high", "low"),
    [
        (1000, 700),
        ("2026-01-05 10:00:00", "2026-01-05 09:55:00"),
        ("2026-01-05T10:00:00", "2026-01-05T09:55:00"),
        (T0, T0 - timedelta(minutes=5)),
    ],
)
def test_the_overlap_is_subtracted_in_the_cursors_own_terms(high: object, low: object) -> None:
    """Seconds for numbers, the database's own form for text."""
    settings = SqlConfig(url="sqlite://", table="t", cursor="c", overlap="5m")  # type: ignore[arg-type] # as in YAML
    state = {"high": encode(high), "seen": [[encode(high), encode(1), "x"]]}
    assert low_mark(state, settings)[0] == low


def test_times_without_a_zone_are_ordered_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever clock the machine keeps: the hour that summer time leaves out there is an hour at the source."""
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    settings = SqlConfig(url="sqlite://", table="t", cursor="c", overlap="1h")  # type: ignore[arg-type] # as in YAML
    written = [datetime(2026, 3, 29, hour, minute) for hour, minute in ((1, 30), (2, 15))]  # noqa: DTZ001 - see above
    state = remember({}, [Seen(moment, number, "x") for number, moment in enumerate(written)], settings)
    monkeypatch.undo()
    time.tzset()
    assert decode(state["high"]) == written[1]
    assert [decode(cursor) for cursor, _, _ in state["seen"]] == written
