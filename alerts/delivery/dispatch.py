"""Starting the webhook dispatcher with its real ports: Kafka, Redis and HTTP."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alerts.delivery.dead_letters import KafkaDeadLetters
from alerts.delivery.kafka_source import KafkaSource
from alerts.delivery.notification import lane_of
from alerts.delivery.pace import Pace
from alerts.delivery.redis_schedule import RedisSchedule
from alerts.delivery.results import Observer, ignore
from alerts.delivery.sender import HttpSender
from alerts.delivery.signing import load_signer
from alerts.delivery.webhooks import Dispatcher, Ports
from alerts.policy.subscription_file import parse_subscriptions
from alerts.policy.subscriptions import Subscriptions
from detectors.errors import FenghuoError


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatcherConfig:
    """Where the dispatcher works.

    Args:
        broker: ``host:port`` of Kafka, several separated by commas.
        redis_url: ``redis://host:port/db``.
        prefix: first part of all topic names.
        group: consumer group.
        timeout: seconds for one attempt; shorter than the lease.
        pace: how fast and how patiently.
        kafka: further librdkafka settings (TLS, SASL).
        redis_password: of the Redis server, None if it asks for none.
    """

    broker: str
    redis_url: str
    prefix: str = "fenghuo"
    group: str = "fenghuo-webhooks"
    timeout: float = 15.0
    pace: Pace = field(default_factory=Pace)
    kafka: Mapping[str, str] = field(default_factory=dict, repr=False)
    redis_password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.timeout >= self.pace.lease.total_seconds():
            raise FenghuoError(
                "webhook timeout",
                f"{self.timeout:g} s is not shorter than the lease of {self.pace.lease.total_seconds():g} s",
                "a notification would be sent by two dispatchers at once; make the lease longer",
            )


def load_subscriptions(path: Path) -> Subscriptions:
    """Read a subscriptions file from disk.

    Raises:
        FenghuoError: the file cannot be read, or :func:`parse_subscriptions` refuses it.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise FenghuoError(str(path), problem, "correct the path or its permissions") from None
    except UnicodeDecodeError:
        raise FenghuoError(str(path), "is not UTF-8 text", "save it as UTF-8") from None
    return parse_subscriptions(text, str(path))


def run_dispatcher(
    config: DispatcherConfig,
    subscriptions: Subscriptions,
    *,
    stop: threading.Event,
    environ: Mapping[str, str],
    base: Path | None = None,
    observe: Observer = ignore,
    turned: Callable[[], None] = lambda: None,
) -> None:
    """Dispatch webhooks until ``stop`` is set; returns after the requests under way have ended.

    Args:
        config: where to work.
        subscriptions: who is told; those with channel webhook.
        stop: may be set from any thread or signal handler.
        environ: environment that ``secret_env`` names a variable of.
        base: directory that relative ``secret_file`` paths start from.
        observe: told every result; called in the dispatcher's thread, as ``turned`` is.
        turned: called when topics and schedule were got through to.

    Raises:
        FenghuoError: a secret, the broker or Redis is missing; one sentence with place and remedy.
    """
    webhooks = [s for s in subscriptions.subscriptions if s.channel == "webhook"]
    signers = {
        s.subscriber_id: load_signer(s, f"subscriber {s.subscriber_id!r}", environ, base) for s in webhooks
    }
    for one in webhooks:
        if one.escalate_to is not None:
            who = f"second contact of subscriber {one.subscriber_id!r}"
            signers[lane_of(one.subscriber_id, "second")] = load_signer(one.escalate_to, who, environ, base)

    async def run() -> None:
        ports = await _open(config)
        dispatcher = Dispatcher(
            subscriptions, signers, ports, pace=config.pace, observe=observe, turned=turned
        )
        stopping = asyncio.Event()
        watch = asyncio.create_task(_watch(stop, stopping))
        try:
            await dispatcher.run(stopping)
        finally:
            watch.cancel()
            await ports.close()

    # at INFO httpx logs whole addresses, and receivers like to hide a token in theirs
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(run())


async def _open(config: DispatcherConfig) -> Ports:
    schedule = RedisSchedule(config.redis_url, config.prefix, config.redis_password)
    try:
        await schedule.check()
        source = KafkaSource(
            config.broker,
            f"{config.prefix}.notifications",
            f"{config.prefix}.outcomes",
            config.group,
            schedule,
            config.kafka,
        )
    except FenghuoError:
        await schedule.close()
        raise
    dead_letters = KafkaDeadLetters(config.broker, f"{config.prefix}.dead-letters", config.kafka)
    sender = HttpSender(config.timeout)
    return Ports(source=source, schedule=schedule, sender=sender, dead_letters=dead_letters)


async def _watch(stop: threading.Event, stopping: asyncio.Event) -> None:
    """Carry a thread's event into the loop; polled, because nothing may block the loop's end."""
    while not stop.is_set():
        await asyncio.sleep(0.05)
    stopping.set()
