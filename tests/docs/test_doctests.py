"""Every example in a docstring is run."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in ("detectors", "alerts", "connectors", "streams")
    for path in (ROOT / package).rglob("*.py")
    if re.search(r"^ +>>> ", path.read_text("utf-8"), re.MULTILINE)
)


def test_there_are_examples() -> None:
    assert len(WITH_EXAMPLES) > 30


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_say_what_happens(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module.removesuffix(".__init__"))).failed == 0
