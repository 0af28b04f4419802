"""The report as PDF, for files and for signatures.

Chinese is set in STSong-Light, one of the fonts every PDF reader is to provide for Asian text, so none is shipped.
"""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

# reportlab ships no types; what is built here goes straight back into it
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]  # see above
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # see above
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]  # see above
from reportlab.lib.units import mm  # type: ignore[import-untyped]  # see above
from reportlab.platypus import (  # type: ignore[import-untyped]  # see above
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Table,
)

from detectors.forces.measures import FORCES
from detectors.materiality import rung_words
from detectors.points.finding import LEVEL_NAMES
from detectors.score import in_tenths
from streams.report.content import DISCLAIMERS, Report, figure, in_full, level_words, measure_name, number
from streams.report.drawing import CHINESE, LEVEL_COLOURS, WIDTH, cohort, radar, register_fonts, timeline
from streams.report.parts import cohorts_used, evidence, method, no_peers

_OTHER = re.compile(r"[^\x00-\xff–—‘’“”…]+")
"""What Helvetica cannot set."""
_GRID = HexColor("#ccd2d9")
_FRAME = 6.0
"""Padding that reportlab puts inside a page's margins, in points."""
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=13, spaceAfter=3)
_SMALL = ParagraphStyle("small", _BODY, fontSize=7.5, leading=9.6, spaceAfter=0, splitLongWords=1)
_HEAD = ParagraphStyle("head", _SMALL, fontName="Helvetica-Bold")
_MUTED = ParagraphStyle("muted", _SMALL, textColor=HexColor("#5b6570"), spaceBefore=3, spaceAfter=3)
_H1 = ParagraphStyle("h1", _BODY, fontName="Helvetica-Bold", fontSize=15, leading=20)
_H2 = ParagraphStyle(
    "h2", _BODY, fontName="Helvetica-Bold", fontSize=11.5, leading=15, spaceBefore=12, keepWithNext=1
)
_LIST = ParagraphStyle("list", _BODY, leftIndent=10, bulletIndent=0)


def pdf(report: Report) -> bytes:
    """The document; equal reports are equal bytes."""
    register_fonts()
    explanation, into = report.explanation, io.BytesIO()
    who = explanation["name"] or explanation["entity"]
    margin = (A4[0] - WIDTH) / 2
    document = SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=margin - _FRAME,
        rightMargin=margin - _FRAME,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"Credit report {who} {explanation['as_of'][:10]}",
        author="Fenghuo",
        invariant=1,
    )
    foot = f"{explanation['entity']}, as of {explanation['as_of'][:10]}. Advisory, not a decision."

    def footer(canvas: Any, _: Any) -> None:
        canvas.setFont("Helvetica", 7.5)
        canvas.drawString(margin, 10 * mm, foot)
        canvas.drawRightString(A4[0] - margin, 10 * mm, f"page {canvas.getPageNumber()}")

    document.build(list(_story(report)), onFirstPage=footer, onLaterPages=footer)
    return into.getvalue()


def _story(report: Report) -> Iterable[Any]:
    yield from _opening(report)
    yield from _scores(report)
    yield _text("Position among peers 行业对比", _H2)
    if report.compared:
        yield cohort(report.compared, report.currency)
        yield _text(
            "; ".join(cohorts_used(report)) + ". The firm itself is left out of small cohorts.", _MUTED
        )
    else:
        yield _text(no_peers(report))
    drawn = timeline(report) if report.lanes else _text("No fact is on record.")
    yield KeepTogether([_text("Timeline of evidence 时间线", _H2), drawn])
    yield from _points(report)
    yield from _missing(report)
    yield from _evidence(report)
    yield _text("Method and limits 方法与声明", _H2)
    yield from (_bullet(one) for one in (*method(report), *DISCLAIMERS))


def _opening(report: Report) -> Iterable[Any]:
    said = report.explanation
    yield _text(f"Credit report 信用报告: {said['name'] or '(name not known)'}", _H1)
    yield _text(
        f"{said['entity']}, as of {said['as_of']}, catalogue {said['catalogue']}, numbers of the scores "
        f"{report.rules_version}",
        _MUTED,
    )
    colour = LEVEL_COLOURS[said["level"]]
    level = f'<font color="{colour}"><b>{level_words(said["level"])}</b></font>'
    yield Paragraph(f"{level}, risk score {in_tenths(said['score'])} of 100 (higher is worse)", _BODY)
    yield _text(f"What to do: {said['action']}.")
    yield _text("Why 理由", _H2)
    yield from (_bullet(one) for one in said["because"])


