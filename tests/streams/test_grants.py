"""Access control: a bank reads its own alerts and nothing else."""

from __future__ import annotations

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType
from kafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError

from streams.access import kafka_python_options, librdkafka_options
from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.kafka import KafkaCluster
from streams.engine.restore import passing
from streams.grants import Grant, acls, apply_acls
from streams.settings import Settings
from streams.topics import Names, TopicError, admin, apply
from tests.streams.wire import PATIENCE, own_settings, produce

BANKS = ["bank-a", "bank-b"]


@pytest.fixture
def granted(kafka_acl: KafkaCluster) -> Settings:
    """Topics and grants of two banks, with one alert on each bank's topic."""
    settings = own_settings(partitions=1, security=kafka_acl.security())
    apply(kafka_acl.bootstrap, settings, BANKS)
    apply_acls(kafka_acl.bootstrap, settings, BANKS)
    for bank in BANKS:
        topic = Names(settings.prefix).bank(bank)
        produce(kafka_acl.bootstrap, topic, [bank.encode()], settings.security)
    return settings


def read(cluster: KafkaCluster, user: str, topic: str, group: str) -> list[bytes]:
    """What ``user`` gets from partition 0 of a topic, with kafka-python, as banks do.

    Asks for the first offset before it polls: on a topic it may not read, kafka-python's poll never raises and never
    returns anything either.
    """
    options = kafka_python_options(cluster.security(user))
    partition = TopicPartition(topic, 0)
    consumer = KafkaConsumer(bootstrap_servers=cluster.bootstrap, group_id=group, **options)
    try:
        first = consumer.beginning_offsets([partition])[partition]
        consumer.committed(partition)
        consumer.assign([partition])
        consumer.seek(partition, first)
        found = consumer.poll(timeout_ms=int(PATIENCE * 1000))
        return [record.value for records in found.values() for record in records]
    finally:
        consumer.close()


def subscribe(cluster: KafkaCluster, user: str, topic: str, group: str) -> KafkaError | None:
    """The first thing librdkafka says to ``user`` about a topic: an error, or None for a record."""
    conf = {
        "bootstrap.servers": cluster.bootstrap,
        "group.id": group,
        "auto.offset.reset": "earliest",
        "log_level": 0,
    }
    consumer = Consumer(conf | librdkafka_options(cluster.security(user)))
    try:
        consumer.subscribe([topic])
        while True:
            message = consumer.poll(PATIENCE)
            assert message is not None
            error = message.error()
            if error is None or not passing(error):
                return error
    finally:
        consumer.close()


@pytest.mark.kafka
def test_a_bank_reads_its_own_alerts_in_its_own_group(kafka_acl: KafkaCluster, granted: Settings) -> None:
    """The grant is enough for a consumer group, with both libraries."""
    names = Names(granted.prefix)
    groups = names.bank_groups("bank-a")
    assert read(kafka_acl, "bank-a", names.bank("bank-a"), groups + "desk") == [b"bank-a"]
    assert subscribe(kafka_acl, "bank-a", names.bank("bank-a"), groups + "other-desk") is None


@pytest.mark.kafka
@pytest.mark.parametrize("suffix", ["alerts.bank.bank-b", "alerts", "records", "assessments"])
def test_a_bank_cannot_read_anything_else(kafka_acl: KafkaCluster, granted: Settings, suffix: str) -> None:
    """Not another bank's alerts, nor everybody's, whatever the library."""
    topic, group = f"{granted.prefix}.{suffix}", Names(granted.prefix).bank_groups("bank-a") + "desk"
    with pytest.raises(TopicAuthorizationFailedError):
        read(kafka_acl, "bank-a", topic, group)
    refused = subscribe(kafka_acl, "bank-a", topic, group)
    assert refused is not None
    assert refused.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


@pytest.mark.kafka
def test_a_bank_cannot_use_another_banks_group(kafka_acl: KafkaCluster, granted: Settings) -> None:
    """It could see, or move, the other's place in the stream."""
    names = Names(granted.prefix)
    with pytest.raises(GroupAuthorizationFailedError):
        read(kafka_acl, "bank-a", names.bank("bank-a"), names.bank_groups("bank-b") + "desk")


@pytest.mark.kafka
def test_a_bank_cannot_write_its_own_alerts(kafka_acl: KafkaCluster, granted: Settings) -> None:
    """Only we publish there."""
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        produce(
            kafka_acl.bootstrap, Names(granted.prefix).bank("bank-a"), [b"x"], kafka_acl.security("bank-a")
        )


@pytest.mark.kafka
def test_grants_are_made_once_and_strangers_are_reported(kafka_acl: KafkaCluster, granted: Settings) -> None:
    """A second run changes nothing; a grant of a bank no longer subscribed, or made by hand, is pointed out."""
    again = apply_acls(kafka_acl.bootstrap, granted, BANKS)
    assert {change.action for change in again} == {"unchanged"}
    alerts = ResourcePattern(ResourceType.TOPIC, Names(granted.prefix).alerts)
    with admin(kafka_acl.bootstrap, granted) as client:
        by_hand = ACL("User:curious", "*", ACLOperation.READ, ACLPermissionType.ALLOW, alerts)
        assert client.create_acls([by_hand])["failed"] == []
    left = [c.name for c in apply_acls(kafka_acl.bootstrap, granted, ["bank-a"]) if c.action == "differs"]
    assert sorted(name.split()[0] for name in left) == ["User:bank-b", "User:bank-b", "User:curious"]


@pytest.mark.kafka
def test_a_bank_cannot_grant(kafka_acl: KafkaCluster, granted: Settings) -> None:
    """One sentence, no traceback."""
    as_bank = granted.model_copy(update={"security": kafka_acl.security("bank-a")})
    with pytest.raises(
        TopicError, match=r"ClusterAuthorizationFailedError; check the rights of security.username"
    ):
        apply_acls(kafka_acl.bootstrap, as_bank, BANKS)


@pytest.mark.kafka
def test_kafka_without_an_authorizer_says_so(kafka_broker: KafkaCluster) -> None:
    """The alternative would be to believe the alerts are protected."""
    with pytest.raises(TopicError, match="keeps no access control list"):
        apply_acls(kafka_broker.bootstrap, own_settings(), BANKS)


@pytest.mark.embedded
def test_the_embedded_broker_says_so_at_once(embedded_broker: EmbeddedBroker) -> None:
    """It would answer CreateAcls with bytes no client can read, and the client would wait half a minute."""
    with pytest.raises(TopicError, match="keeps no access control list"):
        apply_acls(embedded_broker.bootstrap, own_settings(), BANKS)


def test_grants_are_data() -> None:
    """Two per bank; the group prefix ends in a dot, so that bank `a` does not get the groups of bank `ab`."""
    assert acls(Settings(), ["b", "a", "a"]) == [
        Grant("User:a", "topic", "fenghuo.alerts.bank.a"),
        Grant("User:a", "group", "fenghuo.bank.a."),
        Grant("User:b", "topic", "fenghuo.alerts.bank.b"),
        Grant("User:b", "group", "fenghuo.bank.b."),
    ]
