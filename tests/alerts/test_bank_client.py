"""What a bank sees: its own alerts, once each, in plain words."""

import json
import subprocess
import sys
import uuid
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from alerts.delivery.bank_client import BankClient, Seen
from alerts.delivery.plain_words import render
from detectors.errors import FenghuoError
from tests.alerts.samples import ENTITY, alert
from tests.alerts.test_webhooks import free_port
from tests.alerts.topics import make_topics, publish

ROOT = Path(__file__).parents[2]
QUICK_JOIN = {
    "session_timeout_ms": 2_000,
    "heartbeat_interval_ms": 300,
}  # the embedded broker waits half of it


def test_the_memory_of_ids_is_bounded() -> None:
    seen = Seen(limit=3)
    assert all(seen.first_time(str(n)) for n in range(1000))
    assert not seen.first_time("999")
    assert seen.first_time("0"), "the oldest are forgotten"
    with pytest.raises(ValueError, match="at least 1"):
        Seen(limit=0)


def test_english_says_who_what_why_since_when_and_what_to_do() -> None:
    assert render(alert(), "en").splitlines() == [
        "RED (level 3 of 3) · 上虞纺织有限公司 · new alert",
        "  WP-09 dishonest judgment debtor",
        "  The firm's tier went from NONE (0) to RED (3).",
        "  Why: dishonest judgment debtor became red",
        "  - WP-09 dishonest judgment debtor: 1 listing, threshold 1, since 2026-01-04 [RED 3]",
        "  What to do: act today: consider preservation measures, stop drawdowns, "
        "have a second person acknowledge.",
        f"  Alert a-1, {ENTITY}, as of 2026-01-05T00:00:00+08:00.",
    ]


def test_chinese_says_the_same() -> None:
    lines = render(alert(point="TIER", reason=None), "zh").splitlines()
    assert lines == [
        "红色（3级，共3级）· 上虞纺织有限公司 · 新预警",
        "  企业等级由无 (0)变为红色 (3)。",
        "  - WP-09 失信被执行人：1 listing，阈值 1，自 2026-01-04 起 [红色 3]",
        "  应对：当日处置：考虑保全措施，停止提款，由第二人复核确认。",
        f"  预警编号 a-1，{ENTITY}，截至 2026-01-05T00:00:00+08:00。",
    ]


LOWERED = [
    # lower, but not over: the measures of the level reached
    (
        {"type": "alert.downgraded", "level": 2, "tier": {"from": 3, "to": 2}},
        ["YELLOW (level 2 of 3)", "is lowered", "from RED (3) to YELLOW (2)", "within 3 working days"],
    ),
    ({"type": "alert.cleared", "level": 0}, ["NONE (level 0 of 3)", "is over", "nothing to do"]),
    # never true: what was done because of it must be undone
    ({"type": "alert.retracted", "level": 0}, ["is withdrawn", "undo what was done"]),
    # a point rises and the firm's tier stays
    ({"tier": {"from": 3, "to": 3}}, ["tier stays RED (3)"]),
    # a level of a scale to come, and a kind to come, are shown as they are
    ({"type": "alert.escalated"}, ["alert.escalated"]),
]


@pytest.mark.parametrize(("changed", "phrases"), LOWERED)
def test_every_kind_of_news_has_its_words(changed: dict[str, Any], phrases: list[str]) -> None:
    text = render(alert(**changed), "en")
    for phrase in phrases:
        assert phrase in text


def test_many_reasons_are_cut_after_the_heaviest() -> None:
    points = [{"id": f"WP-{n:02}", "name": "x", "level": 1, "p": n} for n in range(1, 10)]
    text = render(alert(points=points))
    assert "WP-09" in text
    assert "and 4 more" in text
    assert "WP-01 x" not in text


@pytest.fixture
def prefix(broker: str) -> str:
    """Topics of two banks; the first holds three alerts, one of them twice, and something that is no alert."""
    name = f"t{uuid.uuid4().hex[:8]}"
    make_topics(broker, f"{name}.alerts.bank.icbc", f"{name}.alerts.bank.abc", partitions=1)
    values = [json.dumps(alert(alert_id=ident)).encode() for ident in ("a", "b", "a", "c")]
    publish(broker, f"{name}.alerts.bank.icbc", [*values[:2], b"nonsense", values[2]])
    # in a batch of its own: the embedded broker takes the first offset of the last batch for the last offset
    publish(broker, f"{name}.alerts.bank.icbc", values[3:])
    return name


@pytest.mark.embedded
def test_each_alert_is_yielded_once_and_what_was_not_dealt_with_comes_again(broker: str, prefix: str) -> None:
    def client_of_group() -> BankClient:
        return BankClient("icbc", broker, prefix=prefix, group=prefix, config=QUICK_JOIN)

    with client_of_group() as client:
        assert [one["alert_id"] for one in islice(client.alerts(), 2)] == ["a", "b"]
    with client_of_group() as client:
        got: list[str] = []
        for one in client.alerts(stop=lambda: len(got) == 3):
            got.append(one["alert_id"])  # noqa: PERF401 - the list decides when to stop
        assert got == ["a", "b", "c"]
    with client_of_group() as client:
        publish(broker, f"{prefix}.alerts.bank.icbc", [json.dumps(alert(alert_id="d")).encode()])
        assert next(client.alerts())["alert_id"] == "d"


@pytest.mark.embedded
def test_without_a_group_nothing_is_remembered_and_one_may_begin_with_the_next(
    broker: str, prefix: str
) -> None:
    for _ in range(2):
        with BankClient("icbc", broker, prefix=prefix) as client:
            assert [one["alert_id"] for one in islice(client.alerts(), 3)] == ["a", "b", "c"]
    with BankClient("icbc", broker, prefix=prefix, from_beginning=False) as client:
        alerts = client.alerts()
        publish(broker, f"{prefix}.alerts.bank.icbc", [json.dumps(alert(alert_id="d")).encode()])
        assert next(alerts)["alert_id"] == "d"


@pytest.mark.embedded
def test_a_wrong_bank_is_one_sentence_with_the_near_one(broker: str, prefix: str) -> None:
    with pytest.raises(FenghuoError) as raised:
        BankClient("icbk", broker, prefix=prefix)
    assert (
        f'no topic {prefix}.alerts.bank.icbk that we may read; check the bank id (did you mean "icbc"?)'
        in str(raised.value)
    )


def test_a_broker_that_is_away_is_one_sentence() -> None:
    with pytest.raises(FenghuoError, match=r"broker 127.0.0.1:\d+: does not answer .*; start it"):
        BankClient("icbc", f"127.0.0.1:{free_port()}")


@pytest.mark.parametrize("example", ["bank_client.py", "regulator_receiver.py"])
def test_examples_run_and_say_what_they_need(example: str) -> None:
    argv = [sys.executable, str(ROOT / "examples" / example)]
    done = subprocess.run(  # noqa: PLW1510 - the code is what is tested
        argv, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
