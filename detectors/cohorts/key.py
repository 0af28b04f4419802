"""Which firms are compared: by industry, size class, region and, if asked for, a tag; and where to back off to.

Industry goes by GB/T 4754 (国民经济行业分类) from 3 digits to 2 to the section letter, or by the prefix of any other
scheme (NACE, SIC, NAICS). Region goes by GB/T 2260 (行政区划) from county to city to province, or by the parts of a
jurisdiction such as ``US-CA``. A tag names a cluster (块状经济), a park, a characteristic town or the like.
"""

from collections.abc import Iterable, Iterator

import msgspec

from detectors.errors import FenghuoError
from detectors.identifiers import division, industry

GBT4754 = "gbt4754"
ANY = "*"

_SCHEMES = {"GB": "sic", "US": "naics"}


def scheme_of(region: str) -> str:
    """The industry scheme that registers of a jurisdiction use.

    >>> scheme_of("CN-330604"), scheme_of("GB"), scheme_of("US-CA"), scheme_of("FR")
    ('gbt4754', 'sic', 'naics', 'nace')
    """
    country = region.partition("-")[0]
    return GBT4754 if country in {"", "CN"} or country.isdigit() else _SCHEMES.get(country, "nace")


class CohortKey(msgspec.Struct, frozen=True, order=True):
    """Whom a cohort is made of; an empty part means any. ``scheme`` is empty exactly when ``industry`` is.

    Raises:
        FenghuoError: a part with a character that the id needs for itself.
    """

    scheme: str = ""
    industry: str = ""
    size: str = ""
    region: str = ""
    tag: str = ""

    def __post_init__(self) -> None:
        for part in msgspec.structs.astuple(self):
            if "|" in part or part == ANY or (":" in part and part is not self.tag):
                raise FenghuoError("cohort key", f"a part must not hold '|', ':' or be '*', got {part!r}")

    @property
    def id(self) -> str:
        """The key as text.

        >>> CohortKey("gbt4754", "C175", "", "CN-330604").id
        'gbt4754:C175|*|CN-330604|*'
        """
        trade = f"{self.scheme}:{self.industry}" if self.industry else ANY
        return "|".join((trade, self.size or ANY, self.region or ANY, self.tag or ANY))


class Attributes(msgspec.Struct, frozen=True):
    """What a firm is, as far as it decides with whom it is compared; empty means unknown.

    ``region`` is a jurisdiction (``CN-330604``, ``GB``, ``US-CA``) or six digits of GB/T 2260.

    Raises:
        FenghuoError: an industry or a region that its own standard rejects.
    """

    industry: str = ""
    size_class: str = ""
    region: str = ""
    tags: tuple[str, ...] = ()
    scheme: str = GBT4754

    def __post_init__(self) -> None:
        industry_levels(self.scheme, self.industry)
        region_levels(self.region)


def industry_levels(scheme: str, code: str) -> tuple[str, ...]:
    """Codes from narrow (3 digits) to wide (section letter, or 1 digit).

    Raises:
        FenghuoError: not a code of that scheme.

    >>> industry_levels("gbt4754", "1751"), industry_levels("sic", "13.20"), industry_levels("gbt4754", "C17")
    (('C175', 'C17', 'C'), ('132', '13', '1'), ('C17', 'C'))
    """
    if not code:
        return ()
    if scheme == GBT4754:
        known = industry.parse(code)
        return _prefixes(known.code, (4, 3, 1))
    plain = "".join(character for character in code.upper() if character.isalnum())
    if not plain:
        raise FenghuoError(f"industry ({scheme})", f"a code has letters or digits, got {code!r}")
    return _prefixes(plain, (4, 3, 1) if plain[0].isalpha() else (3, 2, 1))


def _prefixes(code: str, lengths: Iterable[int]) -> tuple[str, ...]:
    return tuple(code[:length] for length in lengths if length <= len(code))


def region_levels(region: str) -> tuple[str, ...]:
    """Jurisdictions from narrow to wide; in China the province is the widest.

    Raises:
        FenghuoError: not a division of GB/T 2260 where one is due.

    >>> region_levels("CN-330604"), region_levels("US-CA"), region_levels("GB")
    (('CN-330604', 'CN-330600', 'CN-330000'), ('US-CA', 'US'), ('GB',))
    """
    if not region:
        return ()
    code = region.removeprefix("CN-")
    if region.startswith("CN-") or code.isdigit():
        return tuple(f"CN-{place}" for place in _divisions(code))
    parts = region.split("-")
    return tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def _divisions(code: str) -> Iterator[str]:
    place = division.parse(code)
    while place.level != "country":
        yield place.code
        place = division.parse(place.parent)


def back_off(firm: Attributes, tag: str = "") -> tuple[CohortKey, ...]:
    """Where to look for enough firms, narrowest first: drop the size, then region up, then industry up.

    With a ``tag`` the same way is gone among the firms so tagged first, up to all of them. A firm of unknown industry
    is comparable with nobody.

    Raises:
        FenghuoError: the firm does not carry the tag.

    >>> for key in back_off(Attributes("C1751", "small", "CN-330604")): print(key.id)
    gbt4754:C175|small|CN-330604|*
    gbt4754:C175|*|CN-330604|*
    gbt4754:C175|*|CN-330600|*
    gbt4754:C175|*|CN-330000|*
    gbt4754:C17|*|CN-330000|*
    gbt4754:C|*|CN-330000|*
    """
    plain = tuple(_way(firm, ""))
    if not tag:
        return plain
    if tag not in firm.tags:
        raise FenghuoError("cohort", f"a comparison within {tag!r} needs a firm that carries this tag")
    return (*_way(firm, tag), CohortKey(tag=tag), *plain)


def cohorts_of(firm: Attributes) -> tuple[str, ...]:
    """Ids of every cohort the firm is a member of, sorted."""
    keys = set(back_off(firm))
    for tag in firm.tags:
        keys.update(back_off(firm, tag))
    return tuple(sorted(key.id for key in keys))


def _way(firm: Attributes, tag: str) -> Iterator[CohortKey]:
    trades = industry_levels(firm.scheme, firm.industry)
    places = region_levels(firm.region) or ("",)
    if not trades:
        return
    if firm.size_class:
        yield CohortKey(firm.scheme, trades[0], firm.size_class, places[0], tag)
    for place in places:
        yield CohortKey(firm.scheme, trades[0], "", place, tag)
    for trade in trades[1:]:
        yield CohortKey(firm.scheme, trade, "", places[-1], tag)
