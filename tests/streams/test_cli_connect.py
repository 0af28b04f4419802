"""``fenghuo connect``: everything once, and what it says of what it refused."""

from __future__ import annotations

import pytest

from tests.streams.commands import mistake
from tests.streams.desk import CONNECTOR, HEADER, ROW, Desk
from tests.streams.wire import consume


@pytest.mark.embedded
def test_connect_once_reads_everything_and_ends(office: Desk) -> None:
    office.drop("a.csv", HEADER, *(ROW.format(n=n) for n in range(1, 4)))
    ended = office.run("connect", "connector.yaml", "--once")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    again = office.run("connect", "connector.yaml", "--once")
    assert again.code == 0
    assert (office.directory / "done" / "a.csv").is_file()


REFUSED = [
    pytest.param(
        (HEADER + ",备注", ROW.format(n=1) + ",x"),
        ("a.csv:1", "column '备注' is not mapped in connector.yaml", "list it under 'ignore'"),
        id="unknown column",
    ),
    pytest.param(
        (HEADER.replace("执行标的", "执行标地"), ROW.format(n=1)),
        ("a.csv:1", "'执行标地'", "did you mean '执行标的'?"),
        id="misspelt column",
    ),
    pytest.param(
        (HEADER, ROW.format(n=1), ROW.format(n=2).replace("15G", "15X")),
        ("a.csv:3", "invalid_identifier", "must be G, got X"),
        id="bad USCC",
    ),
    pytest.param(
        (HEADER, ROW.format(n=1), "(2026)浙0604执2号,91330604MA000"),
        ("a.csv:3", "row has 2 cells, the header has 4"),
        id="half a row",
    ),
]


@pytest.mark.embedded
@pytest.mark.parametrize(("rows", "parts"), REFUSED)
def test_connect_once_says_what_it_refused(
    office: Desk, rows: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    office.drop("a.csv", *rows)
    ended = office.run("connect", "connector.yaml", "--once")
    mistake(ended, "1 refused", *parts, "correct them at the source", code=1)
    [letter] = consume(office.broker, office.names.dead_letters, 1)
    assert letter


@pytest.mark.embedded
def test_connect_without_unit_in_the_mapping(office: Desk) -> None:
    text = CONNECTOR.replace(", unit: 万元, currency: CNY", "")
    (office.directory / "connector.yaml").write_text(text)
    office.drop("a.csv", HEADER, ROW.format(n=1))
    ended = office.run("connect", "connector.yaml", "--once")
    mistake(ended, "a.csv:2", "amount_without_unit", "write it as 200万元", code=1)


@pytest.mark.embedded
def test_a_running_connector_logs_the_first_refusals_of_a_kind_only(office: Desk) -> None:
    broken = [ROW.format(n=n).replace("15G", "15X") for n in range(1, 40)]
    office.drop("a.csv", HEADER, *broken)
    ended = office.run("connect", "connector.yaml", "--once", FENGHUO_LOG_LEVEL="warning")
    logged = [line for line in ended.err.splitlines() if "WARNING" in line]
    assert len(logged) == 11
    assert "a.csv:2: refused for invalid_identifier" in logged[0]
    assert "only counted" in logged[-1]
    assert "fenghuo: 39 refused" in ended.err


@pytest.mark.embedded
def test_the_same_connector_twice(office: Desk) -> None:
    ended = office.run("connect", "connector.yaml", "connector.yaml", "--once")
    mistake(ended, "cn.330604.court", "another connector", "stop that one first")
