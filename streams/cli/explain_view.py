"""An explanation as text for people: what, why, what to do, and each point down to its records."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape

from detectors.explanation import rung_words
from detectors.verification import Verification
from streams.cli.output import COLOURS, console

_STATES = {
    "fired": "the condition holds",
    "holding": "the condition has ended, the colour is kept for a while",
    "residual": "over since {cleared}, its weight fades",
}


def show(answer: Mapping[str, Any], outcome: Verification | None) -> None:
    """Print the explanation, and the outcome of the verification if there was one."""
    for line in _head(answer):
        console.print(line, soft_wrap=True)
    for title, rows in (("Points", answer["points"]), ("Patterns", answer["patterns"])):
        if rows:
            console.print(f"\n[bold]{title}[/]")
        for row in rows:
            for line in _point(row, answer):
                console.print(line, soft_wrap=True)
    for line in (*_base(answer), *_missing(answer)):
        console.print(line, soft_wrap=True)
    if outcome is not None:
        console.print(f"\nVerification: it {escape(outcome.sentence)}.", soft_wrap=True)
        if outcome.pending:
            said = ", ".join(outcome.pending)
            console.print(f"  Not yet looked at again when this was told: {said}.", soft_wrap=True)
        for one in outcome.differences:
            console.print(f"  - {escape(str(one))}", soft_wrap=True)


def _level(name: str, number: int) -> str:
    return f"[bold {COLOURS[name]}]{name.upper()} (level {number} of 3)[/]"


def _head(answer: Mapping[str, Any]) -> Iterator[str]:
    who = escape(answer["name"] or answer["entity"])
    yield f"{_level(answer['tier'], answer['level'])} · [bold]{who}[/]"
    yield f"{escape(answer['entity'])}, as of {answer['as_of']}, catalogue {answer['catalogue']}"
    yield f"Score {answer['score']:g} of 100"
    if alert := answer.get("alert"):
        yield from _alert(alert)
    yield f"\nWhy {answer['tier'].upper()}:"
    yield from (f"  - {escape(one)}" for one in answer["because"])
    yield f"What to do: {escape(answer['action'])}."


def _alert(alert: Mapping[str, Any]) -> Iterator[str]:
    about = alert["point"] if alert["point"] == "TIER" else f"{alert['point']} {alert.get('point_name', '')}"
    before, after = alert["tier"]["from"], alert["tier"]["to"]
    moved = f"tier {before} → {after}" if before != after else f"tier stays {after}"
    yield (
        f"\nAlert {alert['alert_id']}: {alert['type']}, {escape(about)}, "
        f"{_level(alert['level_name'], alert['level'])}, {moved}"
    )
    if alert.get("reason"):
        yield f"  {escape(alert['reason'])}"


def _point(row: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    colour = _level(row["colour"], row["level"]) if row["level"] else "shows no colour any more"
    name = f"{row['id']} {row['name']} {row['name_zh']}".strip()
    weighs = f", weighs {row['p']:g} points" if row["p"] else ""
    yield f"\n[bold]{escape(name)}[/]: {colour} since {row['since']}{weighs}"
    said: list[tuple[str, str]] = [("state", _STATES[row["state"]].format(cleared=row.get("cleared", "")))]
    said += [("measured", row["value"]), ("against", row["threshold"])]
    said += [("rule", "; ".join(f"{name}: {text}" for name, text in row.get("rule", {}).items()))]
    if "members" in row:
        said.append(("made of", ", ".join(row["members"])))
    if row.get("cohort"):
        median = f", median {row['median']:g}" if isinstance(row.get("median"), int | float) else ""
        said.append(("compared with", f"{row['cohort']}, {row.get('n', '?')} firms{median}"))
    base = answer["materiality"]
    said.append(
        ("base M", f"{base['currency']} {float(base['amount']):,.2f}, {rung_words(row['base_rung'])}")
    )
    said.append(
        ("without it", f"the tier would be {row['tier_without'].upper()}, it is {answer['tier'].upper()}")
    )
    said.append(("to do", f"{row.get('action', '')} ({row.get('owner', '')})"))
    said.append(("source", row.get("rule_source", "")))
    yield from (f"  {name:<13} {escape(text)}" for name, text in said if text.strip(" ()"))
    if row["evidence"]:
        yield "  evidence"
    for one in row["evidence"]:
        yield from _evidence(one)


def _evidence(row: Mapping[str, Any]) -> Iterator[str]:
    until = f" to {row['to']}" if "to" in row else ""
    role = f" ({row['role']})" if "role" in row else ""
    yield (
        f"    {row['feed']} {escape(row['source'])} {escape(row['record_id'])}{role} version {row['version']}, "
        f"from {row['from']}{until}"
    )
    if "record" in row:
        yield f"      {row['record']}"
    if "says" in row:
        said = "; ".join(f"{name} {value}" for name, value in row["says"].items())
        yield f"      says {escape(said)}"
    if "doc_no" in row or "url" in row:
        yield f"      document {escape(' '.join(row[name] for name in ('doc_no', 'url') if name in row))}"
    hashes = f"      digest {row['digest']}"
    yield hashes + (f", SHA-256 of the source's bytes {row['sha256']}" if "sha256" in row else "")
    if "offset" in row:
        topic = f"topic {row['topic']}, " if "topic" in row else ""
        yield f"      {topic}partition {row['partition']}, offset {row['offset']}"
    weak = [
        f"{name.replace('_', ' ')} {row[name]:g}"
        for name in ("quality", "match_confidence")
        if row.get(name, 1.0) < 1.0
    ]
    if "raises_at_most" in row:
        weak.append(f"raises {row['raises_at_most']} at most")
    if weak:
        yield f"      {', '.join(weak)}"


def _base(answer: Mapping[str, Any]) -> Iterator[str]:
    base = answer["materiality"]
    if answer["points"] or answer["patterns"]:
        yield f"\n[bold]Base M[/] {base['currency']} {float(base['amount']):,.2f}: {rung_words(base['rung'])}"
        for row in base["evidence"]:
            yield from _evidence(row)


def _missing(answer: Mapping[str, Any]) -> Iterator[str]:
    rows = answer["not_evaluable"]
    if rows:
        yield f"\n[bold]{len(rows)} of {answer['evaluated']} points could not be judged[/]"
        yield from (f"  {row['id']} {escape(row['name'])}: {escape(row['why'])}" for row in rows)
