"""The books of a demonstration: what the system counted against what the simulator knows. Pure."""

from collections.abc import Mapping
from typing import Any

from streams.demo.watch import Samples, counts, total

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "court": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F10", "F28"),
    "seizure_mortgage": ("F09", "F11", "F12", "F13", "F14"),
    "utility": ("F15",),
    "tax": ("F16", "F17", "F18"),
    "labour": ("F19", "F20"),
    "credit": ("F21",),
    "registry": ("F22", "F23", "F24", "F25", "F26", "F27", "F29", "F30", "F32"),
}
_CONTROL = "F33"


def books(worker: Samples, connectors: Samples) -> dict[str, int]:
    """Records by outcome: what was refused is counted where it was refused, duplicates where they are recognised."""
    seen = connectors.get("fenghuo_connector_records_total", [])
    rows = [(has, int(n)) for has, n in seen if has["feed"] != _CONTROL]
    judged = counts(worker, "fenghuo_records_total", "outcome")
    quarantined = sum(n for has, n in rows if has["outcome"] == "quarantined") + judged["quarantined"]
    return {
        "in": sum(n for _, n in rows),
        "accepted": judged["accepted"],
        "flagged": judged["flagged"],
        "quarantined": quarantined,
        "duplicates": judged["duplicate"],
    }


def families(worker: Samples) -> dict[str, dict[str, int]]:
    """What the worker judged, by feed family."""
    return {
        family: {
            name: sum(total(worker, "fenghuo_records_total", feed=feed, outcome=label) for feed in feeds)
            for name, label in (("accepted", "accepted"), ("flagged", "flagged"), ("duplicates", "duplicate"))
        }
        for family, feeds in FAMILIES.items()
    }


def sources(connectors: Samples) -> dict[str, dict[str, int]]:
    """What came in and what was refused, by source."""
    found: dict[str, dict[str, int]] = {}
    for has, value in connectors.get("fenghuo_connector_records_total", []):
        if has["feed"] != _CONTROL:
            row = found.setdefault(has["source"], {"in": 0, "quarantined": 0})
            row["in"] += int(value)
            row["quarantined"] += int(value) if has["outcome"] == "quarantined" else 0
    return found


def differences(worker: Samples, connectors: Samples, expected: Mapping[str, Any]) -> list[str]:
    """Every count that is not the simulator's known number, as a sentence; empty when the books agree."""
    found = [
        f"records.{name}: counted {counted}, known {expected['records'][name]}"
        for name, counted in books(worker, connectors).items()
        if counted != expected["records"][name]
    ]
    for family, row in families(worker).items():
        known = expected["families"].get(family, {})
        found += [
            f"{family}.{name}: counted {counted}, known {known.get(name, 0)}"
            for name, counted in row.items()
            if counted != known.get(name, 0)
        ]
    seen = sources(connectors)
    for source, known in expected["sources"].items():
        row = seen.get(source, {})
        found += [
            f"{source}.{name}: counted {row.get(name, 0)}, known {known[name]}"
            for name in ("in", "quarantined")
            if row.get(name, 0) != known[name]
        ]
    learned = total(worker, "fenghuo_outcomes_total")
    if learned != expected["outcomes"]:
        found.append(f"outcomes: counted {learned}, known {expected['outcomes']}")
    return found


def quantile(values: list[float], share: float) -> float:
    """A quantile by nearest rank; 0 for no values.

    >>> quantile([3.0, 1.0, 2.0], 0.5), quantile([], 0.5)
    (2.0, 0.0)
    """
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def tiers(assessments: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Enterprises by the tier last told, with the mean probability the model gives them."""
    groups: dict[str, list[float | None]] = {name: [] for name in ("none", "blue", "yellow", "red")}
    for one in assessments.values():
        groups[one["told_tier"]].append(one["probability"])
    return {
        name: {"enterprises": len(group), "mean_probability": _mean([p for p in group if p is not None])}
        for name, group in groups.items()
    }


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None
