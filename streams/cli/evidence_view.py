"""Records behind an explanation as text for people: each in full where it is named first, then by its name."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape


class Evidence:
    """Which records have been shown, and under what."""

    def __init__(self) -> None:
        """None yet."""
        self._shown: dict[tuple[Any, ...], str] = {}

    def full(self, row: Mapping[str, Any], under: str) -> Iterator[str]:
        """A record with what it says and where it is found; ``under`` is what it is evidence of."""
        key = tuple(
            row.get(name) for name in ("feed", "source", "record_id", "role", "version", "digest", "offset")
        )
        before = self._shown.setdefault(key, under)
        yield f"    {_name(row)}" + (f", as above under {before}" if before != under else "")
        if before == under:
            yield from (f"      {escape(line)}" for line in _details(row))


def _name(row: Mapping[str, Any]) -> str:
    until = f" to {row['to']}" if "to" in row else ""
    role = f" ({row['role']})" if "role" in row else ""
    name = f"{row['feed']} {row['source']} {row['record_id']}{role} version {row['version']}"
    return f"{escape(name)}, from {row['from']}{until}"


def _details(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (row[name] for name in ("record", "worked_out") if name in row)
    if "says" in row:
        yield "says " + "; ".join(f"{name} {value}" for name, value in row["says"].items())
    if "doc_no" in row or "url" in row:
        yield "document " + " ".join(row[name] for name in ("doc_no", "url") if name in row)
    times = (("occurred", "occurred_at"), ("published", "published_at"), ("captured", "observed_at"))
    if said := [f"{word} {row[name]}" for word, name in times if name in row]:
        yield ", ".join(said)
    yield f"digest {row['digest']}" + (
        f", SHA-256 of the source's bytes {row['sha256']}" if "sha256" in row else ""
    )
    if "offset" in row:
        topic = f"topic {row['topic']}, " if "topic" in row else ""
        yield f"{topic}partition {row['partition']}, offset {row['offset']}"
    weak = [f"{name.replace('_', ' ')} {row[name]:g}" for name in _MARKS if row.get(name, 1.0) < 1.0]
    if "raises_at_most" in row:
        weak.append(f"raises {row['raises_at_most']} at most")
    weak += [words for name, words in _DOUBTS.items() if row.get(name)]
    if weak:
        yield ", ".join(weak)


_MARKS = ("quality", "match_confidence")
_DOUBTS = {
    "conflict": "contradicted by a record of the same version",
    "disputed": "an objection to it is open",
    "previously_disputed": "an objection to what it said before was upheld",
}
