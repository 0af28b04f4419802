"""Cutting CSV into rows at the byte level: quotes, line feeds in cells, stray quotes, rows without end."""

from pathlib import Path

import pytest

from connectors import files
from connectors.errors import ColumnError
from connectors.files import CsvFile, Item, NotYet, detect_encoding, parse_object


def read(path: Path, content: bytes, *, encoding: str = "utf-8", final: bool = True) -> list[Item]:
    path.write_bytes(content)
    return list(CsvFile(path, encoding).items(0, 0, final=final))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_quoted_cells_may_hold_commas_quotes_and_line_feeds(path: Path) -> None:
    """RFC 4180; the row's bytes and place are those of its first line."""
    items = read(path, b'a,b\n1,"x, ""y""\nz"\r\n2,w\n')
    assert [item.values for item in items] == [{"a": "1", "b": 'x, "y"\nz'}, {"a": "2", "b": "w"}]
    assert items[0].original == b'1,"x, ""y""\nz"\r\n'
    assert [item.line for item in items] == [3, 4]


def test_a_header_may_span_lines_too(path: Path) -> None:
    """Spreadsheets break long column names."""
    items = read(path, b'a,"b\nc"\n1,2\n')
    assert items[0].values == {"a": "1", "b\nc": "2"}
    assert items[0].line == 3


def test_reading_goes_on_from_a_remembered_position(path: Path) -> None:
    """Line and byte of any row lead to the next one."""
    items = read(path, b'a\n"1\n1"\n2\n3\n')
    again = list(CsvFile(path, "utf-8").items(items[0].line, items[0].position, final=True))
    assert again == items[1:]


def test_a_stray_quote_spoils_one_row_only(path: Path) -> None:
    """It must not swallow the rest of the file; while more may come, the row is partial."""
    content = b'a,b\n1,"oops\n2,x\n3,y\n'
    assert [item.partial for item in read(path, content, final=False)] == [True]
    items = read(path, content)
    assert [bool(item.problem) for item in items] == [True, False, False]
    assert [item.values.get("a") for item in items[1:]] == ["2", "3"]
    assert items[0].original == b'1,"oops\n'


def test_many_stray_quotes_spoil_only_their_rows(path: Path) -> None:
    """Far more than an open cell may span, and without deep recursion."""
    content = b"a,b\n" + b"".join(b'%d,"oops\n%d,fine\n' % (n, n) for n in range(1001))
    items = read(path, content)
    assert sum(not item.problem for item in items) >= 500
    assert sum(len(item.original) for item in items) == len(content) - 4


def test_a_quote_inside_a_bare_cell_is_an_ordinary_letter(path: Path) -> None:
    """Only a quote at the start of a cell opens one."""
    assert [item.values.get("b") for item in read(path, b'a,b\n1,5"\n2,x\n')] == ['5"', "x"]


def test_gb18030_bytes_are_never_taken_for_separators(path: Path) -> None:
    """All characters whose second byte lies in the ASCII range, four-byte characters included."""
    text = "".join(chr(c) for c in range(0x4E00, 0x9FA6) if chr(c).encode("gb18030")[1] < 0x80) + "㐀𠀀"
    rows = [text[start : start + 1000] for start in range(0, len(text), 1000)]
    items = read(
        path, ("a,b\n" + "".join(f"{row},1\n" for row in rows)).encode("gb18030"), encoding="gb18030"
    )
    assert [item.values["a"] for item in items] == rows


def test_a_row_of_the_wrong_width_says_so(path: Path) -> None:
    """Cells too few or too many."""
    items = read(path, b"a,b\n1\n1,2,3\n1,2\n")
    assert [item.problem for item in items] == [
        "a.csv:2: row has 1 cells, the header has 2",
        "a.csv:3: row has 3 cells, the header has 2",
        "",
    ]


def test_a_row_without_end_is_cut_and_skipped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Binary rubbish must not fill the memory."""
    monkeypatch.setattr(files, "MAX_ROW_BYTES", 64)
    items = read(path, b"a\n" + b"x" * 500 + b"\n2\n")
    assert "longer than" in items[0].problem
    assert len(items[0].original) == 64
    assert items[1].values == {"a": "2"}


def test_a_header_that_is_not_complete_waits(path: Path) -> None:
    """Not an error yet."""
    path.write_bytes(b"a,b")
    with pytest.raises(NotYet):
        CsvFile(path, "utf-8")


def test_encodings(path: Path) -> None:
    """UTF-8 if every byte says so, else GB18030; UTF-16 is named and refused; ASCII decides nothing."""
    for content, found in [
        ("中".encode(), ("utf-8", True)),
        ("\ufeff中".encode(), ("utf-8-sig", True)),
        ("中".encode("gb18030"), ("gb18030", True)),
        (b"abc", ("utf-8", False)),
        ("中".encode()[:2], ("utf-8", True)),
    ]:
        path.write_bytes(content)
        assert detect_encoding(path) == found
    path.write_bytes("中".encode("utf-16"))
    with pytest.raises(ColumnError, match="is UTF-16; save it as UTF-8 or GB18030"):
        detect_encoding(path)


@pytest.mark.parametrize("raw", [b"{", b"[1]", b'{"a": NaN}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_a_sentence(raw: bytes) -> None:
    """Never an exception, however deep."""
    values, problem = parse_object(raw, "a.jsonl:1")
    assert values == {}
    assert problem.startswith("a.jsonl:1: ")
