"""Publishing to Kafka through librdkafka: bounded queue, everything acknowledged at each flush."""

import time
from collections.abc import Callable

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.errors import PublishError
from connectors.publish import DeadLetter


class KafkaPublisher:
    """Publishes to ``<prefix>.records`` (key: entity) and ``<prefix>.dead-letters`` (key: source).

    The partitioner is Kafka's own (``murmur2_random``), so that every client agrees where an entity lives.
    ``idempotence`` needs a broker that knows producer ids; duplicates are recognised by the stream either way.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        prefix: str = "fenghuo",
        idempotence: bool = False,
        timeout: float = 30.0,
        queue_messages: int = 50_000,
        queue_kilobytes: int = 65_536,
        options: dict[str, str] | None = None,
    ) -> None:
        """``options`` are further librdkafka properties (TLS, SASL); ``timeout`` in seconds bounds every wait."""
        self._bootstrap = bootstrap
        self._records = f"{prefix}.records"
        self._letters = f"{prefix}.dead-letters"
        self._timeout = timeout
        self._failure: KafkaError | None = None
        self._trouble = ""
        settings: dict[str, object] = {
            "bootstrap.servers": bootstrap,
            "partitioner": "murmur2_random",
            "acks": "all",
            "enable.idempotence": idempotence,
            "linger.ms": 5,
            "queue.buffering.max.messages": queue_messages,
            "queue.buffering.max.kbytes": queue_kilobytes,
            "message.timeout.ms": int(timeout * 1000),
            "error_cb": self._on_error,
            # librdkafka would write broker trouble to stderr; it is in our own error instead
            "log_level": 0,
            **(options or {}),
        }
        try:
            self._producer = Producer(settings)
        except KafkaException as error:
            raise PublishError(
                f"broker {bootstrap}", error.args[0].str(), "correct the Kafka options"
            ) from error

    def check(self) -> None:
        """Ask the broker for its metadata once, for a clear message before any work.

        Raises:
            PublishError: no broker answers within the timeout.
        """
        try:
            self._producer.list_topics(timeout=self._timeout)
        except KafkaException as error:
            raise self._error(error.args[0].str()) from error

    def publish(self, entity: str, feed: str, wire: bytes) -> None:
        """Queue one record; waits for room when the queue is full (back-pressure).

        Raises:
            PublishError: no room within the timeout.
        """
        self._produce(self._records, entity.encode(), wire, [("feed", feed.encode())])

    def dead_letter(self, letter: DeadLetter) -> None:
        """Queue one dead letter, keyed by its source.

        Raises:
            PublishError: no room within the timeout.
        """
        self._produce(self._letters, letter.source_id.encode(), letter.body(), [*letter.headers()])

    def _produce(
        self, topic: str, key: bytes, value: bytes, headers: list[tuple[str, str | bytes | None]]
    ) -> None:
        def send() -> None:
            self._producer.produce(topic, value, key, on_delivery=self._delivered, headers=headers)

        try:
            with_room(send, self._producer.poll, timeout=self._timeout)
        except BufferError:
            raise self._error(f"took nothing for {self._timeout:g} s and the send queue is full") from None
        except KafkaException as error:
            raise self._error(error.args[0].str()) from error

    def flush(self) -> None:
        """Wait until the broker has acknowledged everything queued.

        Raises:
            PublishError: something was refused or not acknowledged; what is still queued is dropped, because the
                caller will send the whole batch again.
        """
        left = self._producer.flush(self._timeout)
        failure, self._failure = self._failure, None
        if left:
            self._producer.purge()
            self._producer.flush(1.0)
            self._failure = None
            raise self._error(f"did not acknowledge {left} messages within {self._timeout:g} s")
        if failure is not None:
            raise self._error(failure.str())

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failure = error

    def _on_error(self, error: KafkaError) -> None:
        self._trouble = error.str()

    def _error(self, problem: str) -> PublishError:
        if self._trouble and self._trouble not in problem:
            problem += f" ({self._trouble})"
        return PublishError(
            f"broker {self._bootstrap}",
            problem,
            "start the broker or correct its address (bootstrap servers)",
        )


def with_room(send: Callable[[], None], serve: Callable[[float], int], *, timeout: float) -> None:
    """Call ``send``; while it raises BufferError (queue full), ``serve`` deliveries and try again.

    Raises:
        BufferError: still no room after ``timeout`` seconds of serving.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            send()
        except BufferError:
            if time.monotonic() >= deadline:
                raise
            serve(0.1)
        else:
            serve(0)
            return
