"""``fenghuo indicators`` as its user meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from detectors.indicators.registry import INDICATORS
from tests.detectors import build
from tests.streams.commands import fenghuo, lines, mistake

FIRM = build.FIRM


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two enforcement cases of a firm that guarantees another one, which is on the list of dishonest debtors."""
    contract = {"contract_no": "g", "guarantor": FIRM, "debtor": build.OTHER, "way": "joint_guarantee",
                "principal": build.money(1e6)}  # fmt: skip
    listed = {"court": "绍兴市上虞区人民法院", "performance": "none", "type": 1}
    records = [
        build.master("2025-01-02", 1_000_000),
        build.enforcement(1, "2026-03-01", 100_000),
        build.enforcement(2, "2026-03-20", 200_000),
        *(build.record("F26", "g", "2026-01-05", contract, entity=one) for one in (FIRM, build.OTHER)),
        build.saying(build.dishonest(3, "2026-03-25", entity=build.OTHER), **listed),
    ]
    return lines(tmp_path / "records.jsonl", *(json.loads(msgspec.json.encode(one)) for one in records))


def answered(directory: Path, *arguments: object) -> dict[str, Any]:
    """The one JSON object of a command that went well."""
    ended = fenghuo("indicators", *arguments, "--json", directory=directory)
    assert (ended.code, ended.err) == (0, ""), ended
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_list_and_show(tmp_path: Path) -> None:
    """All of them, those of a family, and one with what its codes mean."""
    assert answered(tmp_path, "list")["count"] == len(INDICATORS)
    assert {row["family"] for row in answered(tmp_path, "list", "--family", "tax")["indicators"]} == {"tax"}
    assert answered(tmp_path, "show", "tax.paid.12m") == INDICATORS["tax.paid.12m"].row()
    shown = fenghuo("indicators", "show", "tax.paid.12m", directory=tmp_path).out
    assert "unknown until a record tells it" in shown
    assert "46 indicators" in fenghuo("indicators", "list", "--family", "tax", directory=tmp_path).out


def test_values_of_a_firm_among_those_it_is_bound_to(file: Path, tmp_path: Path) -> None:
    """Also what only the network knows; where nothing is known, the reason."""
    asked = ["judicial.f04.amount.30d", "judicial.f04.count.90d", "network.hop1_red.now", "network.circle.now",
             "utility.gas.use.now"]  # fmt: skip
    options = [word for name in asked for word in ("--id", name)]
    found = answered(tmp_path, "value", FIRM, "--data", file, *options)
    assert found["values"] == {
        "judicial.f04.amount.30d": {"value": 300_000},
        "judicial.f04.count.90d": {"value": 2},
        "network.hop1_red.now": {"value": 1},
        "network.circle.now": {"value": 2},
        "utility.gas.use.now": {"reason": "no gas consumption of this firm is known"},
    }
    later = answered(tmp_path, "value", FIRM, "--data", file, "--family", "judicial", "--as-of", "2026-04-15")
    assert len(later["values"]) == 120
    assert (later["as_of"][:10], later["values"]["judicial.f04.amount.30d"]) == (
        "2026-04-15",
        {"value": 200_000},
    )
    assert (
        "541 indicators have a value"
        in fenghuo("indicators", "value", FIRM, "--data", file, directory=tmp_path).out
    )


def test_mistakes_are_one_sentence(file: Path, tmp_path: Path) -> None:
    """With what to do."""
    mistake(
        fenghuo("indicators", "show", "tax.paid.13m", directory=tmp_path),
        "indicator tax.paid.13m: there is none",
        "did you mean tax.paid.12m",
    )
    mistake(
        fenghuo("indicators", "list", "--family", "taxes", directory=tmp_path),
        "--family",
        "judicial, security",
    )
    mistake(
        fenghuo("indicators", "value", "ent:CN:x", "--data", file, directory=tmp_path),
        "holds no record of ent:CN:x",
    )
