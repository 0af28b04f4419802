"""One attempt to deliver a webhook over HTTP: follows no redirect and reads no long answers."""

import asyncio
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx

from alerts.policy.retry import Answer

_LONGEST_BODY = 1 << 16


class Sender(Protocol):
    """What the dispatcher needs to send."""

    async def send(self, url: str, body: bytes, headers: dict[str, str], now: datetime) -> Answer:
        """Post once and say what came back; failures are answers, not exceptions."""

    async def close(self) -> None:
        """Let go of connections."""


class HttpSender:
    """Posts with httpx.

    Args:
        timeout: seconds for one attempt, everything together (Standard Webhooks advises 15 to 30).
    """

    def __init__(self, timeout: float = 15.0) -> None:
        self._timeout = timeout
        # no proxy or .netrc out of the environment: requests go where the subscription says
        self._client = httpx.AsyncClient(
            timeout=timeout,
            limits=httpx.Limits(max_connections=None),
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": "fenghuo-webhooks", "content-type": "application/json"},
        )

    async def send(self, url: str, body: bytes, headers: dict[str, str], now: datetime) -> Answer:
        answer: Answer | None = None
        try:
            # httpx limits each step; a receiver that drips bytes would pass, so the whole is limited as well
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream("POST", url, content=body, headers=headers) as response,
            ):
                answer = Answer(response.status_code, retry_after(response.headers.get("retry-after"), now))
                await _drain(response)
                return answer
        except (TimeoutError, httpx.TimeoutException):
            return answer or Answer(None, failure="timed_out")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):  # the last two: a host that can be none
            return answer or Answer(None, failure="unreachable")

    async def close(self) -> None:
        await self._client.aclose()


async def _drain(response: httpx.Response) -> None:
    """Read a short body to its end, because only then the connection can be used again."""
    length = 0
    async for chunk in response.aiter_raw():
        length += len(chunk)
        if length > _LONGEST_BODY:
            return


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds asked for by a ``Retry-After`` header (RFC 9110, 10.2.3): a number, or an HTTP date.

    Anything else, and a date already past, is no wish.
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    seconds = (moment - now).total_seconds()
    return seconds if seconds > 0 else None
