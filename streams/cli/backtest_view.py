"""What ``backtest`` shows to people."""

from typing import Any

from detectors.evaluation.calibration import stability
from detectors.points.finding import LEVEL_NAMES
from streams.cli.output import COLOURS, console, table


def show(found: dict[str, Any]) -> None:
    console.print(
        f"{found['records']:,} records of {found['firms']:,} firms, {found['from'][:10]} to {found['to'][:10]}"
    )
    mark = "[bold]SIMULATED[/]" if found["simulated"] else "[bold]NOT VALIDATED[/]"
    console.print(f"{mark}: {found['note']}")
    if found["without"]:
        console.print(" ".join(found["without"]))
    _show_tiers(found)
    for one in found["catalogues"]:
        _show_catalogue(one, simulated=found["simulated"])
    speed = found["speed"]
    console.print(
        f"{speed['records_per_second']:,} records/s with {speed['processes']} processes, {speed['seconds']} s"
    )


def _show_tiers(found: dict[str, Any]) -> None:
    heads = [_coloured(name) for name in LEVEL_NAMES]
    if "firms" in found["tiers"]:
        row = [f"{found['tiers']['firms'][name]:,}" for name in LEVEL_NAMES]
        console.print(table(heads, [row], "tiers at the end"))
        return
    matrix = found["tiers"]["matrix"]
    rows = [[_coloured(old), *[f"{matrix[old][new]:,}" for new in LEVEL_NAMES]] for old in LEVEL_NAMES]
    console.print(table(["old, new:", *heads], rows, "tiers at the end"))
    differ = found["tiers"]["differ"], found["highest"]["differ"]
    console.print(f"{differ[0]:,} firms end in another tier; the highest tier differs for {differ[1]:,}")


def _coloured(name: str) -> str:
    return f"[{COLOURS[name]}]{LEVEL_NAMES.index(name)} {name}[/]"


_HEAD = (
    "colour",
    "episodes",
    "reporting",
    "mature",
    "right",
    "precision",
    "failures",
    "intercepted",
    "recall",
)


def _show_catalogue(one: dict[str, Any], *, simulated: bool) -> None:
    rates = one["alerts_per_1000_firms_month"]
    said = ", ".join(f"{rate} {_coloured(name)}" for name, rate in rates.items())
    console.print(f"\ncatalogue {one['version']}: per 1,000 firms and month {said}")
    rows = []
    for name in ("yellow", "red"):
        p, r = one["precision"][name], one["recall"][name]
        counts = [str(p[key]) for key in ("episodes", "reporting", "mature", "right")]
        row = [_coloured(name), *counts, _percent(p["share"])]
        rows.append([*row, str(r["failures"]), str(r["intercepted"]), _percent(r["share"])])
    console.print(table(_HEAD, rows, "simulated" if simulated else "against the outcomes given"))
    cold = one["cold"]
    console.print(f"{cold['failures']:,} failures came cold ({_percent(cold['share'])})")
    leads = [
        [name, str(lead["failures"]), str(lead["median"]), str(lead["p10"])]
        for name, lead in one["lead_days"].items()
    ]
    if leads:
        console.print(table(["point", "failures", "median days", "p10"], leads, "lead time"))
    if one["calibration"]:
        _show_calibration(one["calibration"])


def _show_calibration(found: dict[str, Any]) -> None:
    if found["forecasts"]:
        rows = [
            [
                f"{_percent(row['from'])} to {_percent(row['to'])}",
                f"{row['forecasts']:,}",
                _percent(row["mean"]),
                str(row["failed"]),
                _percent(row["share"]),
                f"{_percent(row['low'])} to {_percent(row['high'])}",
            ]
            for row in found["reliability"]
        ]
        heads = ["forecast", "forecasts", "mean", "failed", "share", "95 % interval"]
        console.print(table(heads, rows, f"probability of default within {found['months']} months"))
        console.print(
            f"Brier score {found['brier']:.4f}; by the base rate of {_percent(found['base_rate'])} alone "
            f"{found['brier_of_base_rate']:.4f}"
        )
    else:
        console.print(f"no forecast for {found['months']} months is old enough to be judged")
    if found["psi"] is not None:
        console.print(f"score, first half to second: PSI {found['psi']:.3f} ({stability(found['psi'])})")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
