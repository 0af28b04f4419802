"""From pydantic's errors to one reason and one sentence: place in the record, rule, what came instead."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from detectors.identifiers.text import quoted
from detectors.records.payload import Closed
from detectors.records.reasons import Reason

_REASONS = {
    "missing": Reason.MISSING_FIELD,
    "extra_forbidden": Reason.UNKNOWN_FIELD,
    "literal_error": Reason.UNKNOWN_CODE,
    **{reason.value: reason for reason in Reason},
}


class Refused(Exception):  # noqa: N818 - a verdict on a record, not a failure of the program
    """The record breaks a hard rule; carried inside validation only."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """``detail`` is one sentence."""
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def refused(error: ValidationError, place: str, contract: str, known: Iterable[str]) -> Refused:
    """The verdict for the most telling of the errors, and how many more there are.

    ``place`` is the prefix of the field path (``payload``, or empty for the envelope), ``contract`` what
    the fields belong to (``F04``), ``known`` the names that could have been meant.
    """
    errors = error.errors(include_url=False)
    first = min(
        errors, key=lambda e: e["type"] != "extra_forbidden"
    )  # a misspelt field explains the missing one
    path = ".".join([*([place] if place else []), *(str(step) for step in first["loc"])]) or "record"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    reason = _REASONS.get(first["type"], Reason.INVALID_FIELD)
    return Refused(reason, _sentence(first, path, contract, known) + more)


def _sentence(error: ErrorDetails, path: str, contract: str, known: Iterable[str]) -> str:
    kind = error["type"]
    if kind == "missing":
        return f"{path} is required by {contract}, got nothing"
    if kind == "extra_forbidden":
        return f"{path} is not a field of {contract}, {near(str(error['loc'][-1]), known)}"
    if kind == "literal_error":
        return f"{path} must be {error.get('ctx', {}).get('expected', 'a known code')}, got {quoted(error['input'])}"
    if kind in _REASONS:
        return f"{path}: {error['msg']}"
    rule = error["msg"][:1].lower() + error["msg"][1:]
    return f"{path}: {rule}, got {quoted(error['input'])}"


def near(name: str, known: Iterable[str]) -> str:
    """What may have been meant by an unknown name.

    >>> near("exec_amout", ["exec_amount", "status"])
    'did you mean exec_amount?'
    """
    names = list(known)
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"it has {', '.join(sorted(names))}"


def names_of(contract: type[Closed]) -> list[str]:
    """Every name a field of the contract may arrive under."""
    return [*contract.known, *contract.renamed]
