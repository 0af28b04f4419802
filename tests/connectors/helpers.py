"""Rows, files and waits shared by the connector tests."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from connectors.config import ConnectorConfig, load
from connectors.publish import MemoryPublisher
from connectors.runner import run
from connectors.stats import Stats

Cells = dict[str, str]

HEAD = """\
connector: {kind}
source_id: cn.330604.court
jurisdiction: CN-330604
cycle: 1d
visibility: gov_shared
legal_basis: data exchange agreement
{kind}: {section}
"""
MAPPINGS = """\
mappings:
  - feed: F04
    when: {column: 业务类型, equals: 被执行人}
    record_id: "{案号}|{信用代码}"
    version: {column: 版本}
    op: {column: 操作, values: {新增: assert, 更正: amend, 撤销: retract}, default: assert}
    subject: {scheme: uscc, value: 信用代码, name: 企业名称, role: {const: defendant}}
    occurred_at: {column: 立案日期}
    payload:
      case_no: 案号
      exec_court: {const: 绍兴市上虞区人民法院}
      name: 企业名称
      filed_on: 立案日期
      exec_amount: {column: 执行标的, unit: 万元, currency: CNY}
      status: {column: 状态, values: {执行中: executing, 已结: concluded}}
"""
COLUMNS = ("业务类型", "案号", "信用代码", "企业名称", "立案日期", "执行标的", "状态", "版本", "操作")


def code(number: int) -> str:
    """A valid unified social credit code."""
    base = f"{number % 10**8:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(digit) * weight for digit, weight in zip(base, weights, strict=True)) % 11
    body = f"91330604{base}" + {10: "X", 11: "0"}.get(check, str(check))
    return body + str(uscc.calc_check_digit(body))


def row(number: int, *, version: int = 1, amount: str = "200", **changes: str) -> Cells:
    """One enforcement row as a court writes it."""
    cells = {
        "业务类型": "被执行人",
        "案号": f"（2026）浙0604执{number}号",
        "信用代码": code(number),
        "企业名称": f"上虞第{number}机械有限公司",
        "立案日期": "2026-01-05",
        "执行标的": amount,
        "状态": "执行中",
        "版本": str(version),
        "操作": "新增",
    }
    return cells | changes


def record_id(number: int) -> str:
    """The record id the mapping makes of :func:`row`, in normal form (NFKC)."""
    return f"(2026)浙0604执{number}号|{code(number)}"


def write_config(folder: Path, kind: str, section: str, *, mappings: str = MAPPINGS, extra: str = "") -> Path:
    """A connector file; ``section`` is the flow mapping of the kind's own section."""
    path = folder / "court.yaml"
    path.write_text(HEAD.format(kind=kind, section=section) + extra + mappings, "utf-8")
    return path


def csv_bytes(rows: list[Cells], encoding: str = "utf-8", columns: tuple[str, ...] = COLUMNS) -> bytes:
    """A CSV file with header."""
    lines = [",".join(columns), *(",".join(one[column] for column in columns) for one in rows)]
    return "".join(line + "\n" for line in lines).encode(encoding)


def wait_until(test: Callable[[], bool], seconds: float = 20.0, what: str = "") -> None:
    """Poll ``test`` until it holds; fails when it does not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what or test}"
        time.sleep(0.005)


@contextmanager
def running(
    config: ConnectorConfig | Path, publisher: Any = None, **options: Any
) -> Iterator[tuple[Any, Stats, threading.Thread]]:
    """The connector in a thread of its own, stopped and joined at the end; its exception is raised again."""
    config = load(config) if isinstance(config, Path) else config
    publisher = MemoryPublisher() if publisher is None else publisher
    stats, stop, failures = Stats(), threading.Event(), []

    def work() -> None:
        try:
            run(config, publisher, stop=stop, stats=stats, **options)
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield publisher, stats, thread
    finally:
        stop.set()
        thread.join(timeout=20)
        if failures:
            raise failures[0]
    assert not thread.is_alive(), "the connector did not stop"


def run_once(
    config: ConnectorConfig | Path, publisher: MemoryPublisher | None = None, **options: Any
) -> tuple[MemoryPublisher, Stats]:
    """Run until the source has nothing more."""
    config = load(config) if isinstance(config, Path) else config
    publisher = MemoryPublisher() if publisher is None else publisher
    return publisher, run(config, publisher, stop=threading.Event(), once=True, **options)


def records(publisher: MemoryPublisher, feed: str = "F04") -> list[dict[str, Any]]:
    """The published records of one feed, decoded."""
    return [json.loads(wire) for _, name, wire in publisher.records if name == feed]


def ids(publisher: MemoryPublisher, feed: str = "F04") -> list[tuple[str, int]]:
    """(record id, version) of what was published, in order."""
    return [(one["record_id"], one["version"]) for one in records(publisher, feed)]
