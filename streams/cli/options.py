"""Options every command that talks to a broker has."""

import logging
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from detectors.errors import FenghuoError
from streams.settings import Settings
from streams.settings_sources import load

Broker = Annotated[str | None, typer.Option(help="bootstrap servers, host:port[,host:port…]")]
Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file with settings (default: fenghuo.toml)")
]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="any setting, as name=value; may be given again")
]


_OURS = ("streams", "connectors", "alerts")
_KINDS = 1000
"""Kinds of messages remembered; some libraries put the details into the message itself."""


def settings_of(broker: str | None, config: Path | None, said: list[str] | None, **more: object) -> Settings:
    """Settings from the command line, the environment, the file and the defaults.

    Raises:
        FenghuoError: a ``--set`` without ``=``, or what :func:`streams.settings_sources.load` refuses.
    """
    overrides: dict[str, object] = {"broker": broker, **more}
    for one in said or []:
        name, equals, value = one.partition("=")
        if not equals:
            raise FenghuoError(f"--set {one}", "is not name=value", "write e.g. --set batch_max=500")
        overrides[name.strip()] = value
    return load(overrides, config=config)


def log_to_stderr(settings: Settings) -> None:
    """Plain log lines on standard error; the libraries' chatter only when something is wrong, and not all of it."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(Seldom())
    for noisy in ("faust", "mode", "aiokafka", "kafka"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


class Seldom(logging.Filter):
    """Lets each kind of message through once in ``seconds``, saying how many of its kind were left out.

    While a broker is away its client complains seventy times a second, and would bury what matters.
    """

    def __init__(self, seconds: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` is given in tests. Our own messages pass: they are few, and no two are alike."""
        super().__init__()
        self._seconds, self._clock = seconds, clock
        self._last: dict[tuple[str, object], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the record."""
        if record.name.partition(".")[0] in _OURS:
            return True
        kind, now = (record.name, record.msg), self._clock()
        said, left_out = self._last.get(kind, (-math.inf, 0))
        if now - said < self._seconds:
            self._last[kind] = (said, left_out + 1)
            return False
        if len(self._last) > _KINDS:
            self._last.clear()
        self._last[kind] = (now, 0)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} more like it)", None
        return True
