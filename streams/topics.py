"""The topics, as a table, and the one act on them: create what is missing.

An existing topic is never changed here. A different number of partitions is an error (it would part entities from their
ledgers), a different configuration is reported. Times in the log are the broker's (LogAppendTime): retention counts
from the arrival of a record, so a replay of old records is not deleted as it comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

# kafka-python ships no types; what comes from it is checked here, at the edge.
from kafka import KafkaAdminClient  # type: ignore[import-untyped]  # no stubs
from kafka import errors as kafka_errors
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic  # type: ignore[import-untyped]  # no stubs

from detectors.errors import FenghuoError
from streams.access import Reachability, kafka_python_options
from streams.settings import Settings

BANK_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # no dot: a bank's group prefix must not begin another's
DAY = timedelta(days=1)
LARGEST = 16 << 20
"""Bytes of the largest message about one entity: a bank that sues thousands of debtors has a ledger of megabytes, and
the evidence of what is told of it may be as long."""


class TopicError(FenghuoError):
    """Topics or grants that cannot be made as asked."""


@dataclass(frozen=True)
class Topic:
    """One row of the table. ``retention`` None: no limit of time (compacted topics keep the last value of each key)."""

    suffix: str
    key: str
    cleanup: Literal["delete", "compact"]
    retention: timedelta | None
    description: str
    by_entity: bool = True  # shares the partition count of all entity-keyed topics
    per_bank: bool = False

    def config(self) -> dict[str, str]:
        """The topic configuration Kafka is given."""
        entries = {"cleanup.policy": self.cleanup, "message.timestamp.type": "LogAppendTime"}
        if self.by_entity:
            entries["max.message.bytes"] = str(LARGEST)
        if self.cleanup == "compact":
            # What was erased (a tombstone) is gone from disk a day later, even from a quiet topic.
            return entries | {"max.compaction.lag.ms": _milliseconds(DAY)}
        return entries | {"retention.ms": "-1" if self.retention is None else _milliseconds(self.retention)}


def _milliseconds(span: timedelta) -> str:
    return str(span // timedelta(milliseconds=1))


REPLAY_WINDOW = 400 * DAY  # a source may send a record again this long; tombstones are kept as long
TOPICS: tuple[Topic, ...] = (
    Topic(
        "records",
        "entity id",
        "delete",
        REPLAY_WINDOW,
        "validated records of all feeds, relations and impulses",
    ),
    Topic("alerts", "entity id", "delete", REPLAY_WINDOW, "every alert, as CloudEvents"),
    Topic(
        "alerts.bank.",
        "entity id",
        "delete",
        90 * DAY,
        "what that bank may see; only it may read",
        per_bank=True,
    ),
    Topic("assessments", "entity id", "compact", None, "latest assessment of each entity"),
    Topic("ledgers", "entity id", "compact", None, "changelog of the ledgers: the state of the workers"),
    Topic("outcomes", "entity id", "delete", 5 * 365 * DAY, "dispositions and defaults: delayed labels"),
    Topic(
        "notifications",
        "subscriber id",
        "delete",
        90 * DAY,
        "work for the webhooks, laid beside the alerts; what was told follows from it",
    ),
    Topic("cohorts", "cohort|indicator", "compact", None, "what is usual in each cohort", by_entity=False),
    Topic("macro", "group", "compact", None, "macro risk index of each group", by_entity=False),
    Topic("dead-letters", "source id", "delete", 90 * DAY, "quarantined bytes, with reason", by_entity=False),
)


class Names:
    """Full topic names under a prefix; ``Names("fenghuo").records == "fenghuo.records"``."""

    def __init__(self, prefix: str) -> None:
        """``prefix`` as in the settings."""
        self.prefix = prefix
        self.records = f"{prefix}.records"
        self.exchange = self.records  # what workers tell each other lies among the records
        self.alerts = f"{prefix}.alerts"
        self.assessments = f"{prefix}.assessments"
        self.ledgers = f"{prefix}.ledgers"
        self.outcomes = f"{prefix}.outcomes"
        self.notifications = f"{prefix}.notifications"
        self.dead_letters = f"{prefix}.dead-letters"
        self.cohorts = f"{prefix}.cohorts"
        self.macro = f"{prefix}.macro"

    def bank(self, bank: str) -> str:
        """The topic only ``bank`` may read. Raises TopicError for an id that cannot be part of a topic name."""
        if not BANK_ID.fullmatch(bank):
            remedy = "rename it in the subscriptions"
            raise TopicError(f"bank {bank!r}", "an id is 1-64 of A-Z a-z 0-9 _ -", remedy)
        return f"{self.prefix}.alerts.bank.{bank}"

    def bank_groups(self, bank: str) -> str:
        """What the consumer groups of ``bank`` begin with."""
        return self.bank(bank).replace(".alerts.bank.", ".bank.") + "."


@dataclass(frozen=True)
class Wanted:
    """A topic as it should exist."""

    name: str
    partitions: int
    config: dict[str, str]
    topic: Topic


@dataclass(frozen=True)
class Change:
    """What was found or done about one topic or grant."""

    name: str
    action: Literal["created", "unchanged", "differs"]
    detail: str = ""


def wanted(settings: Settings, banks: Iterable[str] = ()) -> list[Wanted]:
    """Every topic of these settings, one alert topic per bank, in the order of the table."""
    names = Names(settings.prefix)
    bank_topics = [names.bank(bank) for bank in sorted(set(banks))]
    return [
        Wanted(name, settings.partitions if topic.by_entity else 1, topic.config(), topic)
        for topic in TOPICS
        for name in (bank_topics if topic.per_bank else [f"{names.prefix}.{topic.suffix}"])
    ]


@contextmanager
def admin(bootstrap: str, settings: Settings, timeout: float = 5.0) -> Iterator[Any]:
    """A kafka-python admin client. Raises UnreachableError, or TopicError when the broker answers with an error."""
    # kafka-python would not say why it waits
    cluster = Reachability(bootstrap, settings.security).require(timeout)
    client = None
    try:
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","),
            bootstrap_timeout_ms=int(timeout * 1000),
            **kafka_python_options(settings.security),
        )
        yield client
    except kafka_errors.KafkaError as error:
        remedy = "check the rights of security.username, or see the broker's log"
        raise TopicError(bootstrap, f"cluster {cluster} answered {type(error).__name__}", remedy) from None
    finally:
        if client is not None:
            client.close()


def apply(bootstrap: str, settings: Settings, banks: Iterable[str] = ()) -> list[Change]:
    """Create the topics that are missing; say of the others whether they are as wanted. Idempotent.

    Raises TopicError before anything is created when a topic has another number of partitions than the settings say.
    """
    everything = wanted(settings, banks)
    with admin(bootstrap, settings) as client:
        there = {topic["name"]: len(topic["partitions"]) for topic in client.describe_topics()}
        _require_partitions(bootstrap, [(w, there[w.name]) for w in everything if w.name in there])
        absent = [w for w in everything if w.name not in there]
        created = _create(client, bootstrap, absent, settings.replication)
        configs = _configs(client, [w.name for w in everything if w.name not in created])
    return [
        _compared(w, configs[w.name])
        if w.name in configs
        else Change(w.name, "created", f"partitions: {w.partitions}, cleanup: {w.topic.cleanup}")
        for w in everything
    ]


def missing_topics(
    bootstrap: str, settings: Settings, banks: Iterable[str] = (), timeout: float = 5.0
) -> list[str]:
    """Names of the wanted topics that do not exist. UnreachableError after ``timeout`` seconds, or TopicError."""
    with admin(bootstrap, settings, timeout) as client:
        there = set(client.list_topics())
    return [w.name for w in wanted(settings, banks) if w.name not in there]


def _require_partitions(bootstrap: str, found: Sequence[tuple[Wanted, int]]) -> None:
    wrong = [
        f"{w.name} has {count} partitions instead of {w.partitions}"
        for w, count in found
        if count != w.partitions
    ]
    if wrong:
        more = f" and {len(wrong) - 2} more" if len(wrong) > 2 else ""
        raise TopicError(
            bootstrap,
            f"{', '.join(wrong[:2])}{more} (changing it would part entities from their ledgers)",
            "set partitions to what the topics have, or use another prefix",
        )


def _create(client: Any, bootstrap: str, absent: Sequence[Wanted], replication: int | None) -> set[str]:
    if not absent:
        return set()
    copies = replication or min(3, len(client.describe_cluster()["brokers"]))
    new = [NewTopic(w.name, w.partitions, copies, topic_configs=w.config) for w in absent]
    answer = client.create_topics(new, raise_errors=False)
    created = set()
    for topic in answer["topics"]:
        code = topic["error_code"]
        if code == 0:
            created.add(topic["name"])
        elif code != kafka_errors.TopicAlreadyExistsError.errno:  # somebody else was quicker: as good
            problem = topic["error_message"] or kafka_errors.for_code(code).__name__
            remedy = "check the rights of security.username, or see the broker's log"
            raise TopicError(bootstrap, f"topic {topic['name']} could not be created: {problem}", remedy)
    client.wait_for_topics([w.name for w in absent])
    return created


def _configs(client: Any, names: Sequence[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    answer = client.describe_configs(asked, config_filter="all").get("topic", {})
    return {name: {key: str(entry["value"]) for key, entry in answer.get(name, {}).items()} for name in names}


def _compared(want: Wanted, has: dict[str, str]) -> Change:
    unlike = [
        f"{k} is {has.get(k, 'not set')}, wanted {v}" for k, v in want.config.items() if has.get(k) != v
    ]
    return Change(want.name, "differs" if unlike else "unchanged", "; ".join(unlike))
