"""Reading the README as a list of commands, and running them as a newcomer would."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?P<kind>sh|console)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = "@@done@@"
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)?")
_JOB = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Step:
    """One command and what the README says it prints (None: nothing is said)."""

    command: str
    printed: list[str] | None


def sections() -> dict[str, list[Step]]:
    """The steps below each heading of the second level, in order."""
    parts = re.split(r"^## (.+)$", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    found = {title: _steps(text) for title, text in zip(parts[1::2], parts[2::2], strict=True)}
    return {title: steps for title, steps in found.items() if steps}


def _steps(text: str) -> list[Step]:
    return [step for block in _BLOCK.finditer(text) for step in _of_block(block["kind"], block["body"])]


def _of_block(kind: str, body: str) -> list[Step]:
    if kind == "sh":
        return [Step(line, None) for line in body.splitlines() if line.strip()]
    steps: list[Step] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:], []))
        elif (printed := steps[-1].printed) is not None:
            printed.append(line)
    return steps


def run(steps: list[Step], where: Path, env: dict[str, str]) -> list[list[str]]:
    """Run the steps one after the other in one shell; what each printed, times taken out.

    A command that fails ends the run, with everything it said.
    """
    script = "\n".join(
        f"{step.command}\ncode=$?; echo; echo {_MARK}; [ $code = 0 ] || exit $code" for step in steps
    )
    done = subprocess.run(
        ["bash", "-c", "set -m\n" + script],
        cwd=where,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}"
    return [_lines(part) for part in done.stdout.split(_MARK)[:-1]]


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := plain(raw))]


def plain(line: str) -> str:
    """A line without what differs from run to run: times, and what the shell says of its jobs."""
    return "" if _JOB.match(line) else _TIME.sub("TIME", line).rstrip()


def place(directory: Path, env: dict[str, str]) -> dict[str, str]:
    """Set the place up like a checkout; the environment with ``fenghuo`` on its path."""
    (directory / "bin").mkdir()
    command = directory / "bin" / "fenghuo"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m streams "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")}
    return {**inherited, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **env}
