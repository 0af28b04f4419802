"""What a machine lacks to run Fenghuo: a list of checks, each with what was found and what to do about it."""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar

import redis

from detectors.errors import FenghuoError
from streams.access import UnreachableError
from streams.brokers import distribution
from streams.brokers.process import is_free
from streams.settings import Settings
from streams.topics import missing_topics

Status = Literal["ok", "warn", "fail"]
T = TypeVar("T")

PYTHON_AT_LEAST = (3, 11)
DISK_FAIL_BYTES, DISK_WARN_BYTES = 1 << 30, 10 << 30
NOT_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)  # a machine that says so has lost its clock
CLOCK_SKEW = timedelta(seconds=5)
NO_BROKER = "start one (make kafka), or set broker"


@dataclass(frozen=True)
class Check:
    """One finding. ``remedy`` is empty when the status is ok."""

    name: str
    status: Status
    what: str
    remedy: str = ""


def run(
    settings: Settings,
    *,
    now: datetime,
    read_catalogue: Callable[[Path | None], object],
    read_subscriptions: Callable[[Path], Iterable[str]],
    secret_files: Iterable[Path] = (),
    broker_timeout: float = 3.0,
) -> list[Check]:
    """Every check, in a fixed order; none raises.

    ``now``: the wall clock, aware. ``read_catalogue(path or None)`` and ``read_subscriptions(path)`` (returning the
    bank ids) load the file or raise FenghuoError. ``secret_files``: those named elsewhere (subscriptions, connectors),
    besides the ones in the settings.
    """
    subscriptions, banks = _subscriptions(settings, read_subscriptions)
    return [
        _python(),
        *_broker(settings, banks, broker_timeout),
        *_redis(settings, now),
        _port(settings),
        _java(),
        _disk(settings.state_dir),
        _state_dir(settings.state_dir),
        _clock(now),
        subscriptions,
        _catalogue(settings, read_catalogue),
        _secrets(settings, secret_files),
    ]


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] >= PYTHON_AT_LEAST:
        return Check("python", "ok", version)
    return Check("python", "fail", f"{version} is too old", "install Python 3.11 or newer")


def _broker(settings: Settings, banks: Iterable[str], timeout: float) -> list[Check]:
    try:
        absent = missing_topics(settings.broker, settings, banks, timeout)
    except UnreachableError as error:
        return [
            Check("broker", "fail", f"{error.place}: {error.problem}", error.remedy),
            Check("topics", "warn", "not checked without a broker", NO_BROKER),
        ]
    except FenghuoError as error:
        return [Check("broker", "ok", settings.broker), Check("topics", "fail", error.problem, error.remedy)]
    if absent:
        found = Check("topics", "fail", f"missing: {', '.join(absent)}", "run fenghuo topics apply")
    else:
        found = Check("topics", "ok", f"all present under {settings.prefix}.")
    return [Check("broker", "ok", settings.broker), found]


def _redis(settings: Settings, now: datetime) -> list[Check]:
    if settings.redis_url is None:
        return [Check("redis", "warn", "redis_url is empty", "set it if you want webhooks")]
    try:
        password = settings.redis_password()
        with redis.Redis.from_url(settings.redis_url, password=password, socket_timeout=2.0) as client:
            seconds, micros = client.time()
    except (redis.RedisError, FenghuoError, ValueError) as error:
        remedy = "start Redis or Valkey, or set redis_url (and redis_password_file)"
        return [Check("redis", "fail", f"{settings.redis_url} does not answer: {error}", remedy)]
    skew = abs(datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros) - now)
    if skew > CLOCK_SKEW:
        what = f"{settings.redis_url} answers, but its clock and ours are {skew.total_seconds():.0f} s apart"
        return [Check("redis", "warn", what, "synchronise the clocks (NTP)")]
    return [Check("redis", "ok", settings.redis_url)]


