"""The proof of coverage for people: a page of Markdown, and plain values for JSON."""

from collections.abc import Sequence
from typing import Any

import msgspec

from streams.district.coverage import ABSENCE, Coverage, Run, Silence


def as_dict(found: Coverage) -> dict[str, Any]:
    """Everything as plain values, with the verdict."""
    return {
        **msgspec.to_builtins(found),
        "missing": found.missing,
        "by_silence": found.by_silence,
        "complete": found.complete,
    }


def page(found: Coverage, command: str) -> str:
    """The page; ``command`` is the one that wrote it."""
    main = found.main
    lines = [
        "# Coverage of the warning points by the simulated district",
        "",
        f"Written by `{command}`. Do not edit: run it again.",
        "",
        f"{main.entities:,} firms over {main.days:,} days (seed {main.seed}{', dense' if main.dense else ''}): "
        f"{main.records:,} records ({_yearly(main):.1f} per firm and year), judged in {main.seconds / 60:.1f} minutes "
        f"({main.records / main.seconds:,.0f} a second, one process). The columns count alerts: those that showed the "
        "point in a colour, and those that cleared it.",
        "",
        *_table(
            ("point", "name", "blue", "yellow", "red", "cleared", "a firm that showed it", "a firm that lost it"),
            [
                (
                    one.id, one.name, f"{one.blue:,}", f"{one.yellow:,}", f"{one.red:,}", f"{one.cleared:,}",
                    _short(one.fired_example), _short(one.cleared_example),
                )
                for one in main.points
            ],
        ),
        "",
        _verdict(found),
        "",
        "## Silent departments",
        "",
        "During a silence a department sends no sign of life, and what it records arrives when the line is back. The "
        "table counts the alerts raised meanwhile on points that read its feed; they rest on what was known before.",
        "",
        *_table(("department", "from", "until", "absence points raised", "other points raised"), _silences(main)),
        "",
        _twins(found),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _yearly(run: Run) -> float:
    return run.records / run.entities / run.days * 365


def _short(entity: str) -> str:
    return f"`{entity.rpartition(':')[2]}`" if entity else "none"


def _silences(run: Run) -> list[tuple[str, ...]]:
    return [
        (one.source, one.begin[:10], one.end[:10], _raised(one, True), _raised(one, False))
        for one in run.silences
    ]


def _raised(one: Silence, absence: bool) -> str:
    found = [f"{point} {count:,}" for point, count in one.raised.items() if (point in ABSENCE) == absence]
    return ", ".join(found) or "none"


def _verdict(found: Coverage) -> str:
    total = len(found.main.points)
    if not found.missing:
        return f"All {total} core points fired and cleared."
    done = f"{total - len(found.missing)} of {total} core points fired and cleared"
    return f"{done}; missing: {', '.join(found.missing)}."


def _twins(found: Coverage) -> str:
    silent, spoken = found.silent, found.spoken
    said = (
        f"The same world of {silent.entities:,} firms was run with and without the silences. "
        f"{', '.join(ABSENCE)} fired for {len(silent.absent):,} and {len(spoken.absent):,} pairs of point and firm"
    )
    if not found.by_silence:
        return said + ": the same ones. No silence raised or hid an absence point."
    pairs = ", ".join(f"{point} {_short(entity)}" for point, entity in found.by_silence[:10])
    return f"{said}; {len(found.by_silence):,} differ: {pairs}."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
