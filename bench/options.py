"""What can be chosen on the command line of the benchmark."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.arms import ARMS

KINDS = ("embedded", "kafka")
RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Options:
    """Everything chosen. ``sizes`` empty: no measurement of many enterprises; ``rates`` empty: none of latency."""

    kinds: tuple[str, ...]
    arms: tuple[str, ...]
    records: int
    entities: int
    repeats: int
    partitions: int
    rates: tuple[float, ...]
    seconds: float
    sizes: tuple[int, ...]
    output: Path | None
    profile: Path | None


def parse(argv: Sequence[str] | None = None) -> Options:
    """Read the command line; a mistake ends the process with a sentence about it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add(
        "--quick", action="store_true", help="a glance: fewer records, one round, no --scale, nothing written"
    )
    add("--broker", choices=(*KINDS, "both"), default="both")
    add("--arms", type=_arms, default=tuple(ARMS), help=f"comma-separated, of {', '.join(ARMS)}")
    add("--records", type=_positive, help="records every arm judges (30,000)")
    add("--entities", type=_positive, help="enterprises they are about (a tenth of the records)")
    add("--repeats", type=_positive, help="rounds; each runs every arm once (3)")
    add("--partitions", type=_positive, default=4)
    add(
        "--rates",
        type=_rates,
        default=(250.0, 1000.0, 2000.0),
        help="records per second for the latency, comma-separated; 0 to leave it out (250,1000,2000)",
    )
    add("--seconds", type=float, help="how long latency is measured at each rate, after 5 s of warm-up (30)")
    add(
        "--scale",
        type=_sizes,
        help="enterprises in state, comma-separated; 0 to leave it out (10000,100000,1000000)",
    )
    add("--output", type=Path, help=f"where the page goes ({RESULTS.name} beside this package)")
    add("--profile", type=Path, metavar="DIRECTORY", help="only profile this engine; statistics go there")
    said = parser.parse_args(argv)
    records = said.records or (5_000 if said.quick else 30_000)
    return Options(
        kinds=KINDS if said.broker == "both" else (said.broker,),
        arms=said.arms,
        records=records,
        entities=said.entities or max(50, records // 10),
        repeats=said.repeats or (1 if said.quick else 3),
        partitions=said.partitions,
        rates=said.rates,
        seconds=said.seconds or (8.0 if said.quick else 30.0),
        sizes=_wanted(said.scale, said.quick),
        output=said.output or (None if said.quick else RESULTS),
        profile=said.profile,
    )


def _wanted(sizes: tuple[int, ...] | None, quick: bool) -> tuple[int, ...]:
    if sizes is not None:
        return tuple(size for size in sizes if size)
    return () if quick else (10_000, 100_000, 1_000_000)


def _positive(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part.replace("_", "")) for part in text.split(",")))


def _rates(text: str) -> tuple[float, ...]:
    return tuple(sorted(rate for part in text.split(",") if (rate := float(part.replace("_", "")))))


def _arms(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in ARMS]:
        raise argparse.ArgumentTypeError(f"unknown arm {unknown[0]!r}; the arms are {', '.join(ARMS)}")
    return names
