"""Records with one mistake each, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.detectors.examples import example_record


def bad_uscc() -> dict[str, Any]:
    """A record whose identifier fails its own check character."""
    record = example_record("F04")
    record["subject"]["value"] = "91330604MA0000015X"
    del record["entity"]
    return record


def no_unit() -> dict[str, Any]:
    """A record with an amount that could be yuan or wan."""
    record = example_record("F04")
    record["payload"]["exec_amount"] = "200"
    return record


def unknown_field() -> dict[str, Any]:
    """A record with a misspelt payload field."""
    record = example_record("F04")
    record["payload"]["exec_amout"] = record["payload"].pop("exec_amount")
    return record


WRONG = [
    pytest.param(
        bad_uscc, "invalid_identifier", "check character of '91330604MA0000015X' must be G", id="USCC"
    ),
    pytest.param(no_unit, "amount_without_unit", "write it as 200万元", id="unit"),
    pytest.param(unknown_field, "unknown_field", "did you mean exec_amount", id="field"),
]
