"""A directory and a prefix of one's own on a broker, from which commands are run."""

from __future__ import annotations

from pathlib import Path

from streams.topics import Names
from tests.streams.commands import Ended, fenghuo
from tests.streams.wire import own_settings

NOBODY = "127.0.0.1:9"
"""The discard port, where nothing listens."""


CONNECTOR = """\
connector: file_drop
source_id: cn.330604.court
jurisdiction: CN-330604
cycle: 1d
file_drop: {directory: drop, pattern: "*.csv", done: done, poll_seconds: 0.1}
mappings:
  - feed: F04
    record_id: "{案号}"
    subject: {scheme: uscc, value: {column: 信用代码}}
    occurred_at: {column: 立案日期}
    payload:
      case_no: 案号
      exec_court: {const: 绍兴市上虞区人民法院}
      filed_on: 立案日期
      exec_amount: {column: 执行标的, unit: 万元, currency: CNY}
      status: {const: executing}
"""


HEADER = "案号,信用代码,立案日期,执行标的"


ROW = "(2026)浙0604执{n}号,91330604MA0000015G,2026-01-05,200"


SUBSCRIPTIONS = """\
subscriptions:
  - {subscriber_id: bank-a, role: bank, min_level: blue, entities: "*", channel: kafka}
"""


class Desk:
    """A directory and a prefix of one's own on the embedded broker."""

    def __init__(self, broker: str, directory: Path) -> None:
        self.broker, self.directory = broker, directory
        self.prefix = own_settings().prefix
        self.names = Names(self.prefix)
        (directory / "subscriptions.yaml").write_text(SUBSCRIPTIONS)
        (directory / "connector.yaml").write_text(CONNECTOR)
        (directory / "drop").mkdir()
        self.env = {
            "FENGHUO_BROKER": broker,
            "FENGHUO_BROKER_IDEMPOTENCE": "false",
            "FENGHUO_BROKER_REBALANCE_TIMEOUT": "6",
            "FENGHUO_PARTITIONS": "2",
            "FENGHUO_PREFIX": self.prefix,
            "FENGHUO_METRICS_PORT": "0",
            "FENGHUO_REDIS_URL": "",
            "FENGHUO_SUBSCRIPTIONS": "subscriptions.yaml",
            "FENGHUO_LOG_LEVEL": "error",
        }

    def run(self, *arguments: object, **env: str) -> Ended:
        """Run a command to its end."""
        return fenghuo(*arguments, directory=self.directory, **{**self.env, **env})

    def drop(self, name: str, *rows: str) -> None:
        """Leave a file for the connector."""
        (self.directory / "drop" / name).write_text("".join(row + "\n" for row in rows))
