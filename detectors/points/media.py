"""WX-19 负面舆情: several independent media report ill of a firm within a day (F35)."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter

import msgspec

from detectors.fact import Fact
from detectors.points.evaluator import Evaluator
from detectors.points.finding import BLUE, Finding
from detectors.points.view import View
from detectors.points.wording import count

_HOUR = 3_600


class NegativeNews(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WX-19: so many independent sources within ``window_hours``, each classified with this confidence;
    shown for ``shown_days`` from the day of the last report."""

    sources: int = 3
    window_hours: int = 24
    least_confidence: float = 0.80
    shown_days: int = 7


def negative_news(view: View, limit: NegativeNews) -> Finding:
    """WX-19 负面舆情: negative reports of three independent sources within 24 hours, the first and the last included.

    Copies of one story are one source, as are several articles of one outlet. A report counts if the classifier is sure
    by 0.80 or more; where the colour hangs on reports whose confidence nobody told, it cannot be said. An article that
    is taken down counts no longer. Three sources as a sign of risk are published practice; the numbers are
    configuration defaults.

    >>> from detectors.points.example import seen
    >>> said = [{"on": "2026-01-05", "outlet": name, "article": name, "published_at": f"2026-01-05T0{hour}:00:00+08:00",
    ...          "polarity": "negative", "confidence": 0.9} for hour, name in enumerate("abc", start=1)]
    >>> negative_news(seen("2026-01-06", F35=said), NegativeNews()).value
    'negative reports of 3 independent sources within 24 hours'
    """
    told = view.known("F35")
    if not any(fact.data.get("polarity") == "negative" for fact in told):
        return Finding(quiet=True)
    source = _sources(told)
    unsure, sure = _reports([fact for fact in told if fact.holds(view.day)], limit)
    for reports in (sure, unsure):
        waves = _waves(reports, source, limit)
        if waves and view.day < (over := _over(reports, waves[-1], limit)):
            loudest = _heard(reports[waves[-1]], source)
            said = f"negative reports of {count(len(loudest), 'independent source')} within {_hours(limit)}"
            if reports is sure:
                return _reported(reports, waves, loudest, said, limit)
            return Finding(missing=f"{said}, not all with the confidence of the classifier", turn=over)
    return Finding()


_Source = Callable[[Fact], str]


def _reports(facts: Iterable[Fact], limit: NegativeNews) -> tuple[list[Fact], list[Fact]]:
    """Negative reports in order of publication: all that may count, and those that do."""
    ill = sorted(
        [fact for fact in facts if fact.data.get("polarity") == "negative"],
        key=lambda fact: (fact.data["published_at"], fact.key),
    )
    unsure = [fact for fact in ill if fact.data.get("confidence", 1.0) >= limit.least_confidence]
    return unsure, [fact for fact in unsure if "confidence" in fact.data]


def _sources(told: Iterable[Fact]) -> _Source:
    """Who stands behind a report: the publisher of the article at the root of the copies; if that is not told of,
    whoever a copy names as its publisher; else that article itself, whoever wrote it."""
    known: dict[str, Fact] = {}
    named: dict[str, str] = {}
    for fact in sorted(told, key=attrgetter("key")):
        known.setdefault(fact.data["article"], fact)
        if "original" in fact.data and "original_outlet" in fact.data:
            named.setdefault(fact.data["original"], fact.data["original_outlet"])

    behind: dict[str, str] = {}

    def source(fact: Fact) -> str:
        way: list[str] = []  # of articles, each a copy of the next
        while (original := fact.data.get("original")) is not None and original not in behind:
            if original in way:  # each a copy of the other: one story, whoever began
                behind[original] = min(way[way.index(original) :])
                break
            way.append(original)
            if original not in known:
                behind[original] = str(named.get(original, original))
                break
            fact = known[original]
        found = str(fact.data.get("original_outlet") or fact.data["outlet"])
        found = found if original is None else behind[original]
        behind.update(dict.fromkeys(way, found))
        return found

    return source


def _waves(reports: list[Fact], source: _Source, limit: NegativeNews) -> list[slice]:
    """For every report, in order, those within the window up to it, if they are of enough sources."""
    waves: list[slice] = []
    voices = [source(fact) for fact in reports]
    within: dict[str, int] = {}
    first = 0
    for last, fact in enumerate(reports):
        within[voices[last]] = within.get(voices[last], 0) + 1
        while fact.data["published_at"] - reports[first].data["published_at"] > limit.window_hours * _HOUR:
            within[voices[first]] -= 1
            if not within[voices[first]]:
                del within[voices[first]]
            first += 1
        if len(within) >= limit.sources:
            waves.append(slice(first, last + 1))
    return waves


def _over(reports: list[Fact], wave: slice, limit: NegativeNews) -> int:
    """The day from which a wave is shown no more."""
    last: int = wave.stop - 1
    return reports[last].start + limit.shown_days


def _reported(
    reports: list[Fact], waves: list[slice], evidence: list[Fact], said: str, limit: NegativeNews
) -> Finding:
    begun = reports[waves[-1].stop - 1]
    for wave in reversed(waves):  # as far back as the colour was never off
        if _over(reports, wave, limit) < begun.start:
            break
        begun = reports[wave.stop - 1]
    return Finding(
        level=BLUE,
        value=said,
        threshold=f"blue from {limit.sources} sources in {_hours(limit)}, each classified with a confidence of "
        f"{limit.least_confidence:.2f} or more",
        since=begun.start,
        evidence=tuple(evidence),
        turn=_over(reports, waves[-1], limit),
        details={"sources": len(evidence), "reports": waves[-1].stop - waves[-1].start},
        episode=begun.key,
    )


def _hours(limit: NegativeNews) -> str:
    return count(limit.window_hours, "hour")


def _heard(wave: Iterable[Fact], source: _Source) -> list[Fact]:
    """Of each source the report the classifier was surest of, those first."""
    best: dict[str, Fact] = {}
    for fact in sorted(wave, key=lambda one: (-one.data.get("confidence", 0.0), one.start, one.key)):
        best.setdefault(source(fact), fact)
    return list(best.values())


def _harmless(fact: Fact, _: int) -> bool:
    """While nobody has reported ill of the firm, what others report changes nothing."""
    return fact.data.get("polarity") in ("neutral", "positive")


def _endings(view: View, _: object, limit: NegativeNews) -> Iterable[int]:
    told = view.known("F35")
    _, sure = _reports(told, limit)
    yield from {_over(sure, wave, limit) for wave in _waves(sure, _sources(told), limit)}
    yield from (fact.end for fact in told if fact.end is not None)


EVALUATORS: Mapping[str, Evaluator] = {
    "negative_news": Evaluator(negative_news, NegativeNews, _endings, _harmless),
}
