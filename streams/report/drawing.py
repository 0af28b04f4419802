"""The charts of a report, drawn once and put out as SVG for the page and as vectors for the PDF.

Every mark that a colour distinguishes is told apart by its shape or a word as well, for print and for readers who do
not see the colour.
"""

import math
from collections.abc import Callable, Sequence
from datetime import date

from reportlab.graphics.shapes import (  # type: ignore[import-untyped]  # reportlab ships no types
    Circle,
    Drawing,
    Line,
    Polygon,
    Rect,
    String,
)
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]  # reportlab ships no types
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # reportlab ships no types
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]  # reportlab ships no types

from detectors.cohorts.compare import Comparison
from detectors.fact import day_number, iso_day
from detectors.forces.forces import Force
from detectors.forces.measures import FORCES, MEASURES
from detectors.score import in_tenths
from streams.report.content import Lane, Report, dates_of, figure, measure_name

LATIN, CHINESE = "Helvetica", "STSong-Light"
WIDTH = 500.0
"""Width of a chart in points: that of the text of an A4 page."""

INK, FAINT, GRID, SHADE, FILL, TINT, WHITE = (
    HexColor(code) for code in ("#1b1f24", "#5b6570", "#ccd2d9", "#eef2f6", "#2f5d8a", "#dbe5ef", "#ffffff")
)
LEVEL_COLOURS = ("#8a949e", "#2f6fb5", "#c99700", "#b3261e")
"""Of levels 0 to 3; yellow is darkened to be seen on paper."""
_COLOURS = tuple(HexColor(code) for code in LEVEL_COLOURS)
_TINTS = tuple(HexColor(code) for code in ("#c3c9cf", "#a9c6e3", "#ead28a", "#e3a29d"))
"""The same, paler, for bars."""


