"""From rows to raw envelopes: the forms of a field, times, money, conditions, and errors that name the column."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.config import load
from connectors.errors import ColumnError, MappingError
from connectors.fields import SpecError, compile_field, parse_moment, zone_of
from connectors.mapping import ColumnMapper, flatten
from connectors.rows import Row
from tests.connectors.helpers import COLUMNS, code, row, write_config

CNY = {"column": "a", "unit": "万元", "currency": "CNY"}
VALUES = {"column": "a", "values": {"执行中": 1}}
AT = datetime(2026, 1, 6, tzinfo=UTC)


def mapper(folder: Path, mappings: str | None = None, extra: str = "") -> ColumnMapper:
    more = {} if mappings is None else {"mappings": mappings}
    return ColumnMapper(load(write_config(folder, "file_drop", "{directory: drop}", extra=extra, **more)))


@pytest.mark.parametrize(
    ("spec", "cells", "value"),
    [
        ("a", {"a": " x "}, "x"),
        ("a", {"a": ""}, None),
        ("a", {}, None),
        ("a", {"a": datetime(2026, 1, 5)}, "2026-01-05"),  # noqa: DTZ001 - a spreadsheet cell has no zone
        ("a", {"a": date(2026, 1, 5)}, "2026-01-05"),
        ("a", {"a": Decimal("1.50")}, "1.50"),
        ("a", {"a": 12.0}, 12),
        ({"const": True}, {}, True),
        ({"template": "{a}-{b}"}, {"a": "1", "b": 2.0}, "1-2"),
        ({"column": "a", "default": "d"}, {"a": " "}, "d"),
        ({"column": "a", "values": {1: "one"}}, {"a": "1"}, "one"),
        ({"column": "a", "values": {"x": "y"}, "default": "d"}, {"a": "z"}, "d"),
        ({"column": "a", "values": {"是": True, "否": False}}, {"a": "否"}, False),
        ({"column": "a", "split": "、"}, {"a": "甲、 乙、"}, ["甲", "乙"]),
        ({"column": "a", "format": "%Y年%m月%d日"}, {"a": "2026年1月5日"}, "2026-01-05"),
        ({"column": "a", "format": "epoch_ms"}, {"a": "1767571200000"}, "2026-01-05T00:00:00+00:00"),
        (CNY, {"a": "1,200.5"}, {"amount": "1200.5", "unit": "万元", "currency": "CNY"}),
        (CNY, {"a": "１，２００．５"}, {"amount": "1200.5", "unit": "万元", "currency": "CNY"}),
        (CNY, {"a": "1.234,56"}, "1.234,56"),  # a decimal comma: for validation to refuse, not to guess at
        (CNY, {"a": "12,5"}, "12,5"),
        ({"column": "a", "currency": "CNY"}, {"a": 2e6}, {"amount": "2000000", "currency": "CNY"}),
        ({"column": "a", "unit": "万元"}, {"a": "200万元"}, "200万元"),
        ({"name": "a", "role": {"const": "debtor"}}, {"a": "甲"}, {"name": "甲", "role": "debtor"}),
        ([{"name": "a"}, {"name": "b"}], {"a": "甲", "b": ""}, [{"name": "甲"}]),
    ],
)  # fmt: skip
def test_the_forms_of_a_field(spec: object, cells: dict[str, object], value: object) -> None:
    """What each form of the mapping file makes of a row."""
    assert compile_field(spec).get(cells) == value


@pytest.mark.parametrize(
    ("spec", "cells", "sentence"),
    [
        (VALUES, {"a": "执行"}, "column 'a': '执行' is not one of its values; did you mean '执行中'?"),
        ({"column": "a", "unit": "元"}, {"a": "面议"}, "column 'a': '面议' is not an amount of money"),
        ({"column": "a", "format": "%Y%m%d"}, {"a": "5.1."}, "column 'a': '5.1.' is not a date or time like '%Y%m%d'"),
        ({"template": "{a}|{b}"}, {"a": "1"}, "column 'b': is empty, but '{a}|{b}' is built from it"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_names_its_column(
    spec: object, cells: dict[str, object], sentence: str
) -> None:
    """Column, what came, and what was wanted."""
    with pytest.raises(MappingError) as caught:
        compile_field(spec).get(cells)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "spec", [{"column": "a", "const": 1}, {"column": 5}, {"column": "a", "values": ["x"]}]
)
def test_a_wrong_form_is_refused(spec: object) -> None:
    """Before any row is read."""
    with pytest.raises(SpecError):
        compile_field(spec)


def test_times_are_in_the_zone_of_the_jurisdiction(tmp_path: Path) -> None:
    """A Chinese source writes Chinese time; a bare date is its first moment."""
    raw = mapper(tmp_path)(Row("a:1", b"", row(1), AT))[0]
    assert raw["occurred_at"] == "2026-01-05T00:00:00+08:00"
    assert zone_of("GB").utcoffset(datetime(2026, 7, 1)).seconds == 3600  # type: ignore[union-attr] # noqa: DTZ001
    assert parse_moment("2026-01-05 10:00:00", "a", None) == "2026-01-05T10:00:00"


def test_a_row_becomes_an_envelope(tmp_path: Path) -> None:
    """The whole raw record, without the source's defaults."""
    raw = mapper(tmp_path)(Row("a:1", b"", row(7, version=3, 操作="更正"), AT))[0]
    assert (raw["schema"], raw["version"], raw["op"]) == ("F04/1.0", 3, "amend")
    assert raw["record_id"] == f"（2026）浙0604执7号|{code(7)}"
    assert raw["subject"] == {
        "scheme": "uscc", "value": code(7), "name": "上虞第7机械有限公司", "role": "defendant"
    }  # fmt: skip
    payload: Any = raw["payload"]
    assert payload["exec_amount"] == {"amount": "200", "unit": "万元", "currency": "CNY"}


