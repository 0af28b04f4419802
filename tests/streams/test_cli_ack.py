"""``alerts ack``: an answer on the outcomes topic, and an objection where the evidence is wrong."""

import json
from pathlib import Path

import pytest

from alerts.delivery.answer import read_answer
from streams.brokers.embedded import EmbeddedBroker
from tests.alerts.samples import alert
from tests.alerts.topics import publish, read
from tests.streams.commands import mistake
from tests.streams.desk import Desk

ROWS = [{"record_id": "r-1"}, {"record_id": "r-2"}]


@pytest.fixture
def office(embedded_broker: EmbeddedBroker, tmp_path: Path) -> Desk:
    """Topics, and one red alert about one firm."""
    made = Desk(embedded_broker.bootstrap, tmp_path)
    assert made.run("topics", "apply").code == 0
    told = alert(alert_id="0ff1ce" * 5, points=[{"id": "WP-09", "evidence": ROWS}])
    publish(made.broker, made.names.alerts, [json.dumps(told).encode()])
    return made


@pytest.mark.embedded
def test_an_acknowledgement_goes_to_the_outcomes_topic(office: Desk) -> None:
    ended = office.run("alerts", "ack", "0ff1ce", "--subscriber", "bank-a", "--by", "li", "--json")
    assert (ended.code, ended.err) == (0, "")
    (message,) = read(office.broker, office.names.outcomes, 1)
    answer = read_answer(message.value() or b"")
    assert answer is not None
    assert (answer.outcome, answer.subscriber_id, answer.by) == ("acknowledged", "bank-a", "li")
    assert (answer.point, answer.revision, message.key()) == ("WP-09", 1, answer.entity.encode())
    assert json.loads(ended.out) == {**json.loads(message.value() or b""), "objection": False}


@pytest.mark.embedded
def test_the_bank_is_told_on_its_topic_when_the_second_person_has_taken_notice(office: Desk) -> None:
    """Red wants two; the same person twice is one, and a third tells nothing new."""
    said = ("alerts", "ack", "0ff1ce", "--subscriber", "bank-a")
    for who in ("li", "li", "wang", "sun"):
        assert office.run(*said, "--by", who, "--disposition", "limit_reduced").code == 0
    read(office.broker, office.names.outcomes, 4)
    (message,) = read(office.broker, office.names.bank("bank-a"), 1)
    event = json.loads(message.value() or b"")
    assert (event["type"], event["acknowledges"]) == ("alert.acknowledged", "0ff1ce" * 5)
    assert (event["acknowledged_by"], event["dispositions"]) == (["li", "wang"], ["limit_reduced"])
    headers = dict(message.headers() or [])
    assert headers["ce_type"] == b"fenghuo.alert.acknowledged"
    assert headers["fenghuo-origin"] == b"0:9223372036854775807"


@pytest.mark.embedded
def test_wrong_data_opens_one_objection_against_the_records(office: Desk) -> None:
    """Said twice, it is the same record twice, and the stream drops the second."""
    for _ in range(2):
        ended = office.run("alerts", "ack", "0ff1ce", "--subscriber", "bank-a", "--disposition", "wrong_data")
        assert (ended.code, ended.err) == (0, "")
        assert "An objection" in ended.out
        assert "2 people" in ended.out
    records = [json.loads(one.value() or b"") for one in read(office.broker, office.names.records, 2)]
    assert {one["record_id"] for one in records} == {records[0]["payload"]["objection_id"]}
    payload = records[0]["payload"]
    assert (payload["targets"], payload["ground"]) == (["r-1", "r-2"], "factual_error")
    assert records[0]["entity"] == alert()["entity"]
    answers = [json.loads(one.value() or b"") for one in read(office.broker, office.names.outcomes, 2)]
    assert {one["outcome"] for one in answers} == {"wrong_data"}


@pytest.mark.embedded
def test_nobody_acknowledges_what_it_was_not_told(office: Desk) -> None:
    said = ("alerts", "ack")
    mistake(office.run(*said, "0ff1ce", "--subscriber", "bank-x"), "bank-x", 'did you mean "bank-a"?')
    mistake(office.run(*said, "beef", "--subscriber", "bank-a"), "holds no alert beef", "check the id")
    other = "subscriptions: [{subscriber_id: bank-a, role: bank, entities: ['ent:CN:other']}]"
    (office.directory / "other.yaml").write_text(other)
    ended = office.run(*said, "0ff1ce", "--subscriber", "bank-a", FENGHUO_SUBSCRIPTIONS="other.yaml")
    mistake(ended, "bank-a was not told of it", "entity_not_subscribed")
    unset = office.run(*said, "0ff1ce", "--subscriber", "bank-a", FENGHUO_SUBSCRIPTIONS="")
    assert unset.code == 2
