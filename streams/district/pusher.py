"""The registry's front end: sends batches to the platform's push endpoint until they are taken."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from detectors.errors import FenghuoError

_AGAIN: Final = frozenset({409, 429, 503})


class Pusher:
    """Callable as a :data:`~streams.district.departments.Deliver`; waits for the endpoint and sends again."""

    def __init__(
        self,
        port_file: Path,
        token_file: Path,
        patience: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``port_file`` is written by the connector once it listens; ``patience`` in seconds per batch."""
        self._port_file, self._token_file, self._patience = port_file, token_file, patience
        self._sleep, self._clock = sleep, clock
        self._client = httpx.Client(timeout=40.0, trust_env=False)

    def __call__(self, body: bytes, key: str) -> None:
        """Send one batch.

        Raises:
            FenghuoError: refused for good, or not taken within the patience.
        """
        until = self._clock() + self._patience
        problem = "did not listen"
        while self._clock() < until:
            try:
                answer = self._client.post(self._url(), content=body, headers=self._headers(key))
            except (httpx.TransportError, FileNotFoundError, ValueError) as error:
                problem = f"does not answer ({error})"
                self._sleep(0.1)
                continue
            if answer.status_code == 200:
                return
            problem = f"answered {answer.status_code}: {answer.text[:200]}"
            if answer.status_code not in _AGAIN:
                break
            self._sleep(0.1)
        raise FenghuoError("push endpoint", problem, "start the registry connector, or look at its log")

    def _url(self) -> str:
        return f"http://127.0.0.1:{int(self._port_file.read_text())}/v1/records"

    def _headers(self, key: str) -> dict[str, str]:
        token = self._token_file.read_text().strip()
        return {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
