"""What is shipped: the wheel holds the four packages with their data, and runs far from any checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.detectors.examples import example_record

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"streams", "connectors", "alerts", "detectors"}

IMPORT_ALL = """
import importlib, pkgutil, sys
packages = {packages!r}
for name in sorted(packages):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
own = {{n: m.__file__ for n, m in sys.modules.items() if n.partition(".")[0] in packages}}
strangers = sorted(n for n, path in own.items() if path and not path.startswith({site!r}))
print(len(own), strangers)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by hatchling from the checkout, without network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel laid out as an installer does."""
    directory = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory)
    return directory


def python(site: Path, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the interpreter in ``directory`` with the unpacked wheel before everything else."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env=env | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_four_packages_and_nothing_else_at_the_top(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names}
    [info] = tops - PACKAGES
    assert tops > PACKAGES
    assert info.startswith("fenghuo-")
    assert info.endswith(".dist-info")
    assert "detectors/catalogue/shipped/general.yaml" in names
    assert f"{info}/licenses/LICENSE" in names
    assert not [name for name in names if name.endswith((".pyc", ".pyo")) or "__pycache__" in name]


def test_the_wheel_names_its_command_and_its_dependencies(site: Path) -> None:
    [info] = site.glob("*.dist-info")
    assert "fenghuo = streams.__main__:main" in (info / "entry_points.txt").read_text("utf-8")
    metadata = (info / "METADATA").read_text("utf-8")
    for needed in ("faust-streaming", "kafka-python", "river", "redis", "prometheus-client"):
        assert f"Requires-Dist: {needed}" in metadata
    assert "Requires-Python: >=3.11" in metadata


def test_every_module_of_the_wheel_imports_from_an_empty_directory(site: Path, tmp_path: Path) -> None:
    """And none of them comes from a checkout."""
    done = python(site, tmp_path, "-c", IMPORT_ALL.format(packages=PACKAGES, site=str(site)))
    assert done.returncode == 0, done.stderr
    count, _, strangers = done.stdout.partition(" ")
    assert int(count) > 150
    assert strangers.strip() == "[]"


def test_the_wheel_assesses_with_the_catalogue_inside_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text(json.dumps(example_record("F04"), ensure_ascii=False), "utf-8")
    done = python(site, tmp_path, "-m", "streams", "assess", "r.jsonl")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["level"] == 3
