"""When a webhook is tried again: a pure decision with its reason.

Follows the operational advice of the Standard Webhooks specification (standardwebhooks.com, "Deliverability
and reliability"): 2xx is success, 410 disables the endpoint, redirects are not followed, everything else is
retried on a schedule of growing pauses with jitter; a receiver may ask for its own pause in ``Retry-After``
(RFC 9110, 10.2.3).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

MINUTE, HOUR = 60.0, 3600.0

PAUSES: tuple[float, ...] = (
    5.0,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""Seconds to wait after the first, second, … failed attempt."""


class Cause(StrEnum):
    """Why an attempt ended as it did: a closed set, fit for a metric label or a header."""

    ACCEPTED = "accepted"
    GONE = "gone"
    THROTTLED = "throttled"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    SERVER_ERROR = "server_error"
    CLIENT_ERROR = "client_error"
    REDIRECT = "redirect_not_followed"


REJECTIONS: frozenset[Cause] = frozenset({Cause.CLIENT_ERROR, Cause.REDIRECT})
"""The receiver says that the request is wrong; asking often does not make it right."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one attempt.

    Args:
        status: HTTP status, or None when there was no answer.
        retry_after: seconds the receiver asked us to wait, if it did.
        failure: without a status, whether time ran out or nobody could be reached.
    """

    status: int | None
    retry_after: float | None = None
    failure: Literal["timed_out", "unreachable"] | None = None

    def __post_init__(self) -> None:
        if (self.status is None) == (self.failure is None):
            raise ValueError(f"an answer has a status or a failure, not both or neither: {self}")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient the dispatcher is.

    Args:
        pauses: seconds after each failed attempt; one attempt more than there are pauses, then it gives up.
        client_error_attempts: how often a receiver may say that the request is wrong (4xx, 3xx).
        jitter: largest share by which a pause is lengthened: a returning receiver is not hit all at once.
        longest: ceiling in seconds for a pause asked for by the receiver.
    """

    pauses: tuple[float, ...] = PAUSES
    client_error_attempts: int = 3
    jitter: float = 0.1
    longest: float = 24 * HOUR

    def __post_init__(self) -> None:
        if any(pause < 0 for pause in self.pauses) or self.client_error_attempts < 1 or self.jitter < 0:
            raise ValueError(
                f"pauses and jitter must not be negative and there is at least one attempt: {self}"
            )


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What to do now; ``delay`` (seconds) is set for ``retry`` only."""

    action: Literal["delivered", "retry", "give_up", "gone"]
    cause: Cause
    reason: str
    delay: float | None = None


_DEFAULT_POLICY = RetryPolicy()


def next_attempt(
    attempt: int,
    answer: Answer,
    policy: RetryPolicy = _DEFAULT_POLICY,
    *,
    rejections: int = 0,
    chance: float = 0.0,
) -> RetryDecision:
    """Decide after attempt number ``attempt`` (1 is the first).

    Args:
        attempt: how many attempts have been made, this one included.
        answer: what came back.
        policy: how patient to be.
        rejections: how many of the attempts before were answered with 4xx or 3xx.
        chance: a number in [0, 1), from the caller's source of randomness, that sets the jitter.

    >>> next_attempt(1, Answer(503)).delay
    5.0
    >>> next_attempt(1, Answer(410)).action
    'gone'
    """
    cause = classify(answer)
    allowed = len(policy.pauses) + 1
    if cause in REJECTIONS:
        allowed = min(allowed, attempt - rejections - 1 + policy.client_error_attempts)
    what = f"HTTP {answer.status}" if answer.status is not None else cause.value.replace("_", " ")
    reason = f"{what} at attempt {attempt} of {allowed}"
    if cause is Cause.ACCEPTED:
        return RetryDecision("delivered", cause, reason)
    if cause is Cause.GONE:
        return RetryDecision("gone", cause, f"{reason}: the receiver withdrew this address")
    if attempt >= allowed:
        return RetryDecision("give_up", cause, reason)
    pause = policy.pauses[attempt - 1]
    if answer.retry_after is not None:
        pause = max(pause, min(answer.retry_after, policy.longest))
    return RetryDecision("retry", cause, reason, pause * (1 + policy.jitter * chance))


def classify(answer: Answer) -> Cause:
    """Name what came back."""
    status = answer.status
    if status is None:
        return Cause(answer.failure or "")
    special = {410: Cause.GONE, 429: Cause.THROTTLED, 408: Cause.TIMED_OUT}
    if status in special:
        return special[status]
    return {2: Cause.ACCEPTED, 3: Cause.REDIRECT, 4: Cause.CLIENT_ERROR}.get(
        status // 100, Cause.SERVER_ERROR
    )
