"""``fenghuo catalogue`` as its user meets it: look, compare, check, document, and change over while workers run."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from detectors import catalogue
from detectors.catalogue.pages import index_page, page
from streams.brokers.embedded import EmbeddedBroker
from streams.catalogues import read_catalogue, read_parts, shipped
from streams.engine.ticker import tick
from tests.detectors import build
from tests.streams.commands import Command, Ended, fenghuo, mistake
from tests.streams.desk import NOBODY, Desk
from tests.streams.partition import wire
from tests.streams.wire import consume, produce

WHOLE = catalogue.joined(read_parts(shipped()), "shipped")
"""The built-in catalogue as one mapping."""


def own(path: Path, *changes: tuple[str, str, Any], **whole: Any) -> Path:
    """The built-in catalogue in a file, with changed numbers: (point, parameter, value), and changed keys."""
    values = copy.deepcopy(WHOLE)
    by_id = {one["id"]: one for one in values["points"]}
    for point, name, value in changes:
        by_id[point].setdefault("parameters", {})[name] = value
    path.write_text(yaml.safe_dump({**values, **whole}, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def run(directory: Path, *arguments: object) -> Ended:
    """``fenghuo catalogue …`` to its end."""
    return fenghuo("catalogue", *arguments, directory=directory)


def told(ended: Ended) -> Any:
    """What a command that ended well said in JSON."""
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)


# -- list and show ----------------------------------------------------------------------------------------------------


def test_list_has_every_point_with_its_conditions(tmp_path: Path) -> None:
    listed = told(run(tmp_path, "list", "--json"))
    rows = {row["id"]: row for row in listed["points"]}
    assert set(rows) == set(read_catalogue().by_id)
    assert len([one for one in rows if one.startswith("WP")]) == 49
    assert rows["WP-09"]["hard"] is True
    assert rows["WP-22"]["colours"] == ["blue", "yellow", "red"]
    assert rows["WP-22"]["blue"] == "10 days overdue"
    assert rows["CP-04"]["feeds"] == ["F04", "F06", "F07", "F27"]


def test_list_for_people_is_a_table(tmp_path: Path) -> None:
    ended = run(tmp_path, "list")
    assert (ended.code, ended.err) == (0, "")
    assert f"catalogue {read_catalogue().version}" in ended.out
    assert all(one in ended.out for one in ("WP-01", "WP-49", "CP-07", "电费逾期"))


def test_list_as_it_applies_elsewhere(tmp_path: Path) -> None:
    rows = {row["id"] for row in told(run(tmp_path, "list", "--profile", "GB", "--json"))["points"]}
    assert "WX-21" in rows
    assert not rows & {"WP-09", "WP-33", "WX-23"}
    mistake(run(tmp_path, "list", "--profile", "FR"), "--profile FR", "is no profile", "known are CN, ", "US")


def test_show_is_the_page_of_the_manual(tmp_path: Path) -> None:
    shown = read_catalogue()
    ended = run(tmp_path, "show", "wp-22")
    assert (ended.code, ended.out) == (0, page(shown.by_id["WP-22"], shown))
    assert told(run(tmp_path, "show", "WP-22", "--json"))["parameters"]["red_days"] == 60


def test_the_macro_risk_index_is_shown_compared_and_checked(tmp_path: Path) -> None:
    """Its numbers are part of the catalogue, though it is no point."""
    shown, macro = read_catalogue(), {**WHOLE["macro"], "confirm_days": 5}
    ended = run(tmp_path, "show", "MRI")
    assert (ended.code, ended.out) == (0, index_page(shown))
    mine = own(tmp_path / "mine.yaml", macro=macro)
    assert (
        told(run(tmp_path, "show", "mri", "--catalogue", mine, "--json"))["parameters"]["confirm_days"] == 5
    )
    [found] = told(run(tmp_path, "diff", mine, "--json"))["differences"]
    assert found == {"what": "catalogue", "field": "macro.confirm_days", "before": "3", "after": "5"}
    wrong = own(tmp_path / "wrong.yaml", macro={**macro, "deadband": 61})
    mistake(run(tmp_path, "validate", wrong), "wrong.yaml", "macro", "deadband", "entry of blue, got 61")
    old = own(tmp_path / "old.yaml", macro={})
    assert run(tmp_path, "diff", old).out == "no difference\n"


def test_show_with_the_numbers_of_a_jurisdiction(tmp_path: Path) -> None:
    def floating(*options: str) -> int:
        return int(told(run(tmp_path, "show", "WP-19", *options, "--json"))["parameters"]["floating_level"])

    assert (floating(), floating("--profile", "GB")) == (2, 0)


def test_show_what_there_is_not(tmp_path: Path) -> None:
    mistake(run(tmp_path, "show", "WP-50"), "WP-50", "is no point of catalogue", "WP-01", "WP-49")
    mistake(run(tmp_path, "show", "electricity"), "electricity", "is no point", "there are WP-01")


def test_show_all_is_a_catalogue_to_start_from(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(run(tmp_path, "show", "all").out, "utf-8")
    assert run(tmp_path, "diff", mine).out == "no difference\n"
    assert told(run(tmp_path, "show", "WP-01", "--catalogue", mine, "--json"))["id"] == "WP-01"
    again = run(tmp_path, "show", "all", "--catalogue", mine)
    assert again.out == mine.read_text("utf-8")


# -- diff -------------------------------------------------------------------------------------------------------------


def test_diff_names_every_number_that_is_another(tmp_path: Path) -> None:
    new = own(tmp_path / "new.yaml", ("WP-08", "red_amount", 500_000), version="2027.1")
    assert told(run(tmp_path, "diff", new, "--json"))["differences"] == [
        {"what": "catalogue", "field": "version", "before": read_catalogue().version, "after": "2027.1"},
        {"what": "WP-08", "field": "parameters.red_amount", "before": "1000000", "after": "500000"},
    ]
    back = told(run(tmp_path, "diff", str(shipped()), new, "--json"))["differences"]
    assert (back[1]["before"], back[1]["after"]) == ("500000", "1000000")
    assert "red_amount" in run(tmp_path, "diff", new).out


def test_diff_names_points_that_came_and_went(tmp_path: Path) -> None:
    new = own(tmp_path / "new.yaml", points=[one for one in WHOLE["points"] if one["id"] != "WX-09"])
    [gone] = told(run(tmp_path, "diff", new, "--json"))["differences"]
    assert (gone["what"], gone["before"], gone["after"]) == (
        "WX-09",
        "annual report owes social insurance",
        "absent",
    )


# -- validate ---------------------------------------------------------------------------------------------------------


def test_validate_counts_what_is_right(tmp_path: Path) -> None:
    shown = read_catalogue()
    good = own(tmp_path / "good.yaml")
    assert told(run(tmp_path, "validate", good, "--json")) == {
        "ok": True,
        "version": shown.version,
        "points": len(shown.points),
        "patterns": len(shown.patterns),
    }
    ended = run(tmp_path, "validate", str(shipped()))
    assert (ended.code, ended.err) == (0, "")
    assert f"catalogue {shown.version}, {len(shown.points)} points, 7 patterns" in ended.out
    assert ended.out.endswith("no mistake\n")


WRONG = [
    pytest.param("red_cases: 3", "red_case: 3", ("points.WP-08", "red_case"), id="no such number"),
    pytest.param("red_cases: 3", "red_cases: many", ("points.WP-08", "red_cases"), id="no number"),
    pytest.param("hard: 90\n", "hard: 190\n", ("score.hard", "less than or equal to 100"), id="out of range"),
    pytest.param("id: WP-09", "id: WP-08", ("points given twice", "WP-08"), id="twice"),
    pytest.param("by: WP-42", "by: WP-77", ("inhibitions names WP-77",), id="no such point"),
    pytest.param("half_life_days: 730", "half_live_days: 730", ("points.WP-",), id="no such field"),
    pytest.param("points:\n", "points: [\n", ("not YAML",), id="no YAML"),
]


@pytest.mark.parametrize(("old", "new", "parts"), WRONG)
def test_validate_names_the_first_mistake_in_one_sentence(
    tmp_path: Path, old: str, new: str, parts: tuple[str, ...]
) -> None:
    file = own(tmp_path / "wrong.yaml")
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    mistake(run(tmp_path, "validate", file), "wrong.yaml", *parts)


def test_validate_what_is_not_there(tmp_path: Path) -> None:
    mistake(run(tmp_path, "validate", "none.yaml"), "none.yaml", "No such file", "give a catalogue file")
    (tmp_path / "empty").mkdir()
    mistake(run(tmp_path, "validate", "empty"), "empty", "holds no .yaml file")
    (tmp_path / "gb.yaml").write_bytes("版本: 一\n".encode("gb18030"))
    mistake(run(tmp_path, "validate", "gb.yaml"), "gb.yaml", "not UTF-8")


# -- docs -------------------------------------------------------------------------------------------------------------


def test_docs_writes_a_page_for_every_entry(tmp_path: Path) -> None:
    shown = read_catalogue()
    assert told(run(tmp_path, "docs", "--out", "pages", "--json"))["pages"] == len(shown.by_id) + 1
    written = {path.stem: path.read_text("utf-8") for path in (tmp_path / "pages").iterdir()}
    assert written.pop("MRI") == index_page(shown)
    assert written == {name: page(entry, shown) for name, entry in shown.by_id.items()}


# -- apply ------------------------------------------------------------------------------------------------------------


def test_apply_checks_before_it_asks_a_broker(tmp_path: Path) -> None:
    file = own(tmp_path / "wrong.yaml", ("WP-08", "red_case", 3))
    mistake(run(tmp_path, "apply", file, "--broker", NOBODY), "wrong.yaml", "points.WP-08")
    mistake(
        run(tmp_path, "apply", own(tmp_path / "good.yaml"), "--broker", NOBODY), NOBODY, "Connection refused"
    )


@pytest.mark.embedded
def test_apply_to_a_broker_without_our_topics(embedded_broker: EmbeddedBroker, tmp_path: Path) -> None:
    desk = Desk(embedded_broker.bootstrap, tmp_path)
    mistake(
        desk.run("catalogue", "apply", own(tmp_path / "mine.yaml")), "has no topic", "fenghuo topics apply"
    )


@pytest.mark.embedded
def test_apply_tells_every_partition_and_from_when(embedded_broker: EmbeddedBroker, tmp_path: Path) -> None:
    desk = Desk(embedded_broker.bootstrap, tmp_path)
    assert desk.run("topics", "apply").code == 0
    now = own(tmp_path / "now.yaml", version="2026.9")
    later = own(tmp_path / "later.yaml", version="2099.1", effective_from="2099-01-01")
    assert told(desk.run("catalogue", "apply", now, "--json")) == {"version": "2026.9", "partitions": 2}
    ended = desk.run("catalogue", "apply", later)
    assert ended.out == "catalogue 2099.1 told to 2 partitions; in force from 2099-01-01 on\n"
    said = [json.loads(value) for value in consume(desk.broker, desk.names.records, 2)]
    assert [one["payload"]["version"] for one in said] == ["2026.9", "2099.1"]


@pytest.mark.embedded
def test_a_running_worker_changes_over_without_a_restart(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    """What was yellow becomes red by the new numbers, in the same process, and the alert names the new version."""
    desk = Desk(embedded_broker.bootstrap, tmp_path)
    desk.env |= {"FENGHUO_PARTITIONS": "1", "FENGHUO_CLOCK": "log"}
    assert desk.run("topics", "apply").code == 0
    mine = own(tmp_path / "mine.yaml", ("WP-08", "red_amount", 500_000), version="2026.9")

    def clock(*days: str) -> list[bytes]:
        return [tick(build.at(day, 12))[1] for day in days]

    worker = Command(("worker",), tmp_path, name="worker", env=desk.env)
    try:
        case = wire(build.enforcement(1, "2026-01-05", 600_000))
        produce(desk.broker, desk.names.records, [case, *clock("2026-01-06")])
        [first] = consume(desk.broker, desk.names.alerts, 1)
        assert desk.run("catalogue", "apply", mine).code == 0
        produce(desk.broker, desk.names.records, clock("2026-02-02", "2026-02-03"))
        alerts = [json.loads(one) for one in (first, consume(desk.broker, desk.names.alerts, 2)[1])]
        assert worker.alive()
        assert worker.terminate() == 0, worker.tail()
    finally:
        worker.kill()
    assert [(one["at"][:10], one["level_name"], one["catalogue"]) for one in alerts] == [
        ("2026-01-05", "yellow", read_catalogue().version),
        ("2026-02-02", "red", "2026.9"),
    ]


def test_the_whole_catalogue_as_json_is_what_the_yaml_says(tmp_path: Path) -> None:
    text, programs = run(tmp_path, "show", "all"), run(tmp_path, "show", "all", "--json")
    assert text.code == programs.code == 0
    said = json.dumps(yaml.safe_load(text.out), default=str)
    assert json.loads(programs.out) == json.loads(said)
    assert {one["id"] for one in json.loads(programs.out)["points"]} >= {"WP-01", "WP-49"}


def test_pages_cannot_be_written_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    mistake(run(tmp_path, "docs", "--out", "taken"), "--out taken", "cannot be written", "give a folder")
