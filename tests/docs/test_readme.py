"""Every command of the README runs, and prints what the README says."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.brokers.embedded import SETTINGS, EmbeddedBroker
from tests.docs import readme

SECTIONS = readme.sections()
DATA = os.environ.get("FENGHUO_DATA", "")
ROWS = 400
"""Rows of each file of a data set that are replayed here; whole ones have a test of their own."""

INSTEAD = {
    "make demo": "fenghuo demo --seconds 10 --entities 100",
    "make test": f"make -C {readme.ROOT} -n test",
    "make kafka": f"make -C {readme.ROOT} -n kafka",
    "make bench": f"make -C {readme.ROOT} -n bench",
}
"""What takes too long, or never ends, is run small, or only asked what it would do."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of this module's own, because the README uses the default topics."""
    with EmbeddedBroker(tmp_path_factory.mktemp("readme-broker")) as embedded:
        yield embedded.bootstrap


def commands(section: str, where: Path, env: dict[str, str]) -> None:
    """Run a section; what a command prints is compared line by line, in any order (partitions have none)."""
    steps = SECTIONS[section]
    run = [readme.Step(INSTEAD.get(step.command, step.command), step.printed) for step in steps]
    for step, printed in zip(steps, readme.run(run, where, readme.place(where, env)), strict=True):
        if step.printed is not None:
            said = [line for raw in step.printed if (line := readme.plain(raw))]
            assert sorted(printed) == sorted(said), step.command


def test_every_section_with_commands_has_a_test() -> None:
    """A new section needs a test here."""
    assert set(SECTIONS) == {
        "Two commands",
        "Your own data",
        "Asking why",
        "Records made by others",
        "On Kafka",
        "Measuring",
    }


@pytest.mark.embedded
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_two_commands(tmp_path: Path) -> None:
    """The demonstration runs (small here) and its books agree; ``make test`` is what is running now."""
    commands("Two commands", tmp_path, {})


@pytest.mark.embedded
def test_your_own_data(tmp_path: Path, broker: str) -> None:
    """From a CSV to an alert at the bank, with the output the README shows."""
    shutil.copytree(readme.ROOT / "examples", tmp_path / "examples")
    settings = {"broker": broker, "metrics_port": 0, **SETTINGS}
    commands(
        "Your own data", tmp_path, {f"FENGHUO_{name.upper()}": str(value) for name, value in settings.items()}
    )


def test_asking_why(tmp_path: Path) -> None:
    """Explanations, reports and the catalogue, from a file alone."""
    shutil.copytree(readme.ROOT / "examples", tmp_path / "examples")
    commands("Asking why", tmp_path, {})
    assert list((tmp_path / "var" / "report").glob("*.pdf"))
    assert (tmp_path / "var" / "backtest" / "backtest.html").is_file()


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="set FENGHUO_DATA to the directory of the data sets")
def test_records_made_by_others(tmp_path: Path) -> None:
    """The three replays account for every row, of the first rows of each file."""
    for file in Path(DATA).glob("*/*.csv"):
        short = tmp_path / "data" / file.parent.name / file.name
        short.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as rows:
            short.write_bytes(b"".join(row for row, _ in zip(rows, range(ROWS + 1), strict=False)))
    commands("Records made by others", tmp_path, {})


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("section", ["On Kafka", "Measuring"])
def test_targets_of_make_exist(section: str, tmp_path: Path) -> None:
    """What runs until it is stopped, or for long, is only asked what it would do."""
    commands(section, tmp_path, {})


def test_the_connector_file_shown_is_the_one_that_runs() -> None:
    """The README shows ``court.yaml`` as it is."""
    shown = (readme.ROOT / "examples" / "own-data" / "court.yaml").read_text("utf-8")
    assert shown in (readme.ROOT / "README.md").read_text("utf-8")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_every_target_the_documentation_names_exists() -> None:
    """``make help`` lists them."""
    help_ = subprocess.run(
        ["make", "help"], cwd=readme.ROOT, capture_output=True, text=True, check=True
    ).stdout
    listed = {line.split("\t")[0] for line in help_.splitlines()}
    assert {"demo", "test", "lint", "format", "bench", "kafka", "lock", "docs", "clean"} <= listed
