"""A connector as a process of its own, to be killed: publishes into a file that outlives it.

``python -m tests.connectors.child CONFIG OUTPUT SECONDS_PER_RECORD``
"""

import base64
import json
import os
import sys
import time
from pathlib import Path

from connectors.config import load
from connectors.publish import DeadLetter
from connectors.runner import run, stopping


class FilePublisher:
    """Every record is on disk before the next one: what was sent can be read after a kill."""

    def __init__(self, path: Path, delay: float) -> None:
        self._file = path.open("ab", buffering=0)
        self._delay = delay

    def publish(self, entity: str, feed: str, wire: bytes) -> None:
        self._write({"entity": entity, "feed": feed, "wire": wire.decode()})
        time.sleep(self._delay)

    def dead_letter(self, letter: DeadLetter) -> None:
        self._write({"reason": letter.reason, "original": base64.b64encode(letter.original).decode()})

    def _write(self, value: dict[str, str]) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")

    def flush(self) -> None:
        os.fsync(self._file.fileno())


def main() -> None:
    config, output, delay = sys.argv[1:]
    with stopping() as stop:
        run(load(Path(config)), FilePublisher(Path(output), float(delay)), stop=stop)


if __name__ == "__main__":
    main()
