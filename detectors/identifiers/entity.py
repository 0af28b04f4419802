"""Canonical entity id ``ent:<jurisdiction>:<best id>``: the partition key, so all records of one firm keep
their order.

Order of preference: USCC, LEI, organisation code, registration number, then what other
registers give, and last a hash of the name. A name-only match is probabilistic: see :data:`CONFIRMED`.
"""

import hashlib
import re
from collections.abc import Callable, Mapping

from detectors.identifiers import company_number, ein, legacy_registration, lei, organisation_code, uscc
from detectors.identifiers import names as names_
from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.resident_id import looks_like
from detectors.identifiers.text import nfkc, quoted

CONFIRMED = 0.95
"""Match confidence from which a subject counts as identified; below it a record raises at most blue."""

NAME_ONLY = 0.9
"""Match confidence of a subject known by name alone, unless the source says otherwise."""

MASKED_NAME = 0.3
"""Highest match confidence of a masked name (re-identification is never attempted)."""

_LOCAL = re.compile(r"[^\s:]+(?: [^\s:]+)*")
_HMAC = re.compile(r"[0-9a-f]{16,64}")
_ENTITY = re.compile(r"ent:[A-Z]{2}(?:-[A-Z0-9]{1,6})?:[^\s:][^:]{0,99}|src:[^\s:]{1,100}")


def _local(value: str) -> str:
    text = nfkc(value)
    if not _LOCAL.fullmatch(text) or len(text) > 100:
        raise _wrong(f"a local key is up to 100 characters without ':' or line breaks, got {quoted(value)}")
    return text


def _person(value: str) -> str:
    if looks_like(value) or not _HMAC.fullmatch(value):
        clear = "a resident number in clear" if looks_like(value) else quoted(value)
        raise IdentifierError(
            "person",
            f"a person is named by a keyed HMAC of 16 to 64 hex digits, got {clear}",
            "let the connector compute the HMAC",
        )
    return value


def _name(value: str) -> str:
    text = names_.normalise(value)
    if not text:
        raise _wrong("a subject of scheme name needs a name, got an empty one")
    return text


SCHEMES: Mapping[str, Callable[[str], str]] = {
    "uscc": uscc.normalise,
    "lei": lei.parse,
    "org_code": organisation_code.parse,
    "reg_no": legacy_registration.parse,
    "company_number": company_number.parse,
    "ein": ein.parse,
    "local": _local,
    "person": _person,
    "name": _name,
    "source": _local,
}
"""Scheme of a subject, best first, to the check that returns its canonical value."""


def canonical_value(scheme: str, value: str) -> str:
    """Check ``value`` by the rule of its scheme.

    Raises:
        IdentifierError: unknown scheme, or the value breaks the scheme's rule.

    >>> canonical_value("org_code", "60003734-1")
    '600037341'
    """
    check = SCHEMES.get(scheme)
    if check is None:
        raise _wrong(f"the schemes are {', '.join(SCHEMES)}, got {quoted(scheme)}")
    return check(value)


def name_hash(name: str, division: str, legal_rep: str = "") -> str:
    """16 hex digits standing for a firm known by name only: blocking key, division and legal representative.

    >>> name_hash("测试有限责任公司", "CN-330604") == name_hash("测试有限公司", "CN-330604")
    True
    """
    text = "\x1f".join((names_.blocking_key(name), division, names_.normalise(legal_rep)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of(jurisdiction: str, scheme: str, value: str) -> str:
    """Entity id for a value that is canonical already (see :func:`canonical_value`).

    A name becomes ``name-<hash>`` and a person ``person-<hmac>``, so neither can be taken for a register
    number; a source is ``src:<source id>``, outside every jurisdiction.

    >>> of("CN-330604", "uscc", "91330604MA0000015G")
    'ent:CN-330604:91330604MA0000015G'
    >>> of("CN", "source", "cn.330604.court")
    'src:cn.330604.court'
    """
    if scheme == "source":
        return f"src:{value}"
    if scheme == "name":
        value = f"name-{name_hash(value, jurisdiction)}"
    elif scheme == "person":
        value = f"person-{value}"
    return f"ent:{jurisdiction}:{value}"


def best(jurisdiction: str, ids: Mapping[str, str]) -> str:
    """Entity id from all the identifiers known for one firm (scheme to value), by the order of
    :data:`SCHEMES`.

    Raises:
        IdentifierError: no identifier given, an unknown scheme, or the best one is wrong.

    >>> best("CN-330604", {"name": "测试有限公司", "uscc": "91330604MA0000015G"})
    'ent:CN-330604:91330604MA0000015G'
    """
    for scheme in ids:
        if scheme not in SCHEMES:
            raise _wrong(f"the schemes are {', '.join(SCHEMES)}, got {quoted(scheme)}")
    for scheme in SCHEMES:
        if ids.get(scheme):
            return of(jurisdiction, scheme, canonical_value(scheme, ids[scheme]))
    raise _wrong("an entity needs at least one identifier or a name, got none")


def is_entity(text: str) -> bool:
    """Whether the text has the form of an entity id.

    >>> is_entity("ent:GB:00445790"), is_entity("91330604MA0000015G")
    (True, False)
    """
    return bool(_ENTITY.fullmatch(text))


def guess(jurisdiction: str, text: str) -> str:
    """Entity id of a counterparty given as one text: an entity id stays, else USCC, LEI, organisation code,
    registration number, UK company number (in GB), and what is none of these is a name.

    Raises:
        IdentifierError: a resident number in clear, an empty text, or an 18-character code with a wrong
            check.

    >>> guess("CN-330604", "91330604MA0000015G")
    'ent:CN-330604:91330604MA0000015G'
    """
    text = nfkc(text)
    if is_entity(text):
        return text
    if looks_like(text):
        return of(jurisdiction, "person", _person(text))
    for scheme, form in _FORMS:
        if form.fullmatch(text) and (scheme != "company_number" or jurisdiction.startswith("GB")):
            return of(jurisdiction, scheme, canonical_value(scheme, text))
    return of(jurisdiction, "name", _name(text))


_FORMS = (
    ("uscc", re.compile(r"[0-9A-Za-z]{2}\d{6}[0-9A-Za-z]{10}")),
    ("lei", re.compile(r"[0-9A-Z]{18}\d{2}")),
    ("org_code", re.compile(r"[0-9A-Z]{8}-[0-9X]")),
    ("reg_no", re.compile(r"\d{15}")),
    ("company_number", re.compile(r"[0-9A-Z]{2}\d{6}")),
)


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("entity", problem)