def _scores(report: Report) -> Iterable[Any]:
    credit = report.credit
    yield _text("Credit score 信用评分", _H2)
    if credit.score is None or credit.base is None:
        yield _text(f"No score: {credit.reason}.")
    else:
        yield _text(
            f"{in_tenths(credit.score)} of 100, grade {credit.grade} (mean of the forces {number(credit.base)}, times "
            f"{credit.factor:.3f} for the risk score)"
        )
    for cap in credit.caps:
        yield _bullet(cap.reason + (": this binds" if cap.binding and credit.score is not None else ""))
    if not credit.caps:
        yield _text("No cap applies.")
    yield _text(
        f"Probability of default within 12 months by rule: {100 * report.probability:.1f} %. "
        "Not calibrated on outcomes.",
        _MUTED,
    )
    yield KeepTogether([_text("Five forces 五力", _H2), radar(report.forces)])
    rows = [
        (
            " ".join(FORCES[force.id]),
            "–" if force.score is None else in_tenths(force.score),
            "too little known"
            if force.score is None
            else f"{LEVEL_NAMES[force.level].upper()} {force.level}",
            f"{force.coverage:.0%}",
            "; ".join(
                f"{measure_name(one.measure)[0]} {figure(one.measure, one.value, report.currency)} ({one.effect:+.1f})"
                for one in force.top
            ),
            "; ".join(f"{measure_name(name)[0]}: {why}" for name, why in force.missing.items()),
        )
        for force in report.forces
    ]
    head = ("force", "score", "level", "coverage", "what moves it most", "not known")
    yield _table(head, rows, (70, 32, 68, 44, 133, 153))


def _points(report: Report) -> Iterable[Any]:
    said = report.explanation
    yield _text("Warning points 预警点", _H2)
    rows = [
        (
            f"{row['id']} {row['name']} {row['name_zh']}"
            + (f" (made of {', '.join(row['members'])})" if row.get("members") else ""),
            f"{row['colour'].upper()} {row['level']}"
            if row["level"]
            else f"over since {row['cleared']}, fading",
            row["since"],
            "; ".join(filter(None, (measured, dates))),
            against,
            f"{row['p']:.1f}",
            row["tier_without"],
        )
        for row in (*said["patterns"], *said["points"])
        for measured, against, dates in [in_full(report, row)]
    ]
    if not rows:
        yield _text("No point shows a colour or fades.")
        return
    head = ("point", "level", "since", "measured", "against", "weight", "tier without it")
    yield _table(head, rows, (100, 56, 52, 104, 112, 34, 42))
    base = said["materiality"]
    amount = f"{base['currency']} {float(base['amount']):,.2f} ({rung_words(base['rung'])})"
    yield _text(f"Amounts are held against M = {amount}.", _MUTED)


def _missing(report: Report) -> Iterable[Any]:
    said = report.explanation
    yield _text("Not evaluable 无法评估", _H2)
    rows = [(f"{one['id']} {one['name']} {one['name_zh']}", one["why"]) for one in said["not_evaluable"]]
    if not rows:
        yield _text(f"All {said['evaluated']} points could be judged.")
        return
    yield _text(f"{len(rows)} of {said['evaluated']} points could not be judged; that is no sign of health.")
    yield _table(("point", "why"), rows, (210, 290))


def _evidence(report: Report) -> Iterable[Any]:
    yield _text("Evidence 证据", _H2)
    rows = [
        (
            f"{row['feed']} {row['source']} {row['record_id']}"
            + (f" ({row['role']})" if row["role"] else "")
            + f", version {row['version']}, from {row['from']}"
            + (f" to {row['to']}" if row["to"] else "")
            + (f", document {row['doc_no']}" if row["doc_no"] else ""),
            "; ".join(f"{name} {value}" for name, value in (row["says"] or {}).items())
            + (f" ({row['worked_out']})" if row["worked_out"] else ""),
            ", ".join(used),
            f"digest {row['digest']}" + (f" SHA-256 {row['sha256']}" if row["sha256"] else ""),
        )
        for row, used in evidence(report)
    ]
    if not rows:
        yield _text("No record is evidence of a colour.")
        return
    yield _table(("record", "what it says", "used by", "hashes"), rows, (140, 190, 60, 110))
    yield _text(
        "The digest is of what the record says, the SHA-256 of the bytes the source sent. fenghuo explain --verify "
        "recomputes every colour from the records it was made of.",
        _MUTED,
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Table:
    cells = [[_text(one, _HEAD) for one in head], *([_text(one, _SMALL) for one in row] for row in rows)]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _GRID),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    return Table(cells, colWidths=list(widths), repeatRows=1, style=style, spaceAfter=4)


def _text(text: str, style: ParagraphStyle = _BODY) -> Paragraph:
    return Paragraph(_marked(text), style)


def _bullet(text: str) -> Paragraph:
    return Paragraph(_marked(text), _LIST, bulletText="–")


def _marked(text: str) -> str:
    """The text with every run that Helvetica cannot set in the Chinese font."""
    return _OTHER.sub(lambda run: f'<font name="{CHINESE}">{run[0]}</font>', escape(text))