def test_a_time_of_change_is_a_version(tmp_path: Path) -> None:
    """Milliseconds since 1970, which grow with every change."""
    raw = mapper(tmp_path)(Row("a:1", b"", row(1) | {"版本": "2026-01-05 08:00:00.250"}, AT))[0]
    assert raw["version"] == 1767571200250


def test_every_mapping_that_applies_gives_a_record_and_none_is_an_error(tmp_path: Path) -> None:
    """A file may carry several feeds; what no mapping knows is not dropped in silence."""
    make = mapper(tmp_path)
    with pytest.raises(MappingError, match=r"no mapping of court\.yaml applies \(业务类型='其他'\)"):
        make(Row("a:1", b"", row(1) | {"业务类型": "其他"}, AT))
    lenient = mapper(tmp_path, extra="unmatched: ignore\n")
    assert lenient(Row("a:1", b"", row(1) | {"业务类型": "其他"}, AT)) == []


def test_columns_are_compared_with_the_mapping(tmp_path: Path) -> None:
    """Twice, unknown, missing; ignored columns are named in the file."""
    make = mapper(tmp_path, extra="ignore: [备注]\n")
    make.check_columns([*COLUMNS, "备注"], "a.csv:1")
    with pytest.raises(ColumnError, match="column '案号' stands twice"):
        make.check_columns([*COLUMNS, "案号"], "a.csv:1")
    with pytest.raises(ColumnError, match=r"a\.csv:1: column '备 注' is not mapped in court\.yaml"):
        make.check_columns([*COLUMNS, "备 注"], "a.csv:1")
    with pytest.raises(MappingError, match="column '法官' is not mapped"):
        make(Row("a:1", b"", row(1) | {"法官": "x"}, AT))


def test_nested_json_is_reached_by_dots() -> None:
    """Objects within objects become columns."""
    assert flatten({"a": {"b": 1, "c": {"d": [2]}}, "e": 3}) == {"a.b": 1, "a.c.d": [2], "e": 3}
