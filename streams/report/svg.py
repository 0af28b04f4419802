"""A drawing as SVG, for the page: as small as it can be, and with text that the reader's own fonts can set.

The renderer that comes with the library places text by the widths of its own fonts, which a browser does not have.
"""

from collections.abc import Callable
from html import escape
from typing import Any

from reportlab.graphics.shapes import Drawing  # type: ignore[import-untyped]  # reportlab ships no types

from streams.report.drawing import CHINESE

_CHINESE = " font-family=\"'Songti SC', SimSun, 'Noto Serif CJK SC', serif\""
_LATIN = "'Helvetica Neue', Helvetica, Arial, sans-serif"


def svg(drawing: Drawing, title: str) -> str:
    """An ``svg`` element that grows with the page.

    >>> from reportlab.graphics.shapes import Line
    >>> made = Drawing(20, 10)
    >>> made.add(Line(0, 0, 20, 10))
    >>> svg(made, "a line")[-57:]
    '<path d="M0 10L20 0" fill="none" stroke="#000000"/></svg>'
    """
    height = drawing.height
    body = "".join(_SHAPES[type(shape).__name__](shape, height) for shape in drawing.contents)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_n(drawing.width)} {_n(height)}" '
        f'font-family="{_LATIN}"><title>{escape(title)}</title>{body}</svg>'
    )


def _circle(shape: Any, height: float) -> str:
    return f'<circle cx="{_n(shape.cx)}" cy="{_n(height - shape.cy)}" r="{_n(shape.r)}"{_paint(shape)}/>'


def _rect(shape: Any, height: float) -> str:
    top = height - shape.y - shape.height
    size = f'width="{_n(shape.width)}" height="{_n(shape.height)}"'
    return f'<rect x="{_n(shape.x)}" y="{_n(top)}" {size}{_paint(shape)}/>'


def _line(shape: Any, height: float) -> str:
    path = f"M{_n(shape.x1)} {_n(height - shape.y1)}L{_n(shape.x2)} {_n(height - shape.y2)}"
    return f'<path d="{path}" fill="none"{_stroke(shape)}/>'


def _polygon(shape: Any, height: float) -> str:
    flat = shape.points
    points = " ".join(f"{_n(x)},{_n(height - y)}" for x, y in zip(flat[::2], flat[1::2], strict=True))
    return f'<polygon points="{points}"{_paint(shape)}/>'


def _string(shape: Any, height: float) -> str:
    anchor = f' text-anchor="{shape.textAnchor}"' if shape.textAnchor != "start" else ""
    font = _CHINESE if shape.fontName == CHINESE else ""
    place = f'x="{_n(shape.x)}" y="{_n(height - shape.y)}" font-size="{_n(shape.fontSize)}"'
    return f'<text {place}{anchor}{font} fill="{_colour(shape.fillColor)}">{escape(shape.text)}</text>'


_SHAPES: dict[str, Callable[[Any, float], str]] = {
    "Circle": _circle,
    "Rect": _rect,
    "Line": _line,
    "Polygon": _polygon,
    "String": _string,
}


def _paint(shape: Any) -> str:
    return f' fill="{_colour(shape.fillColor)}"{_stroke(shape)}'


def _stroke(shape: Any) -> str:
    if shape.strokeColor is None:
        return ""
    width = "" if shape.strokeWidth == 1 else f' stroke-width="{_n(shape.strokeWidth)}"'
    return f' stroke="{_colour(shape.strokeColor)}"{width}'


def _colour(colour: Any) -> str:
    return "none" if colour is None else f"#{colour.hexval()[2:]}"


def _n(value: float) -> str:
    """Two places, without what says nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
