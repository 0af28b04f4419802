"""When a webhook is tried again."""

from datetime import UTC, datetime

import pytest

from alerts.delivery.sender import retry_after
from alerts.policy.retry import PAUSES, Answer, Cause, RetryPolicy, next_attempt

TIMED_OUT = Answer(None, failure="timed_out")
UNREACHABLE = Answer(None, failure="unreachable")
LAST = len(PAUSES) + 1
ROWS = [
    # any 2xx is a success
    (1, Answer(200), "delivered", Cause.ACCEPTED, None),
    (7, Answer(204), "delivered", Cause.ACCEPTED, None),
    # the receiver is broken or away: the whole schedule, then it is over
    (1, Answer(500), "retry", Cause.SERVER_ERROR, 5.0),
    (2, Answer(502), "retry", Cause.SERVER_ERROR, 300.0),
    (LAST - 1, UNREACHABLE, "retry", Cause.UNREACHABLE, PAUSES[-1]),
    (LAST, UNREACHABLE, "give_up", Cause.UNREACHABLE, None),
    (1, TIMED_OUT, "retry", Cause.TIMED_OUT, 5.0),
    (1, Answer(408), "retry", Cause.TIMED_OUT, 5.0),
    # slow down: its own pause, when that is longer than ours, and never longer than a day
    (1, Answer(429), "retry", Cause.THROTTLED, 5.0),
    (1, Answer(429, retry_after=60.0), "retry", Cause.THROTTLED, 60.0),
    (2, Answer(429, retry_after=60.0), "retry", Cause.THROTTLED, 300.0),
    (1, Answer(503, retry_after=1e9), "retry", Cause.SERVER_ERROR, 86_400.0),
    # the receiver says the request is wrong: soon over, repeating does not make it right
    (1, Answer(400), "retry", Cause.CLIENT_ERROR, 5.0),
    # a redirect is not followed, so that nobody can send us elsewhere
    (1, Answer(302), "retry", Cause.REDIRECT, 5.0),
    # the receiver wants no more, ever
    (1, Answer(410), "gone", Cause.GONE, None),
    # an answer outside HTTP's classes is nothing we can use
    (1, Answer(999), "retry", Cause.SERVER_ERROR, 5.0),
]


@pytest.mark.parametrize(("attempt", "answer", "action", "cause", "delay"), ROWS)
def test_every_answer_has_its_decision(
    attempt: int, answer: Answer, action: str, cause: Cause, delay: float | None
) -> None:
    decision = next_attempt(attempt, answer)
    assert (decision.action, decision.cause, decision.delay) == (action, cause, delay)
    assert f"attempt {attempt}" in decision.reason


def test_every_cause_has_a_row() -> None:
    assert {cause for _, _, _, cause, _ in ROWS} == set(Cause)


def test_only_rejections_count_towards_the_limit_of_rejections() -> None:
    """A receiver that was down for hours and then answers one 404 while it starts is not given up."""
    assert next_attempt(5, Answer(404), rejections=0).action == "retry"
    assert next_attempt(5, Answer(404), rejections=1).action == "retry"
    assert next_attempt(5, Answer(404), rejections=2).action == "give_up"


def test_jitter_only_lengthens_a_pause_and_is_bounded() -> None:
    delays = [next_attempt(1, Answer(500), chance=chance).delay for chance in (0.0, 0.5, 0.999)]
    assert delays == sorted(delays, key=lambda delay: delay or 0)
    assert delays[0] == 5.0
    assert (delays[-1] or 0) < 5.5


def test_an_impossible_answer_or_policy_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="status or a failure"):
        Answer(None)
    with pytest.raises(ValueError, match="status or a failure"):
        Answer(200, failure="timed_out")
    with pytest.raises(ValueError, match="at least one attempt"):
        RetryPolicy(client_error_attempts=0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        ("Tue, 06 Jan 2026 00:02:00 GMT", 120.0),  # an HTTP date
        ("Mon, 05 Jan 2026 00:00:00 GMT", None),  # already past
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 1, 6, tzinfo=UTC)) == seconds
