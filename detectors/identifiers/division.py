"""Administrative divisions 行政区划 (GB/T 2260): ``PPCCDD``, looked up by the date of the record.

Divisions are renamed and merged, so every entry carries the interval in which its code was in force, and
what it became. Built in is one place, 上虞, whose four codes show the mechanism; a full table is given as a
:class:`DivisionTable` made from the dated editions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detectors.identifiers.errors import IdentifierError
from detectors.identifiers.text import compact, quoted

Level = Literal["country", "province", "prefecture", "county"]

PROVINCES: Mapping[str, str] = {
    "11": "京",
    "12": "津",
    "13": "冀",
    "14": "晋",
    "15": "内",
    "21": "辽",
    "22": "吉",
    "23": "黑",
    "31": "沪",
    "32": "苏",
    "33": "浙",
    "34": "皖",
    "35": "闽",
    "36": "赣",
    "37": "鲁",
    "41": "豫",
    "42": "鄂",
    "43": "湘",
    "44": "粤",
    "45": "桂",
    "46": "琼",
    "50": "渝",
    "51": "川",
    "52": "黔",
    "53": "云",
    "54": "藏",
    "61": "陕",
    "62": "甘",
    "63": "青",
    "64": "宁",
    "65": "新",
    "71": "台",
    "81": "港",
    "82": "澳",
}
"""Province digits to the one-character short form that court codes use."""


@dataclass(frozen=True, slots=True)
class Division:
    """A code of the right structure; ``parent`` is the code one level up (``100000`` for a province)."""

    code: str
    level: Level
    parent: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code in one edition interval, ``valid_to`` exclusive; ``successor`` replaced it."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None = None
    successor: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the code was in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def parse(text: str) -> Division:
    """Check the structure: six digits, a known province, and no county below a missing prefecture.

    Raises:
        IdentifierError: not of that structure.

    >>> parse("330604")
    Division(code='330604', level='county', parent='330600')
    """
    code = compact(text)
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        raise _wrong(f"a division code has 6 digits, got {quoted(text)}")
    if code == "100000":
        return Division(code, "country", "")
    province, city, county = code[:2], code[2:4], code[4:]
    if province not in PROVINCES:
        raise _wrong(f"no province has the code {province}, got {quoted(code)}")
    if city == "00" and county != "00":
        raise _wrong(f"a county needs its prefecture in digits 3-4, got {quoted(code)}")
    if city == "00":
        return Division(code, "province", "100000")
    if county == "00":
        return Division(code, "prefecture", province + "0000")
    return Division(code, "county", province + city + "00")


class DivisionTable:
    """Dated editions, in memory.

    >>> SHANGYU.at("330682", date(2010, 1, 1)).name
    '上虞市'
    >>> SHANGYU.current("332322")
    '330604'
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        """``entries`` may hold several intervals for one code; each code's structure is checked.

        Raises:
            IdentifierError: a code of wrong structure, or an interval that ends before it begins.
        """
        self._by_code: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.valid_to is not None and entry.valid_to <= entry.valid_from:
                raise _wrong(
                    f"{entry.code} is valid to {entry.valid_to}, which is not after {entry.valid_from}"
                )
            self._by_code.setdefault(parse(entry.code).code, []).append(entry)

    def knows(self, code: str) -> bool:
        """Whether any edition ever had the code; the soft check for positions 3-8 of a USCC."""
        return code in self._by_code

    def at(self, code: str, day: date) -> Entry:
        """The entry in force on ``day``.

        Raises:
            IdentifierError: no edition of that day has the code.
        """
        for entry in self._by_code.get(code, ()):
            if entry.holds_on(day):
                return entry
        raise _wrong(f"no edition of {day} has {quoted(code)}")

    def current(self, code: str) -> str:
        """Follow the successors to the code in force today; a code the table does not know is its own
        answer.
        """
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            successors = [e.successor for e in self._by_code.get(code, ()) if e.successor]
            if not successors:
                break
            code = successors[-1]
        return code


SHANGYU = DivisionTable(
    [
        Entry("332322", "上虞县", date(1978, 1, 1), date(1983, 7, 27), "330622"),
        Entry("330622", "上虞县", date(1983, 7, 27), date(1992, 10, 18), "330682"),
        Entry("330682", "上虞市", date(1992, 10, 18), date(2013, 10, 18), "330604"),
        Entry("330604", "上虞区", date(2013, 10, 18)),
    ]
)
"""上虞 under 绍兴地区, then county, city and district of 绍兴市; days are those of the State Council's
approvals.
"""


def _wrong(problem: str) -> IdentifierError:
    return IdentifierError("division (GB/T 2260)", problem)
