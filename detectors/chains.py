"""Cases that are one dispute, so that five records of one debt do not count as five: first instance, appeal,
enforcement, its resumption and its termination (民初 → 民终 → 执 → 执恢 → 终本).

Two cases belong together when one names the document of the other as its basis (执行依据文号), or when they carry one
number, as the debtor's enforcement, listing, restriction and termination do. The chain is named after its earliest
case. Nothing here depends on the order of the facts.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Protocol

from detectors.fact import Fact
from detectors.identifiers import case_number
from detectors.identifiers.errors import IdentifierError

FEEDS = ("F01", "F02", "F03", "F04", "F05", "F06", "F07")
"""Feeds whose records carry the number of a court case."""

BASES = ("basis_doc_no", "basis_case_no", "gist_no", "original_case_no", "resumed_from")
"""Payload fields that name the document or case that this one rests on."""

_STAGES = {
    stage: rank
    for rank, stage in enumerate(
        ("preservation", "first_instance", "appeal", "retrial", "special_procedure", "enforcement")
    )
}
_LAST = len(_STAGES)
_SEVERAL = re.compile(r"[、;；,，\n]")
_WIDEST = 50
"""A batch (执123-130号) of more cases than this is not taken apart: it links nothing."""


class Known(Protocol):
    """A look at the facts of one entity on one day."""

    def known(self, feed: str) -> list[Fact]:
        """Facts of a feed that were ever true, one per natural key."""


def chains(view: Known) -> Mapping[str, str]:
    """The chain of every case that is known or named as a basis: case key to chain id. A case alone is its own chain.

    Retracted facts link nothing.
    """
    parent: dict[str, str] = {}
    for feed in FEEDS:
        for fact in view.known(feed):
            number = fact.data.get("case_no")
            if isinstance(number, str):
                based = [case for name in BASES for case in _named(fact.data.get(name))]
                _join(parent, [case_key(number), *based])
    roots: dict[str, list[str]] = {}
    for case in parent:
        roots.setdefault(_root(parent, case), []).append(case)
    return {case: min(members, key=_age) for members in roots.values() for case in members}


def case_of(fact: Fact) -> str | None:
    """The key of the case that a fact is about; None when its natural key is not that of a case.

    An auction or a seizure may name a case as well, but is about a lot or an asset.
    """
    number = fact.data.get("case_no")
    if not isinstance(number, str) or fact.key.partition("|")[0] != _bare(number):
        return None
    return case_key(number)


@lru_cache(maxsize=4096)
def case_key(text: str) -> str:
    """A case number without 之n in its canonical spelling; any other text without its blanks.

    >>> case_key("（2025）浙0604民初12号之一"), case_key("US 24-cv-1")
    ('(2025)浙0604民初12号', 'US24-cv-1')
    """
    try:
        return case_number.parse(text).key
    except IdentifierError:
        return "".join(text.split())


def _bare(number: str) -> str:
    at = number.find("号之")
    return number if at < 0 else number[: at + 1]


def _named(text: object) -> list[str]:
    """The cases a basis names: a list in one text, or a batch of consecutive numbers, is several."""
    if not isinstance(text, str):
        return []
    return [case for part in _SEVERAL.split(text) if part.strip() for case in _expanded(part)]


def _expanded(text: str) -> Iterator[str]:
    yield case_key(text)
    try:
        batch = case_number.parse(text)
    except IdentifierError:
        return
    if batch.is_batch and batch.last - batch.number < _WIDEST:
        yield from (one.key for one in batch.expand())


def _join(parent: dict[str, str], together: list[str]) -> None:
    """Put all of these cases into one set (union-find without ranks: a firm has few)."""
    for case in together:
        parent.setdefault(case, case)
    for case in together[1:]:
        parent[_root(parent, case)] = _root(parent, together[0])


def _root(parent: dict[str, str], case: str) -> str:
    while parent[case] != case:
        parent[case] = case = parent[parent[case]]
    return case


@lru_cache(maxsize=4096)
def _age(case: str) -> tuple[int, int, str, int, str]:
    """Earlier cases first: by year, then by stage, then by number; what is no case number comes last."""
    try:
        one = case_number.parse(case)
    except IdentifierError:
        return (9999, _LAST, "", 0, case)
    return (one.year, _STAGES.get(one.stage, _LAST), one.court, one.number, case)
