"""How commands speak: tables for people, one JSON object for programs."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from detectors.errors import FenghuoError

Json = Annotated[bool, typer.Option("--json", help="write one JSON object on standard output")]
JsonLines = Annotated[bool, typer.Option("--json", help="write JSON lines on standard output")]

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

COLOURS = {"none": "green", "blue": "blue", "yellow": "yellow", "red": "red"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> Table:
    """A plain table."""
    made = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in head:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def level(name: str, number: int) -> str:
    """A level in colour, and always in words too."""
    return f"[{COLOURS[name]}]{number} {name}[/]"


@contextmanager
def writing(place: str, remedy: str = "give a folder") -> Iterator[None]:
    """Around what writes where ``place``, an option and its value, says.

    Raises:
        FenghuoError: it cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise FenghuoError(place, f"cannot be written ({error.strerror})", remedy) from None


def now_and_then(seconds: float = 2.0) -> Callable[[Callable[[], str]], None]:
    """Says on standard error what it is given, and makes the sentence, no more often than every so many seconds."""
    last = time.monotonic()

    def tell(sentence: Callable[[], str]) -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            last = time.monotonic()
            errors.print(sentence())

    return tell
