"""Natural key of a fact within an entity, per feed: what makes two records statements about
one thing.

The hot path: plain look-ups, no pydantic. A key is its parts joined by ``|``; an absent part is empty.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

KEYS: Mapping[str, tuple[str, ...]] = {
    "F01": ("case_no", "@subject", "role"),
    "F02": ("case_no", "start_at"),
    "F03": ("case_no/case_ref", "doc_type", "judged_on", "doc_seq"),
    "F04": ("case_no", "@subject"),
    "F05": ("case_no", "@subject"),
    "F06": ("case_no", "restricted_id/restricted_name", "capacity", "kind", "@subject"),
    "F07": ("case_no", "@subject"),
    "F08": ("case_no",),
    "F09": ("authority", "notice_no", "asset_ref", "@subject"),
    "F10": ("platform", "lot_id", "round"),
    "F11": ("reg_no", "seq"),
    "F12": ("cert_no/business_no",),
    "F13": ("reg_no",),
    "F14": ("notice_no", "executed_person", "target"),
    "F15": ("utility", "provider_id", "account_no", "period", "event", "doc"),
    "F16": ("taxpayer_id", "tax_type", "notice_period", "authority"),
    "F17": ("taxpayer_id", "event", "listed_on/period", "tax_type"),
    "F18": ("decision_no",),
    "F19": ("@subject", "insurance", "period"),
    "F20": ("decision_no", "@subject"),
    "F21": ("lender_id", "contract_no", "as_of"),
    "F22": ("@subject", "put_on", "reason"),
    "F23": ("@subject", "listing", "put_on"),
    "F24": ("decision_no",),
    "F25": ("@subject", "item", "changed_on"),
    "F26": ("contract_no", "guarantor", "debtor"),
    "F27": ("from", "to", "type", "valid_from"),
    "F28": ("cert_no",),
    "F29": ("@subject",),
    "F30": ("@subject", "period", "basis"),
    "F31": ("objection_id",),
    "F32": ("feed", "record"),
    "F33": ("@subject", "feed"),
    "F34": ("impulse",),
    "F35": ("outlet", "article"),
}
"""Payload fields of the key, in order; ``@subject`` is the entity, ``a/b`` the first of two that is given.
F34 is an impulse of contagion, which workers write and no connector can."""


def natural_key(feed: str, payload: Mapping[str, object], subject: str) -> str:
    """Natural key of a record's fact, from the wire form of its payload.

    ``subject`` is the record's entity id. 之n is left out of case numbers, so every document of a case has
    the case's key. A manual entry (F32) has the key of the record entered, behind its feed. Master data (F29) that name
    nothing but a cluster are a list of members, which stands beside what the register says and does not replace it.

    Raises:
        KeyError: ``feed`` is not one of F01 to F35.

    >>> natural_key("F04", {"case_no": "(2024)浙0604执恢12号之一"}, "ent:CN:1")
    '(2024)浙0604执恢12号|ent:CN:1'
    """
    if feed == "F29" and "cluster" in payload and payload.keys() <= _LISTED:
        return f"{subject}|cluster"
    return "|".join(
        [
            # most parts are plain texts that are there: no call for those
            value
            if type(value := payload.get(name)) is str
            and name not in _APART
            and "|" not in value
            and "\\" not in value
            else _part(name, payload, subject)
            for name in KEYS[feed]
        ]
    )


_LISTED = frozenset({"name", "cluster"})
_APART = frozenset({"@subject", "case_no", "start_at", "record"})


def _part(name: str, payload: Mapping[str, object], subject: str) -> str:
    if name == "@subject":
        return subject
    value = payload.get(name)
    if value is None:
        return next((_part(n, payload, subject) for n in name.split("/") if payload.get(n) is not None), "")
    if name == "case_no":
        return _case_key(str(value))
    if name == "start_at":
        return datetime.fromisoformat(str(value)).astimezone(UTC).isoformat()
    if name == "record" and isinstance(value, Mapping):
        return natural_key(str(payload["feed"]), value, subject)
    return _escaped(value)


def _case_key(case_no: str) -> str:
    at = case_no.find("号之")
    return case_no if at < 0 else case_no[: at + 1]


def _escaped(value: object) -> str:
    text = str(value)
    return text.replace("\\", "\\\\").replace("|", "\\|") if "|" in text or "\\" in text else text