def _port(settings: Settings) -> Check:
    place = f"{settings.metrics_host}:{settings.metrics_port}"
    if settings.metrics_port == 0:
        return Check("metrics port", "ok", "the endpoint is turned off")
    try:
        free = is_free(settings.metrics_host, settings.metrics_port)
    except OSError as error:
        return Check(
            "metrics port", "fail", f"{place}: {error}", "set metrics_host to an address of this machine"
        )
    if not free:
        return Check(
            "metrics port", "fail", f"{place} is already in use", "set metrics_port, or stop what holds it"
        )
    if settings.metrics_host not in ("127.0.0.1", "localhost", "::1"):
        return Check(
            "metrics port", "warn", f"{place} is open to other machines", "keep 127.0.0.1 unless they need it"
        )
    return Check("metrics port", "ok", f"{place} is free")


def _java() -> Check:
    why = distribution.missing()
    if why is None:
        return Check("apache kafka", "ok", f"Java {distribution.java_version()}, can be started here")
    return Check("apache kafka", "warn", why, "only needed for make kafka and the tests that use it")


def _disk(directory: Path) -> Check:
    place = next(
        parent for parent in (directory.absolute(), *directory.absolute().parents) if parent.exists()
    )
    free = shutil.disk_usage(place).free
    what = f"{free / 2**30:.1f} GiB free at {place}"
    if free < DISK_WARN_BYTES:
        return Check(
            "disk", "fail" if free < DISK_FAIL_BYTES else "warn", what, "make room, or move state_dir"
        )
    return Check("disk", "ok", what)


def _state_dir(directory: Path) -> Check:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory) as probe:
            probe.write(b"x")
    except OSError as error:
        what = f"{directory} cannot be written ({error.strerror})"
        return Check("state directory", "fail", what, "set state_dir to a directory of yours")
    return Check("state directory", "ok", str(directory))


def _clock(now: datetime) -> Check:
    if now < NOT_BEFORE:
        return Check("clock", "fail", f"the machine says {now:%Y-%m-%d}", "set its clock (NTP)")
    return Check("clock", "ok", now.isoformat(timespec="seconds"))


def _subscriptions(settings: Settings, read: Callable[[Path], Iterable[str]]) -> tuple[Check, list[str]]:
    if settings.subscriptions is None:
        what, remedy = "no file is named", "set subscriptions, or no bank will be told anything"
        return Check("subscriptions", "warn", what, remedy), []
    path = settings.subscriptions
    found, banks = _readable("subscriptions", path, lambda: list(read(path)))
    if banks is None:
        return found, []
    return Check("subscriptions", "ok", f"{path}: {len(banks)} banks"), banks


def _catalogue(settings: Settings, read: Callable[[Path | None], object]) -> Check:
    return _readable("catalogue", settings.catalogue, lambda: read(settings.catalogue))[0]


def _readable(name: str, path: Path | None, read: Callable[[], T]) -> tuple[Check, T | None]:
    try:
        value = read()
    except FenghuoError as error:
        return Check(name, "fail", f"{error.place}: {error.problem}", error.remedy or "correct it"), None
    except OSError as error:
        return Check(
            name, "fail", f"{path} cannot be read ({error.strerror})", "check the path and its mode"
        ), None
    return Check(name, "ok", str(path) if path else "built in"), value


def _secrets(settings: Settings, more: Iterable[Path]) -> Check:
    named = [settings.security.password_file, settings.redis_password_file, *more]
    files = [path for path in named if path is not None]
    gone = [str(path) for path in files if not path.is_file()]
    if gone:
        return Check(
            "secret files", "fail", f"missing: {', '.join(gone)}", "create them, or correct the setting"
        )
    # others have nothing to read there, and nobody but the owner may replace it
    loose = [str(path) for path in files if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP)]
    if loose:
        return Check("secret files", "fail", f"open to others: {', '.join(loose)}", "chmod 600 them")
    return Check(
        "secret files", "ok", f"{len(files)} files, none open to others" if files else "none are named"
    )
