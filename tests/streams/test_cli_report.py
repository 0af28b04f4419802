"""``fenghuo report``: the credit report as HTML and PDF, for a firm with peers and for one of which little is known."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from detectors.fold import together
from detectors.record import Evidence, Record, epoch
from detectors.score import in_tenths
from streams.report.content import Report, report
from streams.report.page import html
from streams.report.pdf import pdf
from tests.detectors import build, forces_records
from tests.streams.commands import Ended, fenghuo, lines, mistake

FIRM = build.FIRM
TODAY = "2026-04-15"


def of(entity: str, records: list[Record]) -> list[Record]:
    """The same records, about another firm."""
    return [replace(one, entity=entity) for one in records]


@cache
def district() -> tuple[Record, ...]:
    """The firm, red and with accounts, among 40 firms of its trade."""
    records = [
        forces_records.master(industry="C1751"),
        *forces_records.two_years(),
        *forces_records.readings("2024-01", [1000.0 + month for month in range(27)]),
        build.enforcement(1, "2026-02-05", 900_000),
        replace(
            build.dishonest(3, "2026-03-01"), evidence=Evidence(doc_no="(2026)浙0604执3号", sha256="ef" * 32)
        ),
        build.bill("2026-01", "2026-02-10", 20_000),
    ]
    for n in range(40):
        peer = forces_records.two_years(
            profit=1e6 + 5e4 * n, liabilities=8e6 + 2e5 * n, equity=14e6 - 2e5 * n
        )
        records += of(f"ent:CN-330604:peer{n:02d}", [forces_records.master(industry="C1751"), *peer])
    return tuple(records)


@cache
def full() -> Report:
    return reported(list(district()))


def reported(records: list[Record], day: str = TODAY) -> Report:
    catalogue = build.shipped()
    return report(FIRM, records, together(records, catalogue, epoch(build.at(day))), catalogue)


class Page(HTMLParser):
    """What a browser would see: tags that are open at the end, what it would load, and the text."""

    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.svgs = 0
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.svgs += tag == "svg"
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_and_loads_nothing() -> None:
    text = html(full())
    page = Page(text)
    assert page.open == []
    assert page.loads == []
    assert page.svgs == 3
    assert "<script" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_it_says_who_what_and_why_in_words() -> None:
    text = Page(html(full())).text
    for part in (
        "绍兴上虞测试有限公司",
        FIRM,
        "RED (level 3 of 3)",
        "WP-09 dishonest judgment debtor is red",
        "capital 资本实力",
        "at most 20",
        "Not calibrated",
        "失信被执行人",
        "no water account linked",
        "ef" * 32,
        f"catalogue {build.shipped().version}",
        "advisory",
    ):
        assert part in text, part


def test_the_position_among_peers_is_drawn_when_there_are_enough() -> None:
    compared = {one.indicator: one for one in full().compared}
    assert "roe" in compared
    assert compared["roe"].n >= 30
    assert "percentile among the peers" in html(full())
    assert "gbt4754:C175" in html(full())


def test_without_peers_it_says_so() -> None:
    alone = reported([one for one in district() if one.entity == FIRM])
    assert alone.compared == ()
    assert "Not available: the records hold 0 other firms" in html(alone)
    nameless = reported([build.enforcement(1, "2026-02-05", 900_000)])
    assert "do not tell the industry" in html(nameless)


def test_a_firm_of_which_little_is_known_still_has_a_report() -> None:
    little = reported([build.master("2026-01-02", 8_000_000)])
    text = Page(html(little)).text
    assert "NONE (level 0 of 3)" in text
    assert "No score:" in text
    assert "too little known" in text
    assert "No point shows a colour or fades" in text
    assert pdf(little).startswith(b"%PDF")


def test_the_credit_score_and_the_forces_are_those_of_the_core() -> None:
    shown = full()
    assert shown.credit.score is not None
    assert shown.credit.score <= 20
    assert [force.id for force in shown.forces] == [
        "capital", "operations", "profitability", "solvency", "potential"
    ]  # fmt: skip
    assert f"{in_tenths(shown.credit.score)} of 100, grade {shown.credit.grade}" in html(shown)


def test_figures_have_their_units() -> None:
    """Shares in hundredths, amounts in the currency of the firm, and the cohort in words."""
    text = Page(html(full())).text
    assert re.search(r"paid-in capital \d+ %", text)
    assert "in 24 months" in text
    assert "changes in 24 months" not in text
    assert "(trade C175, small, CN-330604)" in text


def test_a_name_cannot_become_markup() -> None:
    named = forces_records.master(name="<b>甲&乙</b><script>x</script>")
    text = html(reported([named]))
    assert "<script>x" not in text
    assert "&lt;b&gt;甲&amp;乙" in text
    assert pdf(reported([named])).startswith(b"%PDF")


def test_the_timeline_has_a_lane_for_every_feed_with_facts() -> None:
    assert [lane.feed for lane in full().lanes] == ["F04", "F05", "F15", "F29", "F30"]
    listing = next(lane for lane in full().lanes if lane.feed == "F05")
    assert [mark.level for mark in listing.marks] == [3]


def test_the_same_records_in_any_order_give_the_same_bytes() -> None:
    backwards = reported(list(reversed(district())))
    assert html(backwards) == html(full())
    assert pdf(backwards) == pdf(full())


def test_the_pdf_holds_the_text_in_latin_and_chinese() -> None:
    document = pdf(full())
    assert document.startswith(b"%PDF-1.")
    assert document.rstrip().endswith(b"%%EOF")
    assert b"STSong-Light" in document
    assert b"CreationDate" not in document or b"(D:20000101" in document
    assert len(re.findall(rb"/Type /Page\b", document)) >= 3


def write(file: Path, *arguments: object) -> Ended:
    return fenghuo("report", FIRM, "--data", file, *arguments, directory=file.parent)


def wire(record: Record) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(msgspec.json.encode(record))
    return value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    listing = build.saying(
        build.dishonest(3, "2026-03-01"), court="绍兴市上虞区人民法院", performance="none", type=1
    )
    records = [build.master("2025-01-02", 8_000_000), listing]
    return lines(tmp_path / "records.jsonl", *map(wire, records))


def test_the_command_writes_both_files_and_says_where(file: Path) -> None:
    out = file.parent / "reports" / "today"
    ended = write(file, "--out", out, "--as-of", TODAY, "--json")
    assert (ended.code, ended.err) == (0, ""), ended
    said = json.loads(ended.out)
    stem = f"report-CN-330604-91330604MA0000015G-{TODAY}"
    assert [Path(name).name for name in said["files"]] == [f"{stem}.html", f"{stem}.pdf"]
    assert (said["tier"], said["credit"]["caps"][0]["at_most"]) == ("red", 20)
    assert said["probability_of_default"]["calibrated"] is False
    assert "RED (level 3 of 3)" in (out / f"{stem}.html").read_text("utf-8")
    assert (out / f"{stem}.pdf").read_bytes().startswith(b"%PDF")


def test_the_command_twice_writes_the_same_bytes(file: Path) -> None:
    first, second = file.parent / "a", file.parent / "b"
    assert write(file, "--out", first).code == write(file, "--out", second).code == 0
    for one in sorted(first.iterdir()):
        assert one.read_bytes() == (second / one.name).read_bytes()


def test_mistakes_are_one_sentence(file: Path) -> None:
    mistake(write(file, "--out", file), str(file), "cannot be written")
    mistake(write(file, "--as-of", "soon"), "--as-of")
    unknown = fenghuo("report", "ent:CN-330604:x", "--data", file, directory=file.parent)
    mistake(unknown, "holds no record of ent:CN-330604:x")
