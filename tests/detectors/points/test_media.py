"""WX-19 (negative news): who counts as a source of his own, and how soon one after the other."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from detectors.fold import fold_all
from detectors.record import Record, decode
from detectors.records.reasons import Reason
from detectors.records.validation import validate
from tests.detectors.build import FIRM, at, shipped
from tests.detectors.examples import example_record
from tests.detectors.points.vectors import Series, Vector, judged, rec

MORNING = "2026-01-05T09:00:00+08:00"


def report(outlet: str, when: str = MORNING, **fields: Any) -> Record:
    """F35: an article of an outlet, negative with confidence 0.9 unless said otherwise; None leaves a field out."""
    more = {
        name: fields.pop(name)
        for name in ("version", "op", "observed", "source_id", "entity", "match_confidence")
        if name in fields
    }
    article = fields.pop("article", f"{outlet}/1")
    payload = {
        "outlet": outlet,
        "article": article,
        "published_at": when,
        "polarity": "negative",
        "confidence": 0.9,
        **fields,
    }
    kept = {name: value for name, value in payload.items() if value is not None}
    day = datetime.fromisoformat(when).isoformat()[:10]
    return rec("F35", article, day, kept, **more)


def later(seconds: int) -> str:
    """So long after the first report."""
    return (datetime.fromisoformat(MORNING) + timedelta(seconds=seconds)).isoformat()


HOUR, DAY = 3_600, 86_400
TWO = [report("a"), report("b", later(HOUR))]
THREE = [*TWO, report("c", later(2 * HOUR))]

_SOURCES = [
    Vector("WX-19", "nothing reported is in order", [], "2026-01-05", "none"),
    Vector("WX-19", "two sources are few", TWO, "2026-01-05", "none"),
    Vector("WX-19", "three sources are blue", THREE, "2026-01-05", "blue"),
    Vector("WX-19", "not before they report", THREE, "2026-01-04", "none"),
    Vector("WX-19", "three articles of one outlet are one source",
           [*TWO, report("b", later(HOUR), article="b/2"), report("b", later(HOUR), article="b/3")], "2026-01-05",
           "none"),
    Vector("WX-19", "three copies of one story are one source",
           [report(name, original="agency/7") for name in "abc"], "2026-01-05", "none"),
    Vector("WX-19", "a story, its copy and one more are two",
           [report("a"), report("b", original="a/1"), report("c")], "2026-01-05", "none"),
    Vector("WX-19", "and a third source makes them three",
           [report("a"), report("b", original="a/1"), report("c"), report("d")], "2026-01-05", "blue"),
    Vector("WX-19", "the copy of a copy is a copy",
           [report("a"), report("b", original="a/1"), report("c", original="b/1"), report("d")], "2026-01-05", "none"),
    Vector("WX-19", "also through a copy that is not negative",
           [report("a"), report("b", original="a/1", polarity="neutral"), report("c", original="b/1"), report("d")],
           "2026-01-05", "none"),
    Vector("WX-19", "copies of two stories of one agency are one source",
           [report("a", original="agency/7", original_outlet="agency"),
            report("b", original="agency/8", original_outlet="agency"), report("c")], "2026-01-05", "none"),
    Vector("WX-19", "one copy that names the agency speaks for all of the story",
           [report("a", original="agency/7"), report("b", original="agency/7", original_outlet="agency"),
            report("c", original_outlet="agency"), report("d")], "2026-01-05", "none"),
    Vector("WX-19", "an outlet that copies one story and writes another is two sources",
           [report("a"), report("b", original="agency/7"), report("b", article="b/2")], "2026-01-05", "blue"),
    Vector("WX-19", "two that copy each other are one source",
           [report("a", original="b/1"), report("b", original="a/1"), report("c")], "2026-01-05", "none"),
    Vector("WX-19", "and so are those who copy them, one from the other",
           [report("a", original="b/1"), report("b", original="a/1"), report("c4", original="a/1"),
            report("d", original="c4/1"), report("e")], "2026-01-05", "none"),
    Vector("WX-19", "an article that is its own original is no copy",
           [report(name, original=f"{name}/1") for name in "abc"], "2026-01-05", "blue"),
    Vector("WX-19", "and two such articles are of one outlet",
           [report("a"), report("b", original="b/1"), report("b", article="b/2", original="b/2")], "2026-01-05",
           "none"),
    Vector("WX-19", "one article told by two services is one report",
           [*TWO, report("b", later(HOUR), source_id="cn.other")], "2026-01-05", "none"),
]  # fmt: skip

_TIMES = [
    Vector("WX-19", "24 hours from the first to the last are blue",
           [*TWO, report("c", later(DAY))], "2026-01-06", "blue"),
    Vector("WX-19", "a second more is too long", [*TWO, report("c", later(DAY + 1))], "2026-01-06", "none"),
    Vector("WX-19", "the window may begin with any report",
           [*TWO, report("c", later(DAY + 1)), report("d", later(DAY + 2))], "2026-01-06", "blue"),
    Vector("WX-19", "two and two on days apart are not four",
           [*TWO, report("c", later(3 * DAY)), report("d", later(3 * DAY))], "2026-01-08", "none"),
    Vector("WX-19", "instants are compared, whatever their zone",
           [*TWO, report("c", "2026-01-06T01:00:00+00:00")], "2026-01-06", "blue"),
    Vector("WX-19", "a day earlier its last is not out", [*TWO, report("c", later(DAY))], "2026-01-05", "none"),
]  # fmt: skip

_READING = [
    Vector("WX-19", "a confidence of 0.80 counts",
           [*TWO, report("c", confidence=0.80)], "2026-01-05", "blue"),
    Vector("WX-19", "0.79 does not", [*TWO, report("c", confidence=0.79)], "2026-01-05", "none"),
    Vector("WX-19", "praise is not counted",
           [*TWO, report("c", polarity="positive")], "2026-01-05", "none"),
    Vector("WX-19", "nor is what is neutral", [*TWO, report("c", polarity="neutral")], "2026-01-05", "none"),
    Vector("WX-19", "praise the day before changes nothing",
           [report("z", later(-DAY), polarity="positive"), *THREE], "2026-01-05", "blue"),
    Vector("WX-19", "praise alone is in order",
           [report(name, polarity="positive") for name in "abcd"], "2026-01-05", "none"),
    Vector("WX-19", "nobody says how sure the classifier is",
           [*TWO, report("c", confidence=None)], "2026-01-05", "not_evaluable"),
    Vector("WX-19", "it does not matter where others suffice",
           [*THREE, report("d", confidence=None)], "2026-01-05", "blue"),
    Vector("WX-19", "nor where it would be too few all the same",
           [report("a"), report("b", confidence=None)], "2026-01-05", "none"),
    Vector("WX-19", "six days later it is still not known",
           [*TWO, report("c", confidence=None)], "2026-01-11", "not_evaluable"),
    Vector("WX-19", "seven days later it does not matter any more",
           [*TWO, report("c", confidence=None)], "2026-01-12", "none"),
    Vector("WX-19", "a firm known by name alone is blue as well",
           [*TWO, report("c", match_confidence=0.9)], "2026-01-05", "blue"),
    Vector("WX-19", "in Britain too",
           [report(name, entity="ent:GB:01234567") for name in "abc"], "2026-01-05", "blue",
           entity="ent:GB:01234567"),
]  # fmt: skip

_COURSE = [
    Vector("WX-19", "six days later it is shown", THREE, "2026-01-11", "blue"),
    Vector("WX-19", "a week later it fades", THREE, "2026-01-12", "fading"),
    Vector("WX-19", "after 129 days of fading something is left", THREE, "2026-05-21", "fading"),
    Vector("WX-19", "after 130 days nothing is", THREE, "2026-05-22", "none"),
    Vector("WX-19", "one more within a day of three prolongs it",
           [*THREE, report("d", later(DAY))], "2026-01-12", "blue"),
    Vector("WX-19", "a lone one the day after that does not",
           [*THREE, report("d", later(2 * DAY))], "2026-01-12", "fading"),
    Vector("WX-19", "captured four days late it is blue",
           [*TWO, report("c", later(2 * HOUR), observed="2026-01-09")], "2026-01-09", "blue"),
    Vector("WX-19", "captured weeks late it has faded in part",
           [*TWO, report("c", later(2 * HOUR), observed="2026-02-09")], "2026-02-09", "fading"),
    Vector("WX-19", "classified anew as harmless it never was",
           [*THREE, report("c", later(2 * HOUR), polarity="neutral", version=2, op="amend", observed="2026-01-06")],
           "2026-01-06", "none"),
    Vector("WX-19", "classified anew with more confidence it is blue",
           [*TWO, report("c", confidence=0.5),
            report("c", confidence=0.95, version=2, op="amend", observed="2026-01-06")], "2026-01-06", "blue"),
    Vector("WX-19", "found to be a copy it never was",
           [*THREE, report("c", later(2 * HOUR), original="a/1", version=2, op="amend", observed="2026-01-06")],
           "2026-01-06", "none"),
    Vector("WX-19", "withdrawn it never was",
           [*THREE, report("c", later(2 * HOUR), version=2, op="retract", observed="2026-01-06")], "2026-01-06",
           "none"),
    Vector("WX-19", "taken down by the outlet it fades from that day",
           [*THREE, report("c", later(2 * HOUR), version=2, op="close", observed="2026-01-08")], "2026-01-08",
           "fading"),
    Vector("WX-19", "the day before it is blue",
           [*THREE, report("c", later(2 * HOUR), version=2, op="close", observed="2026-01-08")], "2026-01-07", "blue"),
]  # fmt: skip

VECTORS = [*_SOURCES, *_TIMES, *_READING, *_COURSE]

SERIES = [
    Series(
        "WX-19",
        "ever more sources",
        [[report(name) for name in "abcde"[:number]] for number in range(6)],
        "2026-01-05",
    )
]


def test_it_says_how_many_sources_there_are_and_shows_the_surest_report_of_each() -> None:
    """Four reports of three sources: of the outlet with two, the one the classifier was surer of."""
    records = [*THREE, report("b", later(HOUR), article="b/2", confidence=0.99)]
    finding = judged(records, "2026-01-05").verdicts["WX-19"].finding
    assert finding.value == "negative reports of 3 independent sources within 24 hours"
    assert finding.details == {"sources": 3, "reports": 4}
    assert [fact.data["confidence"] for fact in finding.evidence] == [0.99, 0.9, 0.9]


def test_a_story_that_goes_on_is_one() -> None:
    """The episode and its begin stay those of the third report, while reports keep coming; after a pause it is anew."""
    more = [report("d", later(DAY)), report("e", later(DAY + HOUR))]
    first, second = (judged(records, "2026-01-07").verdicts["WX-19"] for records in (THREE, [*THREE, *more]))
    assert second.finding.episode == first.finding.episode
    assert (second.since, second.until) == (first.since, first.until + 1)
    again = [report(name, later(20 * DAY), article=f"{name}/9") for name in "abc"]
    third = judged([*THREE, *again], "2026-01-26").verdicts["WX-19"]
    assert third.finding.episode != first.finding.episode
    assert third.since == first.since + 20


def test_what_cannot_be_said_is_said() -> None:
    records = [*TWO, report("c", confidence=None)]
    missing = judged(records, "2026-01-05").verdicts["WX-19"].finding.missing
    assert missing is not None
    assert missing.startswith("negative reports of 3 independent sources within 24 hours, not all with the")


def test_the_ledger_knows_outlets_and_articles_as_digests_alone() -> None:
    """And forgets an article after 400 days, when what it weighed has faded."""
    (fact,) = fold_all([report("weibo.example/张三", original="agency/7")], shipped())[FIRM].stating("F35")
    assert set(fact.data) == {"outlet", "article", "original", "published_at", "polarity", "confidence"}
    assert "张三" not in msgspec.json.encode(fact.data).decode()
    assert fact.until == fact.start + 400


def test_titles_texts_and_authors_are_not_kept() -> None:
    """They name people whom no warning needs."""
    record = example_record("F35")
    record["payload"] |= {"作者": "张三", "标题": "张三跑路", "content": "…", "author": "李四"}
    outcome = validate(record, now=at("2026-12-01"))
    assert outcome.kind == "accepted", outcome.detail
    assert outcome.wire == validate(example_record("F35"), now=at("2026-12-01")).wire


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"polarity": "负面"}, None),
        ({"polarity": "-1"}, None),
        ({"polarity": "angry"}, Reason.UNKNOWN_CODE),
        ({"confidence": "85%"}, None),
        ({"confidence": 1.01}, Reason.INVALID_FIELD),
        ({"confidence": None}, None),
        ({"published_at": 1_767_575_400_000}, None),
        ({"published_at": "yesterday"}, Reason.INVALID_FIELD),
        ({"article": None}, Reason.MISSING_FIELD),
        ({"outlet": "x" * 129}, Reason.INVALID_FIELD),
    ],
)
def test_the_contract(fields: dict[str, Any], reason: Reason | None) -> None:
    """Under the words the services use."""
    record = example_record("F35")
    record["payload"] |= fields
    outcome = validate(record, now=at("2026-12-01"))
    assert outcome.reason is reason, outcome.detail


def test_an_entry_by_hand_counts_like_any_other() -> None:
    """F32 of an article, approved by a second person."""
    entered = example_record("F32")
    article = report("c", later(2 * HOUR)).payload
    entered["payload"] |= {"feed": "F35", "record": article}
    outcome = validate(entered, now=at("2026-12-01"))
    assert outcome.kind == "accepted", outcome.detail
    assert outcome.wire is not None
    one = decode(outcome.wire)
    assert one.entity == FIRM
    assert judged([*TWO, one], "2026-01-06").verdicts["WX-19"].level == 1
