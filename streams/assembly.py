"""Putting a process together from settings: the one place that knows every part."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.delivery.dispatch import DispatcherConfig, load_subscriptions
from alerts.policy.routing import Router
from alerts.policy.subscriptions import Subscriptions
from connectors.kafka import KafkaPublisher
from detectors.errors import FenghuoError
from detectors.model import OnlineModel
from streams.access import Reachability, faust_options, librdkafka_options
from streams.catalogues import read_catalogue
from streams.settings import Settings
from streams.topics import Names

if TYPE_CHECKING:
    from streams.engine.app import WorkerApp
    from streams.engine.store import Store
    from streams.metrics import Metrics


def read_subscriptions(settings: Settings) -> Subscriptions:
    """Who wants what; nobody when no file is set.

    Raises:
        FenghuoError: the file cannot be read or breaks a rule.
    """
    if settings.subscriptions is None:
        return Subscriptions(subscriptions=())
    return load_subscriptions(settings.subscriptions)


def banks(subscriptions: Subscriptions) -> list[str]:
    """Ids of the subscribers that read a topic of their own."""
    return [one.subscriber_id for one in subscriptions.subscriptions if one.channel == "kafka"]


def bank_ids(path: Path) -> Iterable[str]:
    """The same from a file, for the doctor."""
    return banks(load_subscriptions(path))


def require_topics(settings: Settings, needed: Iterable[str], timeout: float = 10.0) -> None:
    """Return when a broker answers and holds these topics: a client would wait for a missing one, or create it.

    Raises:
        UnreachableError: no broker answered within ``timeout`` seconds.
        FenghuoError: topics are missing.
    """
    there = Reachability(settings.broker, settings.security).topics(timeout)
    if absent := [name for name in needed if name not in there]:
        problem = f"has no topic {', '.join(absent)} (or none that we may see)"
        raise FenghuoError(
            f"broker {settings.broker}", problem, "run fenghuo topics apply, or correct prefix"
        )


def make_worker(settings: Settings, metrics: Metrics, names: Names | None = None) -> WorkerApp:
    """A worker, ready to run; nothing is connected yet but the broker was seen to answer.

    ``names`` of the topics follow from the prefix unless given (a benchmark shares one topic of records).

    Raises:
        FenghuoError: the catalogue, the subscriptions or the broker.
    """
    # only a worker waits for Faust to load
    from streams.engine.persist import Producer  # noqa: PLC0415
    from streams.engine.worker import Worker, worker_app  # noqa: PLC0415

    OnlineModel()  # River takes a second to load: not while a group waits for its partitions
    names, subscriptions = names or Names(settings.prefix), read_subscriptions(settings)
    catalogue = read_catalogue(settings.catalogue)
    client = librdkafka_options(settings.security)
    bank_topics = [names.bank(bank) for bank in banks(subscriptions)]
    needed = (
        names.records,
        names.outcomes,
        names.alerts,
        names.assessments,
        names.ledgers,
        names.notifications,
        names.macro,
        names.cohorts,
    )
    require_topics(settings, (*needed, names.dead_letters, *bank_topics))
    worker = Worker(
        broker=settings.broker,
        names=names,
        catalogue=catalogue,
        router=Router(subscriptions, settings.prefix),
        store=_store(settings),
        producer=Producer(
            settings.broker, idempotence=settings.broker_idempotence, linger_ms=0.5, client=client
        ),
        metrics=metrics,
        bank_topics=bank_topics,
        client=dict(client),
        ticking=settings.clock == "wall",
    )
    return worker_app(
        worker,
        names,
        settings.group_id,
        settings.broker,
        batch_max=settings.batch_max,
        rebalance_timeout=settings.broker_rebalance_timeout,
        session_timeout=settings.broker_session_timeout,
        heartbeat_interval=settings.broker_session_timeout / 3,
        fetch_wait=settings.broker_fetch_wait,
        options=faust_options(settings.security),
    )


def _store(settings: Settings) -> Store:
    from streams.engine.store import MemoryStore, RocksStore  # noqa: PLC0415 - as above

    return RocksStore(settings.state_dir / "ledgers") if settings.store == "rocksdb" else MemoryStore()


def make_publisher(settings: Settings) -> KafkaPublisher:
    """A publisher for connectors and replays."""
    return KafkaPublisher(
        settings.broker,
        prefix=settings.prefix,
        idempotence=settings.broker_idempotence,
        options=librdkafka_options(settings.security),
    )


def dispatcher_config(settings: Settings) -> DispatcherConfig:
    """Where the webhook dispatcher works."""
    return DispatcherConfig(
        broker=settings.broker,
        redis_url=settings.redis_url or "",
        redis_password=settings.redis_password(),
        prefix=settings.prefix,
        group=f"{settings.prefix}.webhooks",
        kafka={**librdkafka_options(settings.security), **_session(settings.broker_rebalance_timeout)},
    )


def _session(rebalance_timeout: float) -> dict[str, str]:
    """The embedded broker keeps a joining member waiting for half of its session timeout, so that is kept short."""
    session = max(2_000, round(rebalance_timeout * 1000 / 3))
    return {"session.timeout.ms": str(session), "heartbeat.interval.ms": str(session // 6)}


def announce_catalogue(settings: Settings, text: str, at: int) -> int:
    """Write a catalogue into every partition of ``records``; returns how many there are. ``at`` in epoch seconds.

    Raises:
        FenghuoError: the text is no catalogue, or the broker does not take it.
    """
    from streams.engine.persist import Producer  # noqa: PLC0415 - as above
    from streams.engine.revisions import announce  # noqa: PLC0415 - as above

    sent, names = announce(text, at), Names(settings.prefix)
    require_topics(settings, [names.records])
    client = librdkafka_options(settings.security)
    producer = Producer(settings.broker, idempotence=settings.broker_idempotence, client=client)
    try:
        count = producer.partitions(names.records)
        for partition in range(count):
            producer.produce(names.records, partition, sent.key, sent.value)
        asyncio.run(producer.flush())
    finally:
        producer.close()
    return count
