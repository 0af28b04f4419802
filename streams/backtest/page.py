"""The findings as one HTML page that needs nothing but itself: styles and charts are in it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from detectors.evaluation.calibration import stability
from detectors.evaluation.measures import ALL
from detectors.points.finding import LEVEL_NAMES

COLOURS = {"none": "#8a949e", "blue": "#2f6fb5", "yellow": "#c99700", "red": "#b3261e"}
"""Yellow is darkened to be seen on paper; every colour is named beside its mark."""

WIDTH, HEIGHT, LEFT, FOOT = 720, 200, 48, 26


def page(found: Mapping[str, Any]) -> str:
    """The page; equal findings are equal bytes."""
    return _template().render(
        f=found,
        colours=COLOURS,
        levels=LEVEL_NAMES,
        charts=[monthly(one["monthly"]) for one in found["catalogues"]],
        leads=[leads(one["lead_days"]) for one in found["catalogues"]],
        reliabilities=[
            reliability((one["calibration"] or {}).get("reliability", ())) for one in found["catalogues"]
        ],
        percent=percent,
        stability=stability,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        foot=FOOT,
    )


def percent(share: float | None) -> str:
    """A share for people."""
    return "–" if share is None else f"{100 * share:.1f} %"


def monthly(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Stacked bars: alerts per 1,000 firms in each month. Geometry in units of the drawing."""
    most = max([sum(row[name] for name in LEVEL_NAMES[1:]) for row in rows], default=0.0) or 1.0
    room, high = (WIDTH - LEFT) / max(len(rows), 1), HEIGHT - FOOT - 10
    bars, labels = [], []
    for number, row in enumerate(rows):
        x, y = LEFT + number * room, float(HEIGHT - FOOT)
        for name in reversed(LEVEL_NAMES[1:]):
            tall = high * row[name] / most
            y -= tall
            said = f"{row['month']}: {row[name]} {name} per 1,000 firms"
            bars.append(_box(x + room * 0.1, y, room * 0.8, tall, name, said))
        if number % max(1, len(rows) // 12) == 0:
            labels.append({"x": round(x + room / 2, 1), "text": row["month"]})
    ticks = [
        {"y": round(HEIGHT - FOOT - high * part / 4, 1), "text": f"{most * part / 4:.3g}"}
        for part in range(5)
    ]
    return {"bars": bars, "labels": labels, "ticks": ticks}


def leads(found: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """One row for each point: a bar from the 10 % quantile to the median of its lead times."""
    row, left, words = 20, 150, 235  # so wide are the words behind a bar
    longest = max([one["median"] for one in found.values()], default=0.0) or 1.0
    rows = []
    for number, (name, one) in enumerate(sorted(found.items(), key=lambda item: -item[1]["median"])):
        start, end = ((WIDTH - left - words) * one[key] / longest for key in ("p10", "median"))
        failures = "1 failure" if one["failures"] == 1 else f"{one['failures']:,} failures"
        said = f"{one['p10']} to {one['median']} days, {failures}"
        bar = _box(left + start, number * row + 4.0, max(end - start, 2.0), row - 8.0, "blue", said)
        title = "tier of the firm" if name == ALL else name
        rows.append({"bar": bar, "title": title, "y": number * row + 15, "end": round(left + end + 6, 1)})
    return {"rows": rows, "height": row * len(rows) + 4}


def reliability(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A dot for each tenth of the forecasts: the mean forecast to the right, the share that failed upwards, with its
    interval; on the diagonal a forecast is what it says. None where there are no rows."""
    side, left = 260.0, 60.0
    most = max([max(row["mean"], row["share"]) for row in rows], default=0.0) * 1.1 or 1.0
    dots = []
    for row in rows:
        said = (
            f"{row['forecasts']:,} forecasts of {percent(row['mean'])} on average: {row['failed']:,} failed "
            f"({percent(row['share'])}, {percent(row['low'])} to {percent(row['high'])})"
        )
        x, y, low, high = (min(row[key] / most, 1.0) * side for key in ("mean", "share", "low", "high"))
        dots.append(
            {
                "x": round(left + x, 1),
                "y": round(side + 10 - y, 1),
                "low": round(side + 10 - low, 1),
                "high": round(side + 10 - high, 1),
                "said": said,
            }
        )
    ticks = [{"at": round(side * part / 4, 1), "text": f"{100 * most * part / 4:.3g} %"} for part in range(5)]
    return {"dots": dots, "ticks": ticks, "side": side, "left": left}


def _box(x: float, y: float, wide: float, tall: float, name: str, said: str) -> dict[str, Any]:
    return {
        "x": round(x, 1),
        "y": round(y, 1),
        "w": round(wide, 1),
        "h": round(tall, 1),
        "fill": COLOURS[name],
        "said": said,
    }


@cache
def _template() -> Template:
    loader = PackageLoader("streams.backtest", "")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("backtest.html.j2")
