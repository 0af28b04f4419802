"""Whether a court's name can belong to a court code: the level always, the name where it is known."""

from collections.abc import Mapping

KNOWN: Mapping[str, frozenset[str]] = {
    "最高法": frozenset({"最高人民法院"}),
    "浙": frozenset({"浙江省高级人民法院"}),
    "浙06": frozenset({"绍兴市中级人民法院", "浙江省绍兴市中级人民法院"}),
    "浙0604": frozenset(
        {"绍兴市上虞区人民法院", "浙江省绍兴市上虞区人民法院", "上虞区人民法院", "上虞市人民法院"}
    ),
}
"""Names of the courts of the model district; elsewhere only the level is compared."""

_LEVELS = (("最高人民法院", -1), ("高级人民法院", 0), ("中级人民法院", 2))


def plausible(code: str, name: str) -> bool:
    """Whether ``name`` may be the court with that code (法院代字).

    >>> plausible("浙0604", "绍兴市上虞区人民法院"), plausible("浙0604", "绍兴市中级人民法院")
    (True, False)
    """
    if code in KNOWN:
        return name in KNOWN[code]
    digits = len(code) - 1 if code != "最高法" else -1
    for words, level in _LEVELS:
        if name.endswith(words):
            return digits == level
    return digits not in (-1, 0) if name.endswith("人民法院") else True
