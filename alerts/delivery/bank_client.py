"""A bank's client: reads the bank's own topic and drops repetitions.

Written on kafka-python, and of ours it needs only the name of the topic, so that a bank can take it as a pattern.
Delivery is at least once; ``alert_id`` is the same at every repetition, and :class:`Seen` drops those.
"""

import json
import logging
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # the same

from alerts.policy.routing import bank_topic
from alerts.policy.subscriptions import near
from detectors.errors import FenghuoError

_log = logging.getLogger(__name__)


class Seen:
    """The last ``limit`` ids, to recognise a repetition; older ones are forgotten."""

    def __init__(self, limit: int = 100_000) -> None:
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit}")
        self._limit = limit
        self._ids: OrderedDict[str, None] = OrderedDict()

    def first_time(self, ident: str) -> bool:
        """Whether the id is new; remembers it.

        >>> seen = Seen(limit=2)
        >>> [seen.first_time(ident) for ident in ("a", "b", "a", "c", "b")]
        [True, True, False, True, True]
        """
        new = ident not in self._ids
        self._ids[ident] = None
        self._ids.move_to_end(ident)
        if len(self._ids) > self._limit:
            self._ids.popitem(last=False)
        return new


class BankClient:
    """Reads ``<prefix>.alerts.bank.<bank>``; a context manager.

    Args:
        bank: the subscriber id.
        broker: ``host:port``, several separated by commas.
        prefix: first part of all topic names.
        group: consumer group that remembers what was dealt with and shares the work between several clients
            (``fenghuo.bank.<bank>.desk`` is a good name, and allowed where access is controlled); without one the
            client looks on and nothing is remembered.
        from_beginning: where to begin when nothing is remembered: with the oldest alert, or with the next.
        seen: remembers alert ids.
        config: further kafka-python settings (``security_protocol``, ``sasl_mechanism`` and so on).

    Raises:
        FenghuoError: the broker does not answer, or has no such topic for us.
    """

    def __init__(
        self,
        bank: str,
        broker: str,
        *,
        prefix: str = "fenghuo",
        group: str | None = None,
        from_beginning: bool = True,
        seen: Seen | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        self._topic = bank_topic(prefix, bank)
        self._seen = seen or Seen()
        settings: dict[str, Any] = {
            "bootstrap_servers": broker.split(","),
            "bootstrap_timeout_ms": 10_000,
            "group_id": group,
            "session_timeout_ms": 6_000,  # how long a crashed client keeps its partitions from the others
            "heartbeat_interval_ms": 2_000,
            "auto_offset_reset": "earliest" if from_beginning else "latest",
            "enable_auto_commit": False,
            "allow_auto_create_topics": False,
            **(config or {}),
        }
        _require_listener(broker)
        try:
            self._consumer = KafkaConsumer(**settings)
            topics = set(self._consumer.topics())
        except KafkaError as error:
            problem = f"does not answer ({type(error).__name__})"
            raise FenghuoError(f"broker {broker}", problem, "start it, or name another broker") from None
        if self._topic not in topics:
            self._consumer.close()
            stem = bank_topic(prefix, "")
            banks = tuple(sorted(topic.removeprefix(stem) for topic in topics if topic.startswith(stem)))
            problem = f"has no topic {self._topic} that we may read"
            hint = near(bank, banks).strip() if banks else "(no bank topics yet)"
            raise FenghuoError(f"broker {broker}", problem, f"check the bank id {hint}")
        self._begin(group, from_beginning)

    def __enter__(self) -> "BankClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def alerts(self, stop: Callable[[], bool] = lambda: False) -> Iterator[dict[str, Any]]:
        """Yield each alert once, oldest first, until ``stop()`` is true; it is asked at least every half second.

        An alert counts as read when the caller asks for more after it: what was not dealt with comes again.
        """
        while not stop():
            for messages in self._consumer.poll(timeout_ms=500).values():
                for message in messages:
                    if (alert := self._decode(message)) is not None:
                        yield alert
            self._commit()

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close(autocommit=False)

    def _begin(self, group: str | None, from_beginning: bool) -> None:
        self._remembers = group is not None
        if self._remembers:
            self._consumer.subscribe([self._topic])
            return
        numbers = sorted(self._consumer.partitions_for_topic(self._topic) or ())
        partitions = [TopicPartition(self._topic, number) for number in numbers]
        self._consumer.assign(partitions)
        if from_beginning:
            self._consumer.seek_to_beginning(*partitions)
        else:
            self._consumer.seek_to_end(*partitions)
            for partition in partitions:  # seeking waits for the next poll; the end meant is the one of now
                self._consumer.position(partition, timeout_ms=10_000)

    def _decode(self, message: Any) -> dict[str, Any] | None:
        """The alert, or None for a repetition or for what is no alert."""
        try:
            alert: dict[str, Any] = json.loads(message.value)
            return alert if self._seen.first_time(alert["alert_id"]) else None
        except (ValueError, TypeError, KeyError) as error:
            _log.warning("%s[%s]@%s is no alert: %r", message.topic, message.partition, message.offset, error)
            return None

    def _commit(self) -> None:
        if not self._remembers:
            return
        try:
            self._consumer.commit()
        except KafkaError as error:
            # a rebalance is under way: the same alerts come again, and are dropped by id
            _log.warning("not committed: %s", error)


def _require_listener(broker: str) -> None:
    """Refuse an address where nobody listens: kafka-python would try on, and leave its thread behind at the end."""
    reasons = []
    for address in broker.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
            return
        except (OSError, ValueError) as error:
            reasons.append(getattr(error, "strerror", None) or str(error))
    problem = f"does not answer ({', '.join(reasons)})"
    raise FenghuoError(f"broker {broker}", problem, "start it, or name another broker as host:port")
