"""What a judgement needs of the parts of a payload that the ledger does not keep: names and lists.

A ledger holds no names of other parties. Whether two suits come from one plaintiff, or a plaintiff is a lender, is
worked out here, once, and kept as short digests and counts.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

Derive = Callable[[Mapping[str, Any]], dict[str, Any]]


def short_digest(name: str) -> str:
    """Twelve hex digits that stand for a name: equal names are equal digests.

    >>> short_digest("中国银行股份有限公司") == short_digest("中国银行股份有限公司 ")
    True
    """
    return blake2b("".join(name.split()).encode(), digest_size=6).hexdigest()


# Words in the names of institutions that are licensed to lend or to guarantee; matched in lower case.
# fmt: off
LENDERS = (
    "银行", "信用社", "信用合作", "农村商业", "小额贷款", "融资租赁", "金融租赁", "保理", "担保", "消费金融",
    "汽车金融", "信托", "财务公司", "资产管理", "典当", "bank", "credit union", "building society", "savings",
    "leasing", "factoring", "mortgage", "surety", "guaranty", "guarantee",
)
# fmt: on
_SUING = frozenset({"plaintiff", "applicant", "appellant"})
_MOST_PARTIES = 20
"""Parties of one suit that are told apart; more change no colour."""


def _suit(payload: Mapping[str, Any]) -> dict[str, Any]:
    """F01: ``plaintiffs`` and those of them that are ``lenders``, as sorted digests.

    An organisation is known by its name; a person, whose name is masked, by the masked id if there is one.

    >>> sorted(_suit({"parties": [{"name": "上虞某银行", "role": "plaintiff"}]}))
    ['lenders', 'plaintiffs']
    >>> _suit({"parties": []})
    {}
    """
    suing = [one for one in payload.get("parties") or () if one.get("role") in _SUING]
    every = sorted({_party(one) for one in suing})[:_MOST_PARTIES]
    lending = sorted({_party(one) for one in suing if _lends(one)})[:_MOST_PARTIES]
    return {name: found for name, found in (("plaintiffs", every), ("lenders", lending)) if found}


def _party(party: Mapping[str, Any]) -> str:
    person = party.get("kind") == "person"
    return short_digest(str((person and party.get("id")) or party.get("name", "")))


def _lends(party: Mapping[str, Any]) -> bool:
    name = str(party.get("name", "")).casefold()
    return party.get("kind") != "person" and any(word in name for word in LENDERS)


def _auction(payload: Mapping[str, Any]) -> dict[str, Any]:
    """F10: the day on which the bidding ends (``held_on``), and the same as that of the sale (``sold_on``), if any.

    >>> _auction({"starts_at": "1970-01-02T10:00:00+08:00", "status": "sold"})
    {'held_on': 1, 'sold_on': 1}
    """
    moment = payload.get("ends_at") or payload.get("starts_at")
    if not moment:
        return {}
    day = date.fromisoformat(str(moment)[:10]).toordinal() - date(1970, 1, 1).toordinal()
    return {"held_on": day, "sold_on": day} if payload.get("status") == "sold" else {"held_on": day}


def _creditors(*names: str) -> Derive:
    """The creditors of a security interest, as digests; the first of ``names`` that is given tells them."""

    def derive(payload: Mapping[str, Any]) -> dict[str, Any]:
        given = next((payload[name] for name in names if payload.get(name)), None)
        if given is None:
            return {}
        every = [given] if isinstance(given, str) else given
        return {"creditors": " ".join(sorted({short_digest(str(one)) for one in every}))}

    return derive


_UNFROZEN = frozenset({"release", "shareholder_change", "lapse"})


def _equity_freeze(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A release (解除冻结) tells until when the freeze held that it ends.

    >>> _equity_freeze({"matter": "release", "from": "1970-01-02", "published_on": "1970-01-06"})
    {'frozen_from': 1, 'released_on': 5}
    """
    if payload.get("matter") not in _UNFROZEN:
        return {}
    released = date.fromisoformat(payload["published_on"])
    began = min(date.fromisoformat(payload.get("from") or payload["published_on"]), released)
    epoch = date(1970, 1, 1).toordinal()
    return {"frozen_from": began.toordinal() - epoch, "released_on": released.toordinal() - epoch}


def _objection(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is objected to, one id in a line; an objection that is withdrawn need not repeat it."""
    return {"targets": "\n".join(payload["targets"])} if "targets" in payload else {}


def _mention(payload: Mapping[str, Any]) -> dict[str, Any]:
    """F35: when it was published (epoch seconds), and publishers and articles as digests.

    >>> _mention({"outlet": "a", "article": "1", "published_at": "1970-01-01T08:00:05+08:00", "original": "1"})
    {'published_at': 5, 'outlet': '433911c6eb0d', 'article': 'ebbc39aaf008'}
    """
    if "published_at" not in payload:
        return {}
    known = {name: short_digest(str(payload[name])) for name in _WHENCE if payload.get(name)}
    if known.get("original") == known.get("article"):  # some sources name an article its own original
        del known["original"]
    return {"published_at": int(datetime.fromisoformat(payload["published_at"]).timestamp()), **known}


_WHENCE = ("outlet", "article", "original", "original_outlet")


def _impulse(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the circle says is kept as it is."""
    return {"network": payload["network"]}


DERIVE: Mapping[str, Derive] = {
    "F01": _suit,
    "F10": _auction,
    "F11": _creditors("secured_party"),
    "F12": _creditors("mortgagee"),
    "F13": _creditors("pledgee"),
    "F14": _equity_freeze,
    "F26": _creditors("creditor_name", "creditor"),
    "F31": _objection,
    "F34": _impulse,
    "F35": _mention,
}
"""By feed: the extra fields of a fact. Each must be a pure function of the payload alone."""


def derived(feed: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The extra fields of a fact of ``feed``; empty for most feeds."""
    derive = DERIVE.get(feed)
    return derive(payload) if derive is not None else {}
