"""Desks for the tests of commands that need a broker."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.brokers.embedded import EmbeddedBroker
from tests.streams.desk import Desk


@pytest.fixture
def desk(embedded_broker: EmbeddedBroker, tmp_path: Path) -> Desk:
    """Without topics."""
    return Desk(embedded_broker.bootstrap, tmp_path)


@pytest.fixture
def office(desk: Desk) -> Desk:
    """With topics."""
    assert desk.run("topics", "apply").code == 0
    return desk
