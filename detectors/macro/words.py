"""The numbers of the macro risk index in words: for the manual and for whoever changes them."""

from collections.abc import Iterator

from detectors.macro.rules import PARTS, MacroRules

INDEX = "MRI"
"""The id of the index where a point has its own: in alerts about areas and in the catalogue."""
NAME, NAME_ZH = "macro risk index", "宏观风险指数"

WHY = (
    "How the firms of a region, industry, cluster or size class stand against their own past year: 50 is the group's "
    "own normal. It warns of what no single firm shows."
)
SOURCE = "configuration defaults; no statute or standard gives these numbers"

_WEIGHT = "weight of "
_MEANINGS = {
    "weights.prevalence": ("share of 1", _WEIGHT + "the share of firms that are yellow or red, red counted twice"),
    "weights.flow": ("share of 1", _WEIGHT + "firms upgraded less firms downgraded, per firm"),
    "weights.arrears": ("share of 1", _WEIGHT + "utility, tax and social arrears, per amount billed in 12 months"),
    "weights.judicial": ("share of 1", _WEIGHT + "newly enforced and claimed amounts, per M of all"),
    "weights.contagion": ("share of 1", _WEIGHT + "the mean rise of the probability of failure through contagion"),
    "weighting": ("count or exposure", "whether prevalence counts firms or what is lent to them; contagion, too"),
    "event_days": ("days", "window of flow and judicial"),
    "history_days": ("days", "the group's past that a day is compared with"),
    "enough_days": ("days", "measured days below which the past of the wider group is taken"),
    "winsor": ("standard deviations", "limit of how far one measure counts from its mean"),
    "entry.blue": ("index, 0 to 100", "blue from here on"),
    "entry.yellow": ("index, 0 to 100", "yellow from here on"),
    "entry.red": ("index, 0 to 100", "red from here on"),
    "deadband": ("index", "how far below its entry a colour is left"),
    "confirm_days": ("days", "days in a row that must ask for another colour"),
    "coverage": ("share of 1", "of the weights that must be measurable for there to be an index"),
    "level_yellow": ("share of 1", "what a yellow firm counts for in the level index (MRL)"),
    "level_red": ("share of 1", "what a red firm counts for in it"),
    "disclosed_from": ("firms", "a group of fewer is shown to regulators alone"),
    "regulator_from": ("firms", "a group of fewer is shown to nobody"),
}  # fmt: skip


def rows(rules: MacroRules) -> Iterator[tuple[str, str, str, str]]:
    """Name, value, unit and meaning of every number, in the order of the catalogue."""
    for name, value in flat(rules).items():
        yield name, value if isinstance(value, str) else f"{value:g}", *_MEANINGS[name]


def flat(rules: MacroRules) -> dict[str, float | str]:
    """Every number by its name, for a comparison."""
    found: dict[str, float | str] = {}
    for name in MacroRules.__struct_fields__:
        value = getattr(rules, name)
        if name in PARTS:
            found |= {f"{name}.{part}": one for part, one in zip(PARTS[name], value, strict=True)}
        else:
            found[name] = value
    return found
