"""The live picture of a demonstration, and its last page."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.cli.output import COLOURS, level

LEVELS = ("red", "yellow", "blue", "none")


def headline(alert: Mapping[str, Any]) -> str:
    """One line: level in words and number, who, what, why."""
    event = alert["type"].rpartition(".")[2]
    tier = alert["tier"]
    moved = (
        f" [tier {LEVELS[3 - tier['from']]} → {LEVELS[3 - tier['to']]}]" if tier["from"] != tier["to"] else ""
    )
    head = f"{alert['level_name'].upper()} ({alert['level']}) {alert['name']} · {event}: {alert['point']}"
    why = alert["reason"].removeprefix(f"{alert['point_name']}: ")
    return f"{head} {alert['point_name']}, {why}{moved}"


def live(state: Mapping[str, Any], latest: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Rates and colours above, the latest alerts in plain words below."""
    numbers = Table.grid(padding=(0, 3))
    for name, value in (
        ("simulated day", state["day"]),
        ("records", f"{state['records']:,}"),
        ("per second", f"{state['rate']:,.0f}"),
        ("lag", f"{state['lag']:.2f} s"),
        ("record to bank", f"{state['p50']:.0f} ms half, {state['p99']:.0f} ms of 99 %"),
        ("dead letters", f"{state['dead']:,}"),
        ("webhooks delivered", str(state["webhooks"])),
        ("model learned", f"{state['learned']} outcomes{state['brier']}"),
    ):
        numbers.add_row(Text(name, style="dim"), value)
    tiers = Table.grid(padding=(0, 2))
    for name in LEVELS[:3]:
        tiers.add_row(Text(name, style=COLOURS[name]), str(state["by_tier"].get(name, 0)), "alerts to banks")
    top = Table.grid(padding=(0, 6))
    top.add_row(numbers, tiers)
    lines = [Text(headline(alert), style=COLOURS[alert["level_name"]]) for alert in reversed(latest)]
    left = f"{state['left']:.0f} s left" if state["left"] >= 1 else "until everything sent has been judged"
    return Group(
        Panel(top, title="烽火 Fenghuo", subtitle=left, title_align="left"),
        Panel(Group(*lines) if lines else Text("no alert yet"), title="latest alerts", title_align="left"),
    )


def page(summary: Mapping[str, Any]) -> RenderableType:
    """The summary for people."""
    records, alerts = summary["records"], summary["alerts"]
    rows = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("in", "accepted", "flagged", "quarantined", "duplicates"):
        rows.add_column(name, justify="right")
    rows.add_row(
        *(f"{records[name]:,}" for name in ("in", "accepted", "flagged", "quarantined", "duplicates"))
    )
    firms = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("tier", "enterprises", "mean probability of default (model)"):
        firms.add_column(name)
    for number, name in ((3, "red"), (2, "yellow"), (1, "blue"), (0, "none")):
        tier = summary["enterprises"][name]
        firms.add_row(level(name, number), f"{tier['enterprises']:,}", str(tier["mean_probability"]))
    latency, books = summary["latency_ms"], summary["reconciled"]
    told = ", ".join(f"{count} {name}" for name, count in alerts["by_feed"].items())
    verdict = "[green]the books agree to the last record[/]" if books else "[red]the books do not agree[/]"
    return Group(
        Text("\nRecords", style="bold"),
        rows,
        Text("\nEnterprises", style="bold"),
        firms,
        f"\nAlerts at the banks by feed: {told}",
        f"Record to bank: {latency['p50']:.0f} ms (half), {latency['p99']:.0f} ms (99 %); "
        f"{summary['records_per_second']:,.0f} records/s",
        f"Regulator: {summary['webhooks']['received']} signed webhooks received and verified",
        f"Against the simulator's known numbers: {verdict}",
        *(f"  {sentence}" for sentence in summary["differences"]),
    )
