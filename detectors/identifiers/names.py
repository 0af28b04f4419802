"""Names: a normal form and a blocking key for organisations, a mask for persons."""

import re

from detectors.identifiers.text import nfkc, unify_brackets

_HAN = re.compile(r"[\u3400-\u9fff]")
_MASKED = re.compile(r"[\u3400-\u9fff]{1,2}某+[甲乙丙丁\d]?|(?:\S\*{2,}\s?)+")
_COMPOUND = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|"
    "诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|"
    "公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐"
)


def normalise(name: str) -> str:
    """NFKC, brackets unified, blanks removed between Chinese characters and single elsewhere.

    >>> normalise("绍兴　上虞（测试）有限公司")
    '绍兴上虞(测试)有限公司'
    """
    words = unify_brackets(nfkc(name)).split()
    return ("" if _HAN.search(name) else " ").join(words)


def blocking_key(name: str) -> str:
    """Form under which two spellings are candidates for the same firm; never shown, never stored as the name.

    >>> blocking_key("测试有限责任公司") == blocking_key("测试 有限公司")
    True
    """
    return normalise(name).replace("有限责任公司", "有限公司").upper()


def mask(name: str) -> str:
    """Surname and 某 for every further character (最高法 rule for published judgments); letters keep
    initials.

    >>> mask("张三丰"), mask("欧阳修"), mask("Jane Smith"), mask("张某")
    ('张某某', '欧阳某', 'J*** S***', '张某')
    """
    clean = normalise(name)
    if is_masked(clean) or not clean:
        return clean
    if not _HAN.search(clean):
        return " ".join(f"{word[0]}***" for word in clean.split())
    surname = 2 if len(clean) > 2 and _COMPOUND.match(clean) else 1
    return clean[:surname] + "某" * max(1, len(clean) - surname)


def is_masked(name: str) -> bool:
    """Whether a name is masked already; such a party can never be matched to an entity.

    >>> is_masked("李某某"), is_masked("李四")
    (True, False)
    """
    return bool(_MASKED.fullmatch(name))
