"""JSON Schema of every feed, generated from the contracts; pure: writing them to files is somebody else's job.

The committed copies are in ``docs/contracts``; ``python docs/contracts/generate.py`` writes them anew, and a test fails
while they differ. Within a major version only optional fields may be added.
"""

import json
from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from detectors.records.envelope import Envelope
from detectors.records.feeds import FEEDS
from detectors.records.keys import KEYS
from detectors.records.payload import Payload
from detectors.records.reasons import QUALITY, Flag, Reason

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STATEMENT = {"$ref": "#/$defs/Statement"}


def schemas() -> dict[str, dict[str, Any]]:
    """Schema of the canonical wire record of every feed, by feed id (draft 2020-12).

    >>> schemas()["F04"]["properties"]["schema"]["pattern"]
    '^F04/1\\\\.\\\\d{1,3}$'
    """
    return {feed: _record(contract) for feed, contract in FEEDS.items()}


def _record(contract: type[Payload]) -> dict[str, Any]:
    made = Envelope.model_json_schema()
    payload = contract.model_json_schema()
    definitions = {**made.pop("$defs"), **payload.pop("$defs", {})}
    del definitions["Payload"]
    made["properties"]["payload"] = {"type": "object"}
    # a retraction may name the record and say nothing else
    made["if"] = {"properties": {"op": {"const": "retract"}}}
    made["then"] = {"properties": {"payload": {"anyOf": [_STATEMENT, {"maxProperties": 0}]}}}
    made["else"] = {"properties": {"payload": _STATEMENT}}
    made["properties"]["schema"]["pattern"] = rf"^{contract.feed}/1\.\d{{1,3}}$"
    about = " ".join(cleandoc(contract.__doc__ or "").split())
    made |= {"title": f"{contract.feed} {contract.title}", "description": about}
    payload |= {"description": about, "x-natural-key": list(KEYS[contract.feed])}
    definitions["Statement"] = payload
    head = {"$schema": _DIALECT, "$id": f"urn:fenghuo:contract:{contract.feed}:1"}
    return {**head, **made, "$defs": dict(sorted(definitions.items()))}


def files() -> dict[str, str]:
    """Name to text of every file below ``docs/contracts``."""
    made = {f"{feed}.json": _text(schema) for feed, schema in schemas().items()}
    return {**made, "README.md": readme()}


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def readme() -> str:
    """Index of the contracts, one line per feed, and the vocabulary of the verdict."""
    rows = [_row(contract) for contract in FEEDS.values()]
    reasons = ", ".join(f"`{reason.value}`" for reason in Reason)
    flags = [f"| `{flag.value}` | {QUALITY[flag]} |" for flag in Flag]
    return "\n".join([*_HEAD, *rows, *_VERDICTS, reasons + ".", *_FLAGS, *flags, ""])


def _row(contract: type[Payload]) -> str:
    needed = [f"`{info.alias or name}`" for name, info in contract.model_fields.items() if info.is_required()]
    key = " · ".join(f"`{part}`" for part in KEYS[contract.feed])
    link = f"[{contract.feed}]({contract.feed}.json)"
    return f"| {link} | {contract.title} | {key} | {', '.join(needed) or '–'} |"


_HEAD = (
    "# Contracts",
    "",
    "One JSON Schema (draft 2020-12) per feed, of the record as it stands on the wire: envelope and payload. The files",
    "are generated from the classes in `detectors/records` by `python docs/contracts/generate.py`; a test fails while",
    "they differ. `title` is the label of a field in the sources' language, `x-aliases` are other names it is accepted",
    "under, `x-labels` the labels accepted for its codes. `@subject` in a natural key is the entity id, `a/b` the",
    "first of two fields that is given.",
    "",
    "| feed | what it says | natural key | required in the payload |",
    "|---|---|---|---|",
)

_VERDICTS = (
    "",
    "## Verdicts",
    "",
    "`detectors.records.validation.validate` accepts a record, accepts it with flags, or quarantines it. Reasons of",
    "quarantine:",
)

_FLAGS = (
    "",
    "A flag multiplies `quality`, which multiplies the points the record may raise:",
    "",
    "| flag | multiplier |",
    "|---|---|",
)
