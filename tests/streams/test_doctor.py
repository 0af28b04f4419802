"""The doctor finds what is wrong and says what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detectors.errors import FenghuoError
from streams.brokers.embedded import EmbeddedBroker
from streams.brokers.process import free_port
from streams.brokers.valkey import Valkey
from streams.doctor import Check, run
from streams.settings import Settings
from streams.topics import apply
from tests.streams.wire import own_settings


def examine(
    settings: Settings,
    *,
    now: datetime | None = None,
    secrets: Iterable[Path] = (),
    banks: Iterable[str] = (),
) -> dict[str, Check]:
    """All checks by name, with readers that always succeed."""
    found = run(
        settings,
        now=now or datetime.now(UTC),
        read_catalogue=lambda _: None,
        read_subscriptions=lambda _: banks,
        secret_files=secrets,
        broker_timeout=0.2,
    )
    assert all(check.remedy for check in found if check.status != "ok")
    return {check.name: check for check in found}


def ailing(tmp_path: Path, **values: object) -> Settings:
    """Settings that point at nothing."""
    defaults: dict[str, object] = {
        "broker": f"127.0.0.1:{free_port()}",
        "redis_url": f"redis://127.0.0.1:{free_port()}/0",
        "state_dir": tmp_path / "state",
        "metrics_port": free_port(),
    }
    return Settings(**{**defaults, **values})


@pytest.mark.embedded
def test_a_healthy_machine_has_no_findings(
    embedded_broker: EmbeddedBroker, valkey: Valkey, tmp_path: Path
) -> None:
    """Everything that must be there is; what is optional may warn."""
    values = {"broker": embedded_broker.bootstrap, "redis_url": valkey.url, "metrics_port": free_port()}
    settings = own_settings(partitions=1, subscriptions=tmp_path / "s.yaml", state_dir=tmp_path, **values)
    assert examine(settings, banks=["icbc"])["topics"].remedy == "run fenghuo topics apply"
    apply(settings.broker, settings, ["icbc"])
    found = examine(settings, banks=["icbc"])
    assert {check.name for check in found.values() if check.status != "ok"} <= {"apache kafka", "disk"}
    assert found["subscriptions"].what.endswith("s.yaml: 1 banks")


@pytest.mark.embedded
def test_a_clock_apart_from_redis_is_noticed(valkey: Valkey, tmp_path: Path) -> None:
    """Two machines that disagree about the time would disagree about silence."""
    later = datetime.now(UTC) + timedelta(minutes=5)
    found = examine(ailing(tmp_path, redis_url=valkey.url), now=later)["redis"]
    assert found.status == "warn"
    assert "clock and ours are 300 s apart" in found.what or "clock and ours are 299 s apart" in found.what


def test_absent_services_fail_with_their_place(tmp_path: Path) -> None:
    """And nothing raises."""
    settings = ailing(tmp_path)
    found = examine(settings)
    assert found["broker"].status == found["redis"].status == "fail"
    assert settings.broker in found["broker"].what
    assert str(settings.redis_url) in found["redis"].what
    assert found["topics"].status == "warn"
    assert found["subscriptions"].status == "warn"


def test_an_occupied_metrics_port_is_found(tmp_path: Path) -> None:
    """Before the worker fails on it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = examine(ailing(tmp_path, metrics_port=server.getsockname()[1]))["metrics port"]
    assert (found.status, "already in use" in found.what) == ("fail", True)


def test_an_open_metrics_endpoint_is_a_warning(tmp_path: Path) -> None:
    """It may be meant."""
    found = examine(ailing(tmp_path, metrics_host="0.0.0.0"))["metrics port"]
    assert (found.status, "open to other machines" in found.what) == ("warn", True)


def test_secrets_open_to_others_fail(tmp_path: Path) -> None:
    """A missing file fails as well; a private one passes."""
    secret = tmp_path / "hook"
    assert "missing" in examine(ailing(tmp_path), secrets=[secret])["secret files"].what
    secret.write_text("x")
    secret.chmod(0o644)
    found = examine(ailing(tmp_path), secrets=[secret])["secret files"]
    assert (found.status, found.remedy) == ("fail", "chmod 600 them")
    secret.chmod(0o600)
    assert examine(ailing(tmp_path), secrets=[secret])["secret files"].status == "ok"


def test_a_state_directory_that_cannot_be_made_fails(tmp_path: Path) -> None:
    """Here a file stands in its way."""
    (tmp_path / "file").write_text("")
    assert (
        examine(ailing(tmp_path, state_dir=tmp_path / "file" / "state"))["state directory"].status == "fail"
    )


def test_a_lost_clock_fails(tmp_path: Path) -> None:
    """A machine that thinks it is 1970 would call every record one from the future."""
    assert examine(ailing(tmp_path), now=datetime(1970, 1, 2, tzinfo=UTC))["clock"].status == "fail"


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (
            FenghuoError("s.yaml:3", "role 'bnak' is unknown", "write bank"),
            "s.yaml:3: role 'bnak' is unknown",
        ),
        (
            FileNotFoundError(2, "No such file or directory"),
            "s.yaml cannot be read (No such file or directory)",
        ),
    ],
)
def test_unreadable_files_are_reported_in_the_readers_words(
    tmp_path: Path, error: Exception, what: str
) -> None:
    """The doctor adds nothing of its own to a good sentence."""

    def broken(_: object) -> list[str]:
        raise error

    found = run(
        ailing(tmp_path, subscriptions=Path("s.yaml"), catalogue=Path("s.yaml")),
        now=datetime.now(UTC),
        read_catalogue=broken,
        read_subscriptions=broken,
        broker_timeout=0.2,
    )
    assert [(c.status, c.what) for c in found if c.name in ("subscriptions", "catalogue")] == [
        ("fail", what)
    ] * 2
