"""The report as one HTML file that needs nothing but itself: styles and charts are in it."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from detectors.forces.measures import FORCES
from detectors.materiality import rung_words
from detectors.score import in_tenths
from streams.report.content import DISCLAIMERS, Report, figure, in_full, level_words, measure_name, number
from streams.report.drawing import LEVEL_COLOURS, cohort, radar, timeline
from streams.report.parts import cohorts_used, evidence, method, no_peers
from streams.report.svg import svg


def html(report: Report) -> str:
    """The page; equal reports are equal bytes."""
    explanation = report.explanation
    return _template().render(
        r=report,
        e=explanation,
        rows=[*explanation["patterns"], *explanation["points"]],
        evidence=evidence(report),
        cohorts=cohorts_used(report),
        no_peers=no_peers(report),
        method=method(report),
        disclaimers=DISCLAIMERS,
        force_names=FORCES,
        colours=LEVEL_COLOURS,
        words=level_words,
        number=number,
        name=measure_name,
        figure=figure,
        rung=rung_words,
        tenths=in_tenths,
        full=in_full,
        **_charts(report),
    )


def _charts(report: Report) -> dict[str, Markup]:
    """SVG made here of numbers and of names from our own tables."""
    drawn = {
        "radar": (radar(report.forces), "Radar of the five forces; the table below has the numbers"),
        "timeline": (timeline(report), "Facts on record by feed over time"),
        "cohort": (
            cohort(report.compared, report.currency),
            "Percentile of each indicator among the peers",
        ),
    }
    return {name: Markup(svg(drawing, title)) for name, (drawing, title) in drawn.items()}  # noqa: S704 - see docstring


@cache
def _template() -> Template:
    loader = PackageLoader("streams.report", "")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("report.html.j2")
