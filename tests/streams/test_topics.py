"""Topics: the table, and applying it to both brokers."""

from __future__ import annotations

import pytest

from streams.access import UnreachableError
from streams.brokers.process import free_port
from streams.topics import TOPICS, Change, Names, TopicError, admin, apply, missing_topics, wanted
from tests.streams.wire import own_settings

BANKS = ["icbc-shangyu", "abc_sy"]

both_brokers = pytest.mark.parametrize(
    "broker",
    [
        pytest.param("embedded_broker", marks=pytest.mark.embedded),
        pytest.param("kafka_broker", marks=pytest.mark.kafka),
    ],
)


@pytest.fixture
def bootstrap(broker: str, request: pytest.FixtureRequest) -> str:
    """Of the broker the test is run on."""
    return str(request.getfixturevalue(broker).bootstrap)


@both_brokers
def test_applying_twice_creates_once(bootstrap: str) -> None:
    """First everything is created, then everything is as wanted; a new bank adds its topic only."""
    settings = own_settings(partitions=3)
    names = [topic.name for topic in wanted(settings, BANKS)]
    assert missing_topics(bootstrap, settings, BANKS) == names
    assert [(c.name, c.action) for c in apply(bootstrap, settings, BANKS)] == [(n, "created") for n in names]
    assert apply(bootstrap, settings, BANKS) == [Change(name, "unchanged") for name in names]
    again = apply(bootstrap, settings, [*BANKS, "third"])
    assert [c.name for c in again if c.action != "unchanged"] == [f"{settings.prefix}.alerts.bank.third"]
    assert missing_topics(bootstrap, settings, [*BANKS, "third"]) == []


@both_brokers
def test_the_number_of_partitions_is_never_changed(bootstrap: str) -> None:
    """Another number is an error naming both, and nothing is created on the way to it."""
    settings = own_settings(partitions=2)
    apply(bootstrap, settings)
    four = settings.model_copy(update={"partitions": 4})
    with pytest.raises(
        TopicError, match=f"{settings.prefix}.records has 2 partitions instead of 4.*; set partitions"
    ):
        apply(bootstrap, four, BANKS)
    assert missing_topics(bootstrap, settings, BANKS) == [
        Names(settings.prefix).bank(bank) for bank in sorted(BANKS)
    ]


@both_brokers
def test_another_configuration_is_reported_and_left_alone(bootstrap: str) -> None:
    """Somebody chose it; the report says what is and what was wanted."""
    settings = own_settings(partitions=1)
    topic = Names(settings.prefix).ledgers
    with admin(bootstrap, settings) as client:
        config = {"cleanup.policy": "delete"}
        client.create_topics({topic: {"num_partitions": 1, "replication_factor": 1, "configs": config}})
    for _ in range(2):
        found = {change.name: change for change in apply(bootstrap, settings)}[topic]
        assert found.action == "differs"
        assert "cleanup.policy is delete, wanted compact" in found.detail


def test_an_unreachable_broker_is_one_sentence() -> None:
    """With the reason of the failure and what to do."""
    bootstrap = f"127.0.0.1:{free_port()}"
    with pytest.raises(
        UnreachableError, match=r"no Kafka broker answered.*Connection refused.*; start one"
    ) as told:
        missing_topics(bootstrap, own_settings(), timeout=0.3)
    assert told.value.place == bootstrap


def test_what_is_laid_beside_an_entity_shares_one_partition_count() -> None:
    """So that an entity's records, ledger, alerts, outcomes and notifications have the same partition number."""
    counts: dict[str, set[int]] = {}
    for w in wanted(own_settings(partitions=5), BANKS):
        counts.setdefault("entity id" if w.topic.suffix == "notifications" else w.topic.key, set()).add(
            w.partitions
        )
    assert counts.pop("entity id") == {5}
    assert counts
    assert all(count == {1} for count in counts.values())


def test_names_and_table_agree() -> None:
    """Every topic of the table has its name, and no name is without a topic."""
    settings = own_settings()
    names = Names(settings.prefix)
    spelt = {value for key, value in vars(names).items() if key != "prefix"} | {names.bank("icbc")}
    assert spelt == {w.name for w in wanted(settings, ["icbc"])}
    assert len({topic.suffix for topic in TOPICS}) == len(TOPICS)


@pytest.mark.parametrize("bank", ["", "a.b", "a b", "中国银行", "x" * 65, "a/b"])
def test_bank_ids_that_cannot_be_topics_are_refused(bank: str) -> None:
    """A dot would let one bank's group prefix begin another's."""
    with pytest.raises(TopicError, match="rename it in the subscriptions"):
        Names("fenghuo").bank(bank)
