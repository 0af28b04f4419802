"""Groups of entities that have a macro risk index: ``<kind>:<id>``.

Regions by GB/T 2260 or the parts of a jurisdiction; industries by section and division of GB/T 4754 or prefix of
another scheme; clusters (块状经济) and other tags; size classes.
"""

from typing import Literal

from detectors.cohorts.key import Attributes, industry_levels, region_levels
from detectors.errors import FenghuoError

Kind = Literal["region", "industry", "cluster", "size"]


def group_id(kind: Kind, name: str) -> str:
    """The id of a group.

    Raises:
        FenghuoError: no name.
    """
    if not name:
        raise FenghuoError("group", f"a {kind} needs a name", "leave the group out if it is not known")
    return f"{kind}:{name}"


def groups_of(firm: Attributes) -> tuple[str, ...]:
    """Every group the firm belongs to, sorted. Industries of 3 digits are too narrow for an index.

    >>> groups_of(Attributes("C1751", "small", "CN-330604", ("umbrella",)))[:3]
    ('cluster:umbrella', 'industry:gbt4754:C', 'industry:gbt4754:C17')
    >>> groups_of(Attributes("C1751", "small", "CN-330604"))[2:]
    ('region:CN-330000', 'region:CN-330600', 'region:CN-330604', 'size:small')
    """
    groups = [group_id("region", place) for place in region_levels(firm.region)]
    groups += [
        group_id("industry", f"{firm.scheme}:{code}")
        for code in industry_levels(firm.scheme, firm.industry)
        if sum(character.isdigit() for character in code) <= 2
    ]
    groups += [group_id("cluster", tag) for tag in firm.tags]
    if firm.size_class:
        groups.append(group_id("size", firm.size_class))
    return tuple(sorted(set(groups)))


def parent_of(group: str) -> str | None:
    """The next wider region or industry; None for the widest and for groups of other kinds.

    >>> parent_of("region:CN-330604"), parent_of("industry:gbt4754:C17"), parent_of("industry:gbt4754:C")
    ('region:CN-330600', 'industry:gbt4754:C', None)
    """
    kind, _, name = group.partition(":")
    if kind == "region":
        wider = region_levels(name)[1:]
        return group_id("region", wider[0]) if wider else None
    if kind == "industry":
        scheme, _, code = name.partition(":")
        levels = industry_levels(scheme, code)[1:]
        return group_id("industry", f"{scheme}:{levels[0]}") if levels else None
    return None
