"""``sources report``: how completely, punctually and cleanly each source reports."""

import json
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape

from detectors.errors import FenghuoError
from detectors.governance.exchange import Exchange, parse
from detectors.governance.periods import period as named
from detectors.governance.rates import ItemReport, SourceReport
from detectors.governance.reporting import Reporting
from streams.catalogues import read_catalogue
from streams.cli.output import Json, console, table
from streams.cli.reading import outcomes
from streams.metrics_lags import Passed, passed

_HOUR, _DAY = 3600, 86_400


def report(
    files: Annotated[
        list[Path], typer.Argument(help="JSON lines, one record each; - for standard input", allow_dash=True)
    ],
    agreement: Annotated[Path | None, typer.Option(help="exchange agreement (YAML): what is due, and how fast")] = None,
    period: Annotated[
        str | None, typer.Option(help="2026-03, 2026Q1 or 2026; default: every month in which records were captured")
    ] = None,
    metrics: Annotated[
        list[str] | None, typer.Option(help="address of a worker's /metrics, for the way from capture to alert; repeat")
    ] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Report rate (报送率), timeliness, validity and completeness per source and period, and how long records take.

    Without an agreement nothing is due: the report rate, completeness and appraisal score stay empty. How long it takes
    from capture to judgement and from there to an alert only the workers know (--metrics).
    """
    within = None if period is None else [named(period)]
    exchange = Exchange() if agreement is None else _agreement(agreement)
    judged_by = read_catalogue(None)

    def zone_of(jurisdiction: str) -> tzinfo:
        return judged_by.profile(jurisdiction).zone

    counted = Reporting(exchange, zone_of)
    for file in files:
        for _, raw, outcome in outcomes(file):
            counted.add(raw, outcome)
    live = passed(metrics or ())
    rows = counted.reports(counted.periods() if within is None else within)
    if as_json:
        said: dict[str, Any] = {
            "agreement": exchange.version,
            "sources": [msgspec.to_builtins(r) for r in rows],
        }
        if metrics:
            said["workers"] = [msgspec.to_builtins(one) for one in live]
        print(json.dumps({**said, "undated": counted.undated()}, ensure_ascii=False))
        return
    _show(rows, counted.undated())
    _more(
        ["source", "records", "capture to judgement", "alerts", "judgement to alert", "capture to alert"],
        [_passed(one) for one in live],
        "Through the workers since they began, on average",
    )


def _agreement(path: Path) -> Exchange:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise FenghuoError(
            str(path), f"cannot be read ({error.strerror})", "give an exchange agreement"
        ) from None
    except UnicodeDecodeError as error:
        raise FenghuoError(str(path), f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from None
    return parse(text, str(path))


def _show(rows: list[SourceReport], undated: int) -> None:
    if not rows:
        console.print("No record was captured, and none was due.")
    else:
        head = ["source", "period", "due", "received", "report", "timely", "valid", "complete", "score"]
        shown = table(head, [_row(row) for row in rows])
        for column in shown.columns[1:]:
            column.no_wrap = True
        console.print(shown)
    lags = [[escape(r.source), r.period, *map(_span, r.lags.values())] for r in rows if any(r.lags.values())]
    _more(
        ["source", "period", "event to capture", "event to publication", "publication to capture"],
        lags,
        "Half within",
    )
    refused = [[escape(r.source), r.period, *_refused(r)] for r in rows if r.quarantined or r.retracted]
    _more(["source", "period", "refused for", "taken back"], refused, "Refused and taken back")
    short = [_short(r, i) for r in rows for i in r.items if i.received < i.due]
    _more(["source", "period", "item", "due", "received"], short, "Fewer than agreed")
    if undated:
        console.print(f"\n{undated} refused without any usable date belong to no period.")


def _more(head: list[str], rows: list[list[str]], title: str) -> None:
    if rows:
        console.print(table(head, rows, f"\n{title}"))


def _row(row: SourceReport) -> list[str]:
    rates = [row.report_rate, row.timely_rate, row.valid_rate, row.complete_rate]
    shares = ["–" if rate is None else f"{rate:.1%}" for rate in rates]
    score = "–" if row.appraisal is None else f"{row.appraisal:.3f}"
    due = str(row.due) if row.items else "–"
    return [escape(row.source), row.period, due, str(row.received), *shares, score]


def _passed(row: Passed) -> list[str]:
    judgement, alert, whole = (
        "–" if mean is None else _length(mean) for mean in (row.judgement, row.alert, row.capture_to_alert)
    )
    return [escape(row.source), f"{row.records:,}", judgement, f"{row.alerts:,}", alert, whole]


def _short(row: SourceReport, item: ItemReport) -> list[str]:
    unit = f" {row.unit}" if row.unit else ""
    return [
        escape(row.source + unit),
        row.period,
        escape(f"{item.item} ({item.feed})"),
        str(item.due),
        str(item.received),
    ]


def _refused(row: SourceReport) -> list[str]:
    return [", ".join(f"{reason} {count}" for reason, count in row.reasons.items()), str(row.retracted or "")]


def _span(lag: dict[str, float] | None) -> str:
    """Half of them within."""
    return "–" if lag is None else _length(lag["p50"])


def _length(seconds: float) -> str:
    """In the largest unit that fits."""
    size = abs(seconds)
    if size >= 2 * _DAY:
        return f"{seconds / _DAY:.1f} d"
    if size >= _HOUR:
        return f"{seconds / _HOUR:.1f} h"
    return f"{seconds:.0f} s" if size >= 10 or not size else f"{seconds:.2f} s"
