"""What a guarantee circle tells its members, and guarantees given. Days are ISO dates, amounts yuan."""

from typing import Any

from detectors.contagion.impulse import Told, record_of
from detectors.contagion.parameters import Contagion
from detectors.contagion.rules import Origin, Subject, judge
from detectors.record import Op, Record, epoch
from tests.detectors.build import FIRM, at, money
from tests.detectors.points.vectors import rec

LIMIT = Contagion()
M = 1_000_000_00


def impulse(day: str, said: dict[str, Any], *, op: Op = "assert", since: str | None = None) -> Record:
    """F34 as the home of the circles writes it; closed, it stood from ``since`` to ``day``."""
    told = Told(1, 1 if op == "assert" else 2, epoch(at(since or day)), said, stands=op == "assert")
    return record_of(FIRM, told, op, epoch(at(day)))


def circle(**values: Any) -> dict[str, Any]:
    """What is said of a circle of five firms that reaches nobody; ``values`` differ."""
    about = {
        "id": "circle-1", "firms": 5, "density": 0.3, "red_share": 0.0, "newly_yellow": 0, "affected_guarantees": 0,
        "cycle": 0, "cycle_amount": 0,
    }  # fmt: skip
    return {"level": 0, "reason": "no contagion", "threshold": "as configured", "circle": about | values}


def origin(level: int, share: float = 0.0, hop: int = 1, weight: float = 0.0) -> Origin:
    """A firm in distress, guaranteed for with a share of M."""
    path = ("X", "V") if hop == 1 else ("X", "Y", "V")
    return Origin("X", level, hop, round(share * M), weight, 0.0, path)


def reached(day: str, *origins: Origin, delta: float = 0.0, **more: Any) -> Record:
    """F34 with the colour that the rules of contagion give for what reaches the firm."""
    verdict = judge(Subject("V", M, 0.05 + delta, 0.05), origins, LIMIT)
    said = {"level": verdict.level, "reason": verdict.reason, "threshold": "as configured", "delta": delta}
    return impulse(day, said, **more)


def guarantee(n: int, day: str, principal: float, **more: Any) -> Record:
    """F26, the n-th guarantee that the firm gives; each for another debtor unless told otherwise."""
    payload = {
        "contract_no": f"g-{n}", "guarantor": FIRM, "debtor": more.pop("debtor", f"debtor-{n}"),
        "way": "joint_guarantee", "principal": money(principal), **more.pop("fields", {}),
    }  # fmt: skip
    return rec("F26", f"g-{n}", day, payload, role=more.pop("role", "guarantor"), **more)
