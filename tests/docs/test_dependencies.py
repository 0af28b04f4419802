"""The list of dependencies is the one that is installed."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def described(title: str) -> list[str]:
    """Packages of one table of docs/dependencies.md."""
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \| \S", section, flags=re.MULTILINE)


def names(requirements: list[str]) -> list[str]:
    """Names of packages, without versions and extras."""
    return [re.split(r"[\[<>=!~ ;]", requirement)[0] for requirement in requirements]


def test_every_direct_dependency_has_its_line_and_no_other() -> None:
    """Add the line with the dependency, and take it away with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert sorted(described("At run time")) == sorted(names(project["project"]["dependencies"]))
    assert sorted(described("For development")) == sorted(names(project["dependency-groups"]["dev"]))
