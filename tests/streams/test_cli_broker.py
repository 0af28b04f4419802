"""Commands on a broker: its topics, its doctor, ports and subscribers."""

from __future__ import annotations

import json
import socket

import pytest

from detectors.errors import FenghuoError
from streams.access import UnreachableError
from streams.assembly import require_topics
from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.process import free_port
from streams.settings import Settings
from tests.streams.commands import mistake
from tests.streams.desk import NOBODY, SUBSCRIPTIONS, Desk
from tests.streams.wire import own_settings


@pytest.mark.embedded
def test_topics_are_applied_once(desk: Desk) -> None:
    first, second = (json.loads(desk.run("topics", "apply", "--json").out)["changes"] for _ in range(2))
    assert {change["action"] for change in first} == {"created"}
    assert desk.names.bank("bank-a") in {change["name"] for change in first}
    assert [change["name"] for change in second] == [change["name"] for change in first]
    assert {change["action"] for change in second} <= {"unchanged", "differs"}
    other = desk.run("topics", "apply", FENGHUO_PARTITIONS="3")
    mistake(other, desk.broker, "has 2 partitions instead of 3", "set partitions to what the topics have")


@pytest.mark.embedded
def test_a_broker_without_our_topics(desk: Desk) -> None:
    """Nothing is created in passing, and nothing waits for ever."""
    missing = ("has no topic", f"{desk.prefix}.", "run fenghuo topics apply")
    mistake(desk.run("worker"), desk.broker, *missing)
    mistake(desk.run("connect", "connector.yaml"), desk.broker, *missing)
    mistake(desk.run("alerts", "tail", "--bank", "bank-a"), "alerts.bank.bank-a", "check the bank id")
    found = json.loads(desk.run("doctor", "--json").out)
    topics = next(check for check in found["checks"] if check["name"] == "topics")
    assert (found["ok"], topics["status"], topics["remedy"]) == (False, "fail", "run fenghuo topics apply")


@pytest.mark.embedded
def test_doctor_with_and_without_a_broker(office: Desk) -> None:
    there = office.run("doctor", "--json")
    assert there.code == 0, there.out
    assert {c["name"]: c["status"] for c in json.loads(there.out)["checks"]}["topics"] == "ok"
    gone = office.run("doctor", "--json", "--broker", NOBODY)
    checks = {check["name"]: check for check in json.loads(gone.out)["checks"]}
    assert (gone.code, checks["broker"]["status"], checks["topics"]["status"]) == (1, "fail", "warn")
    assert NOBODY in checks["broker"]["what"]
    for check in checks.values():
        assert check["status"] == "ok" or check["remedy"], check
    told = office.run("doctor")
    assert (told.code, "built in" in told.out, told.err) == (0, True, "")


@pytest.mark.embedded
def test_an_occupied_metrics_port(office: Desk) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        for command in (("worker",), ("connect", "connector.yaml"), ("notify",)):
            ended = office.run(*command, "--metrics-port", port)
            mistake(ended, f"127.0.0.1:{port}", "cannot listen for /metrics", "--metrics-port")


@pytest.mark.embedded
def test_notify_without_redis_or_secret(office: Desk) -> None:
    hook = (
        '  - {subscriber_id: office, role: regulator, min_level: red, entities: "*", channel: webhook, '
        'url: "http://127.0.0.1:9/hook", secret_env: MY_HOOK_SECRET}\n'
    )
    (office.directory / "subscriptions.yaml").write_text(SUBSCRIPTIONS + hook)
    mistake(office.run("notify"), "office", "MY_HOOK_SECRET", "is not set", "set it")
    secret = "whsec_" + "QUJD" * 8
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    ended = office.run("notify", FENGHUO_REDIS_URL=nowhere, MY_HOOK_SECRET=secret)
    mistake(ended, nowhere.split("/")[2], "does not answer", "start Redis")


@pytest.mark.embedded
def test_alerts_tail_of_a_bank_unknown_to_the_broker(office: Desk) -> None:
    ended = office.run("alerts", "tail", "--bank", "bank-x", "--idle", "1")
    mistake(ended, office.names.bank("bank-x"), "check the bank id", 'did you mean "bank-a"?')
    empty = office.run("alerts", "tail", "--bank", "bank-a", "--idle", "0.5")
    assert (empty.code, empty.out, empty.err) == (0, "", "")


@pytest.mark.embedded
def test_topics_are_required_by_name(embedded_broker: EmbeddedBroker) -> None:
    settings = own_settings(broker=embedded_broker.bootstrap)
    with pytest.raises(FenghuoError, match=r"has no topic a\.b, c\.d .* run fenghuo topics apply"):
        require_topics(settings, ["a.b", "c.d"])
    with pytest.raises(UnreachableError, match="answered"):
        require_topics(Settings(broker=NOBODY), ["a.b"], timeout=0.2)
