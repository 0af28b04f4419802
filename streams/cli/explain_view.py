"""An explanation as text for people: what, why, what to do by when, and each point down to its records."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.markup import escape

from alerts.delivery.plain_words import deadline_words, kind_words
from detectors.materiality import rung_words
from detectors.points.finding import LEVEL_NAMES
from detectors.points.wording import cohort_words
from detectors.rationale import with_names
from detectors.score import in_tenths
from detectors.verification import Verification
from streams.cli.evidence_view import Evidence
from streams.cli.output import COLOURS, console

_STATES = {
    "fired": "the condition holds",
    "holding": "the condition has ended, the colour is kept for a while",
    "residual": "over since {cleared}, its weight fades",
}


def show(answer: Mapping[str, Any], outcome: Verification | None) -> None:
    """Print the explanation, and the outcome of the verification if there was one."""
    for line in lines(answer):
        console.print(line, soft_wrap=True)
    if outcome is not None:
        console.print(f"\nVerification: it {escape(outcome.sentence)}.", soft_wrap=True)
        if outcome.pending:
            said = ", ".join(outcome.pending)
            console.print(f"  Not yet looked at again when this was told: {said}.", soft_wrap=True)
        for one in outcome.differences:
            console.print(f"  - {escape(str(one))}", soft_wrap=True)


def lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """The explanation line by line, with markup for colours; each record in full where it is named first."""
    evidence = Evidence()
    yield from _head(answer, evidence)
    for title, rows in (("Points", answer["points"]), ("Patterns", answer["patterns"])):
        if rows:
            yield f"\n[bold]{title}[/]"
        for row in rows:
            yield from _point(row, answer, evidence)
    yield from _missing(answer)


def _level(name: str, number: int) -> str:
    return f"[bold {COLOURS[name]}]{name.upper()} (level {number} of 3)[/]"


def _head(answer: Mapping[str, Any], evidence: Evidence) -> Iterator[str]:
    who = escape(answer["name"] or answer["entity"])
    yield f"{_level(answer['tier'], answer['level'])} · [bold]{who}[/]"
    yield f"{escape(answer['entity'])}, as of {answer['as_of']}, catalogue {answer['catalogue']}"
    bars = ", ".join(f"{colour} from {bar:g}" for colour, bar in answer["score_from"].items())
    yield f"Score {in_tenths(answer['score'])} of 100, higher is worse ({bars}){_product(answer['points'])}"
    if alert := answer.get("alert"):
        yield from _alert(alert, answer["names"])
    yield f"\nWhy {answer['tier'].upper()}:"
    yield from (f"  - {escape(one)}" for one in answer["because"])
    yield f"What to do: {escape(answer['action'])}."
    base = answer["materiality"]
    if answer["points"] or answer["patterns"]:
        yield f"\nAmounts are measured against M = {_money(base)}, {rung_words(base['rung'])}"
        for row in base["evidence"]:
            yield from evidence.full(row, "M")


def _money(base: Mapping[str, Any]) -> str:
    return f"{base['currency']} {float(base['amount']):,.2f}".removesuffix(".00")


def _product(rows: Sequence[Mapping[str, Any]]) -> str:
    """How the score comes about, so that it can be worked out by hand."""
    parts = [
        f"{1 - p / 100:.6g}" + (f"^{count}" if (count := len(list(same))) > 1 else "")
        for p, same in groupby(sorted(float(row["p"]) for row in rows if row["p"]))
    ]
    return f" = 100 x (1 - {' x '.join(parts)})" if parts else ""


def _alert(alert: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    about = alert["point"] if alert["point"] == "TIER" else f"{alert['point']} {alert.get('point_name', '')}"
    before, after = (LEVEL_NAMES[int(alert["tier"][end])].upper() for end in ("from", "to"))
    moved = f"the tier went from {before} to {after}" if before != after else f"the tier stays {after}"
    if alert["point"] == "TIER":
        about = "the firm as a whole"
    yield (
        f"\nAlert {alert['alert_id']}: {kind_words(alert['type'])}, {escape(about)}, "
        f"{_level(alert['level_name'], alert['level'])}; {moved}"
    )
    if alert.get("reason"):
        # the reason names the points itself
        firms = {one: name for one, name in names.items() if one.startswith("ent:")}
        why = str(alert["reason"]).removeprefix(f"{alert.get('point_name')}: ")
        yield f"  {escape(with_names(why, firms))}"
    yield from (f"  ! {one}" for one in deadline_words(alert.get("deadlines") or {}))


def _point(row: Mapping[str, Any], answer: Mapping[str, Any], evidence: Evidence) -> Iterator[str]:
    over = f"no colour any more, over since {row['cleared']}" if "cleared" in row else "no colour"
    since = f" since {row['since']}" if "since" in row else ""  # not told of loans at other lenders
    colour = f"{_level(row['colour'], row['level'])}{since}" if row["level"] else over
    name = f"{row['id']} {row['name']} {row['name_zh']}".strip()
    weighs = f", weighs {row['p']:.4g} of 100" if row["p"] else ""
    yield f"\n[bold]{escape(name)}[/]: {colour}{weighs}"
    said = [(title, with_names(text, answer["names"])) for title, text in _said(row, answer)]
    yield from (f"  {title:<13} {escape(text)}" for title, text in said if text.strip(" ()"))
    if row["evidence"]:
        yield "  evidence"
    for one in row["evidence"]:
        yield from evidence.full(one, row["id"])


def _said(row: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "state", _STATES[row["state"]].format(cleared=row.get("cleared", ""))
    yield "measured" if row["state"] == "fired" else "last measured", row["value"]
    yield "against", row["threshold"]
    yield "rule", "; ".join(f"{name}: {text}" for name, text in row.get("rule", {}).items())
    if "members" in row:
        yield "made of", ", ".join(row["members"])
    if row.get("cohort"):
        median = f", median {row['median']:+.0%}" if isinstance(row.get("median"), int | float) else ""
        yield "compared with", f"{row.get('n', '?')} firms ({cohort_words(row['cohort'])}){median}"
    stays = "still " if row["tier_without"] == answer["tier"] else ""
    yield (
        "without it",
        f"score {in_tenths(row['score_without'])}, the tier would {stays}be {row['tier_without'].upper()}",
    )
    if row["level"]:
        yield "to do", f"{row.get('action', '')} ({row.get('owner', '')})"
    yield "by when", "; ".join(deadline_words(row.get("deadlines", {})))
    yield "source", row.get("rule_source", "")


def _missing(answer: Mapping[str, Any]) -> Iterator[str]:
    rows = answer["not_evaluable"]
    if rows:
        yield f"\n[bold]{len(rows)} of {answer['evaluated']} points could not be judged; that is no sign of health[/]"
        yield from (f"  {row['id']} {escape(row['name'])}: {escape(row['why'])}" for row in rows)
