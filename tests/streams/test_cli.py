"""Commands that fail before they do anything: unknown ones, unreadable files, a broker that is not there."""

from __future__ import annotations

from pathlib import Path

from tests.streams.commands import Command, Ended, fenghuo, mistake
from tests.streams.desk import CONNECTOR, NOBODY, SUBSCRIPTIONS


def test_an_unknown_command_says_which_was_meant(tmp_path: Path) -> None:
    ended = fenghuo("asses", directory=tmp_path)
    assert (ended.code, "Did you mean 'assess'?" in ended.err, "Traceback" in ended.err) == (2, True, False)


def test_unreadable_yaml_is_named_before_any_broker_is_asked(tmp_path: Path) -> None:
    for name in ("subscriptions", "catalogue", "connector"):
        (tmp_path / f"{name}.yaml").write_text("key: {open\n")
    (tmp_path / "typo.yaml").write_text(SUBSCRIPTIONS.replace("min_level", "min_levl"))
    (tmp_path / "who.yaml").write_text(CONNECTOR.replace("source_id:", "sourceid:"))

    def run(*arguments: str) -> Ended:
        return fenghuo(*arguments, "--broker", NOBODY, directory=tmp_path)

    sentence = ("subscriptions.yaml", "not readable YAML", "line", "correct that line")
    mistake(run("worker", "--subscriptions", "subscriptions.yaml"), *sentence)
    mistake(run("notify", "--subscriptions", "subscriptions.yaml"), *sentence)
    mistake(run("topics", "apply", "--set", "subscriptions=subscriptions.yaml"), *sentence)
    mistake(run("worker", "--subscriptions", "none.yaml"), "none.yaml", "No such file")
    mistake(run("worker", "--subscriptions", "typo.yaml"), "typo.yaml", "bank-a", "min_levl", "min_level")
    mistake(run("worker", "--set", "catalogue=catalogue.yaml"), "catalogue.yaml", "not YAML", "mend the line")
    mistake(run("connect", "connector.yaml"), "connector.yaml:", "is not YAML", "check indentation")
    mistake(run("connect", "who.yaml"), "who.yaml:2", "sourceid", "source_id")
    mistake(run("connect", "none.yaml"), "none.yaml", "No such file", "check the path")


def test_a_replay_of_what_is_not_there(tmp_path: Path) -> None:
    def run(*arguments: str) -> Ended:
        return fenghuo("replay", *arguments, "--data", ".", directory=tmp_path)

    mistake(run("smes"), "replay smes", "no such data set", "known are smesd")
    mistake(run("smesd", "--broker", "none"), "no such file", "check --data")
    for speed in ("fast", "-1", "0", "nan", "inf"):
        mistake(
            run("smesd", f"--speed={speed}"),
            "--speed",
            f"'{speed}' is neither max nor a number",
            "write e.g.",
        )


def test_no_fewer_alerts_than_one_can_be_waited_for(tmp_path: Path) -> None:
    for option in ("--limit=0", "--idle=-1"):
        ended = fenghuo("alerts", "tail", "--bank", "bank-a", option, "--broker", NOBODY, directory=tmp_path)
        assert (ended.code, ended.out) == (2, "")
        assert f"'{option.partition('=')[0]}'" in ended.err


def test_an_unreachable_broker(tmp_path: Path) -> None:
    """All at once, for each waits some seconds for a broker that may be starting."""
    (tmp_path / "connector.yaml").write_text(CONNECTOR)
    asked = {
        "worker": ("worker",),
        "connect": ("connect", "connector.yaml"),
        "notify": ("notify",),
        "topics": ("topics", "apply"),
        "tail": ("alerts", "tail", "--bank", "bank-a"),
    }
    running = {
        name: Command((*arguments, "--broker", NOBODY), tmp_path, name=name)
        for name, arguments in asked.items()
    }
    for name, command in running.items():
        parts = (NOBODY, "Connection refused", "start")
        mistake(command.result(), *parts)
        assert "answer" in command.tail(), name
