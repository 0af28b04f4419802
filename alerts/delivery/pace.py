"""How fast and how patiently webhooks are sent."""

from dataclasses import dataclass, field
from datetime import timedelta

from alerts.policy.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast and how patiently the dispatcher works.

    Args:
        retry: when to try again.
        parallel: requests at a time to one receiver.
        lease: how long a claimed notification is hidden from other dispatchers, and so how late it is sent
            when this process dies while sending; longer than the timeout of one attempt.
        sent_memory: how long a delivered notification is remembered, so that a repeated message is not sent.
        gather: how long a subscriber's digests of different partitions wait for each other, to be one message.
        idle: longest wait before looking again for work, retrying a broker or Redis, or committing offsets.
    """

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    parallel: int = 8
    lease: timedelta = timedelta(seconds=60)
    sent_memory: timedelta = timedelta(days=1)
    gather: timedelta = timedelta(seconds=15)
    idle: timedelta = timedelta(seconds=1)


DEFAULT_PACE = Pace()
