"""The direction of imports: the contracts of pyproject.toml hold, and they notice when they do not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("streams", "connectors", "alerts", "detectors")
LINTER = Path(sys.executable).with_name("lint-imports")

BREACHES = [
    # file, statement, contract
    ("detectors/score.py", "import streams.topics", "Layers point one way"),
    ("detectors/ledger.py", "from alerts.policy import alert", "Layers point one way"),
    ("connectors/rows.py", "import streams.settings", "Layers point one way"),
    ("connectors/stats.py", "from alerts.policy import retry", "Layers point one way"),
    ("alerts/policy/alert.py", "import connectors.rows", "Layers point one way"),
    ("detectors/points/tax.py", "import time", "The core does no I/O and reads no clock"),
    ("alerts/policy/lifecycle.py", "import random", "The core does no I/O and reads no clock"),
    ("detectors/fold.py", "import logging", "The core does no I/O and reads no clock"),
    ("alerts/delivery/pace.py", "import faust", "Only the shell knows Faust"),
    ("connectors/wire.py", "import mode", "Only the shell knows Faust"),
    ("alerts/policy/routing.py", "from alerts.delivery import signing", "Delivery rests on policy"),
]


def lint(directory: Path) -> tuple[int, str]:
    """Exit code and output of import-linter in a checkout."""
    done = subprocess.run([LINTER, "--no-cache"], cwd=directory, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages that may be broken."""
    copy = tmp_path_factory.mktemp("checkout")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def test_the_contracts_hold() -> None:
    code, said = lint(ROOT)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(("file", "statement", "contract"), BREACHES)
def test_an_import_against_the_direction_is_caught(
    checkout: Path, file: str, statement: str, contract: str
) -> None:
    """One at a time, in a copy of the tree."""
    path = checkout / file
    before = path.read_text("utf-8")
    path.write_text(before + f"\n{statement}\n", "utf-8")
    try:
        code, said = lint(checkout)
    finally:
        path.write_text(before, "utf-8")
    assert code == 1, said
    assert f"{contract} BROKEN" in said
    assert file.removesuffix(".py").replace("/", ".") in said.partition("Broken contracts")[2]


def test_every_package_has_its_place_in_the_contract() -> None:
    """A fifth package at the top would be bound by nothing."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert found == set(PACKAGES)
