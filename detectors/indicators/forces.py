"""The indicators of the five forces, as they are and beside the firms of the same industry, size and place."""

import math

from detectors.cohorts.firm import attributes
from detectors.cohorts.norm import Norm, NormTable
from detectors.cohorts.period import earlier
from detectors.cohorts.statistics import between, robust_z
from detectors.fact import iso_day
from detectors.forces.measure import Measure, Unknown, read
from detectors.forces.measures import GROWTHS, MEASURES
from detectors.indicators.indicator import Direction, Indicator, NullPolicy
from detectors.indicators.look import Behind
from detectors.points.view import View

_NOBODY = "no cohort of the firm is large enough"


def _value(view: View, measure: Measure) -> float:
    found = measure.read(view)
    if found.value is None:
        raise Unknown(found.reason or "unknown")
    return found.value


def _norm(view: View, name: str) -> Norm:
    """What is usual among the peers, in the month before the day of the view or in a recent one.

    Raises:
        Unknown: nothing is.
    """
    table, industry = view.reference.norms, view.master("industry")
    if not isinstance(table, NormTable) or industry is None:
        raise Unknown(_NOBODY)
    firm = attributes(industry, view.master("size_class"), view.region)
    period = earlier(iso_day(view.day)[:7], 1)
    found = None if firm is None else table.find(firm, name, period, look_back=table.rules.look_back)
    if found is None:
        raise Unknown(_NOBODY)
    return found.norm


def _percentile_of(view: View, name: str, value: float) -> float:
    points = _norm(view, name).points()
    if not points:
        raise Unknown(_NOBODY)
    return between(points, value)


def _as_it_is(measure: Measure) -> Behind:
    return lambda view: _value(view, measure)


def _percentile(measure: Measure) -> Behind:
    """Its percentile; of growth the mean percentile of the growth rates known."""

    def behind(view: View) -> float:
        if measure.basis != "mix":
            return _percentile_of(view, measure.id, _value(view, measure))
        rates = {part: read(view, part, GROWTHS[part]).value for part in measure.parts}
        ranks = [_percentile_of(view, part, rate) for part, rate in rates.items() if rate is not None]
        if not ranks:
            raise Unknown("no growth rate is known")
        return math.fsum(ranks) / len(ranks)

    return behind


def _distance(measure: Measure) -> Behind:
    def behind(view: View) -> float:
        value, norm = _value(view, measure), _norm(view, measure.id)
        if norm.median is None or norm.mad is None or norm.iqr is None:
            raise Unknown(_NOBODY)
        found = robust_z(value, norm.median, norm.mad, norm.iqr)
        if found is None:
            raise Unknown("the firms of the cohort do not differ")
        return found

    return behind


def _direction(measure: Measure) -> Direction:
    return "higher_is_better" if measure.higher_is_better else "higher_is_worse"


def _indicator(
    measure: Measure, kind: str, agg: str, unit: str, said: tuple[str, str], behind: Behind
) -> Indicator:
    nulls: NullPolicy = "unknown" if kind == "value" else "peers"
    return Indicator(
        id=f"forces.{measure.id}.{kind}",
        family="forces",
        feed=measure.feeds or ("-",),
        measure=measure.id,
        agg=agg,
        window="now",
        filter=measure.force,
        unit=unit or measure.unit,
        direction=_direction(measure),
        null_policy=nulls,
        privacy_class="shared" if kind == "value" else "derived",
        behind=behind,
        name_en=f"{measure.name}{said[0]}",
        name_zh=f"{measure.name_zh}{said[1]}",
    )


INDICATORS = tuple(
    one
    for measure in MEASURES.values()
    for one in (
        _indicator(measure, "value", "as it is", "", ("", ""), _as_it_is(measure)),
        _indicator(
            measure,
            "percentile",
            "percentile",
            "percent",
            (", percentile", "行业百分位"),
            _percentile(measure),
        ),
        _indicator(
            measure,
            "z",
            "robust z",
            "deviations",
            (", distance from the median", "行业偏离度"),
            _distance(measure),
        ),
    )
)
"""27 measures × 3."""