def register_fonts() -> None:
    """Make the Chinese font known to reportlab; it is one that readers provide, so there is no file."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def radar(forces: Sequence[Force]) -> Drawing:
    """The five forces, 0 in the middle to 100 outside; a force of which too little is known is drawn as a gap."""
    drawing, x, y, radius = Drawing(WIDTH, 290.0), WIDTH / 2, 140.0, 100.0
    corners = [math.pi / 2 - 2 * math.pi * n / len(forces) for n in range(len(forces))]
    both = zip(forces, corners, strict=True)
    known = [(force.score, angle) for force, angle in both if force.score is not None]
    points = [_polar(x, y, radius * score / 100, angle) for score, angle in known]
    shape = Polygon([value for point in points for value in point], fillColor=TINT, strokeColor=None)
    if len(points) > 1:  # the renderer for SVG knows no opacity, so what lies behind is drawn first
        drawing.add(shape)
    for ring in (20, 40, 60, 80, 100):
        drawing.add(_ring(x, y, radius * ring / 100, corners))
        _say(drawing, x + 2, y + radius * ring / 100 - 7, str(ring), 6, FAINT)
    for angle in corners:
        drawing.add(Line(x, y, x + radius * math.cos(angle), y + radius * math.sin(angle), strokeColor=GRID))
    if len(points) > 1:
        drawing.add(Polygon(shape.points, fillColor=None, strokeColor=FILL, strokeWidth=1.6))
    for point in points:
        drawing.add(Circle(*point, 2.6, fillColor=FILL, strokeColor=None))
    for force, angle in zip(forces, corners, strict=True):
        _corner(drawing, force, *_polar(x, y, radius + 14, angle), angle)
    return drawing


def _ring(x: float, y: float, radius: float, corners: Sequence[float]) -> Polygon:
    flat = [value for angle in corners for value in _polar(x, y, radius, angle)]
    return Polygon(flat, fillColor=None, strokeColor=GRID, strokeWidth=0.6)


def _polar(x: float, y: float, radius: float, angle: float) -> tuple[float, float]:
    return round(x + radius * math.cos(angle), 3), round(y + radius * math.sin(angle), 3)


def _corner(drawing: Drawing, force: Force, x: float, y: float, angle: float) -> None:
    side = round(math.cos(angle), 6)
    anchor = "middle" if abs(side) < 0.1 else "start" if side > 0 else "end"
    english, chinese = FORCES[force.id]
    said = "too little known" if force.score is None else f"{in_tenths(force.score)} of 100"
    lift = 14 if angle > 0.1 else -4
    _say(drawing, x, y + lift, english, 9, INK, anchor)
    _say(drawing, x, y + lift - 11, chinese, 9, INK, anchor, font=CHINESE)
    _say(drawing, x, y + lift - 21, f"{said}, coverage {force.coverage:.0%}", 7.5, FAINT, anchor)


def timeline(report: Report) -> Drawing:
    """Facts by feed over time: a dot where one began, a bar while it was in force; evidence of a colour is larger."""
    row, left, right, foot = 19.0, 150.0, WIDTH - 8, 40.0
    drawing = Drawing(WIDTH, foot + row * len(report.lanes) + 8)
    first, last = dates_of(report)
    top = foot + row * len(report.lanes)

    def at(day: int) -> float:
        inside = min(max(day, first), last)
        return round(left + (right - left) * (inside - first) / max(last - first, 1), 2)

    for day, label in _ticks(first, last):
        drawing.add(Line(at(day), foot - 4, at(day), top, strokeColor=GRID, strokeWidth=0.5))
        _say(drawing, at(day), foot - 13, label, 7, FAINT, "middle")
    for number_, lane in enumerate(report.lanes):
        _lane(drawing, lane, top - row * (number_ + 0.5), at, last, left)
    _legend(drawing, left)
    return drawing


def _lane(
    drawing: Drawing, lane: Lane, y: float, place: Callable[[int], float], last: int, left: float
) -> None:
    english, _, chinese = lane.name.rpartition(" ")
    _say(drawing, 0, y - 1, f"{lane.feed} {english or chinese}", 7.5, INK)
    if english:
        _say(drawing, 0, y - 9, chinese, 6.5, FAINT, font=CHINESE)
    drawing.add(Line(left, y, WIDTH - 8, y, strokeColor=GRID, strokeWidth=0.4))
    for mark in sorted(lane.marks, key=lambda one: one.level):
        colour, size = _COLOURS[mark.level], 2.0 + mark.level
        begin, end = place(mark.start), place(last if mark.end is None else mark.end)
        if end > begin:
            drawing.add(Line(begin, y, end, y, strokeColor=_TINTS[mark.level], strokeWidth=1.0 + mark.level))
        drawing.add(Circle(begin, y, size, fillColor=colour, strokeColor=WHITE, strokeWidth=0.5))


def _legend(drawing: Drawing, left: float) -> None:
    x = left
    for level, words in enumerate(("recorded", "evidence of blue", "of yellow", "of red")):
        drawing.add(Circle(x + 4, 10, 2.0 + level, fillColor=_COLOURS[level], strokeColor=None))
        _say(drawing, x + 12, 7.5, words, 7, FAINT)
        x += 84 if level == 1 else 58
    _say(drawing, WIDTH, 7.5, "dot: began; bar: in force", 7, FAINT, "end")


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """The first of months, at most nine of them."""
    begin, end = (date.fromisoformat(iso_day(day)) for day in (first, last))
    months = range(begin.year * 12 + begin.month, end.year * 12 + end.month)
    step = max(1, math.ceil(len(months) / 9))
    found = []
    for month in months[::step]:
        year, number_ = divmod(month, 12)
        found.append((day_number(date(year, number_ + 1, 1)), f"{year}-{number_ + 1:02d}"))
    return found


def cohort(compared: Sequence[Comparison], currency: str) -> Drawing:
    """Where the firm stands among its peers: percentile of each indicator, the middle half shaded; amounts are in
    ``currency``."""
    row, left, right, foot = 22.0, 205.0, WIDTH - 96, 26.0
    drawing = Drawing(WIDTH, foot + row * len(compared) + 6)
    top = foot + row * len(compared)
    quarter = (right - left) / 4
    drawing.add(Rect(left + quarter, foot, 2 * quarter, top - foot, fillColor=SHADE, strokeColor=None))
    for percent in (0, 25, 50, 75, 100):
        x = left + (right - left) * percent / 100
        drawing.add(Line(x, foot, x, top, strokeColor=GRID, strokeWidth=0.9 if percent == 50 else 0.5))
        _say(drawing, x, foot - 10, f"{percent}", 7, FAINT, "middle")
    _say(
        drawing,
        (left + right) / 2,
        foot - 20,
        "percentile among the peers; 50 is their median",
        7,
        FAINT,
        "middle",
    )
    for place, one in enumerate(compared):
        y = top - row * (place + 0.5)
        english, chinese = measure_name(one.indicator)
        better = "" if MEASURES[one.indicator].higher_is_better else " (lower is better)"
        _say(drawing, 0, y, english + better, 7.5, INK)
        _say(drawing, 0, y - 8, chinese, 6.5, FAINT, font=CHINESE)
        drawing.add(Line(left, y, right, y, strokeColor=GRID, strokeWidth=0.4))
        x = round(left + (right - left) * one.percentile / 100, 2)
        drawing.add(Polygon([x, y + 5, x + 5, y, x, y - 5, x - 5, y], fillColor=FILL, strokeColor=None))
        _say(drawing, right + 8, y - 1, figure(one.indicator, one.value, currency), 7.5, INK)
        _say(drawing, right + 8, y - 9, f"median {figure(one.indicator, one.median, currency)}", 6.5, FAINT)
    return drawing


def _say(
    drawing: Drawing,
    x: float,
    y: float,
    text: str,
    size: float,
    colour: HexColor,
    anchor: str = "start",
    font: str = LATIN,
) -> None:
    drawing.add(String(x, y, text, fontSize=size, fillColor=colour, textAnchor=anchor, fontName=font))
