"""Names that a configuration may use: what is none of them is found before it is silently left out."""

import difflib
from collections.abc import Iterable


def require_known(given: Iterable[object], names: Iterable[str], what: str, place: str = "") -> None:
    """Whether every name in ``given`` is one of ``names``, which are those of ``what``, behind the prefix ``place``.

    Raises:
        ValueError: one is not; the message names the nearest, else all.

    >>> require_known(["bleu"], ["blue", "red"], "colour of ours", "entry.")
    Traceback (most recent call last):
    ValueError: entry.bleu is no colour of ours (did you mean entry.blue?)
    """
    known = tuple(names)
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            said = f"did you mean {place}{near[0]}?" if near else f"known are {', '.join(known)}"
            raise ValueError(f"{place}{name} is no {what} ({said})")
