"""Synthetic numbers that pass every check a real one must pass: credit codes, accounts, parcels, case numbers.

Rules: GB 32100-2015 and GB 11714-1997 for the codes, 法〔2015〕137号 for case numbers, the 28-character unit number of
the real-estate register. No number here was ever issued on purpose; each is a permutation of the enterprise's index.
"""

from hashlib import blake2b
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: no I, O, S, V, Z."""
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_VALUE: Final = {character: int(character, 36) for character in ALPHABET}

DIVISION: Final = "330604"
"""上虞区 in GB/T 2260."""
_ORG_SPACE: Final = 31**5
_ORG_STEP: Final = 7_368_791  # coprime to 31, so that indices up to 31**5 keep distinct codes
_ACCOUNT_SPACE: Final = 10**8
_ACCOUNT_STEP: Final = 48_611_937  # coprime to 10


def _org_character(total: int) -> str:
    """Check character of an organisation code (GB 11714-1997) from the weighted sum of its eight characters."""
    rest = 11 - total % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


_ORG_HEAD: Final = "MA2"
# what does not change from firm to firm is summed once; the five characters that do come last first
_ORG_FIXED: Final = sum(_ORG_VALUE[c] * w for c, w in zip(_ORG_HEAD, _ORG_WEIGHTS, strict=False))
_USCC_FIXED: Final = {
    kind: sum(_VALUE[c] * w for c, w in zip(f"9{kind}{DIVISION}{_ORG_HEAD}", _USCC_WEIGHTS, strict=False))
    for kind in "123"
}
_TAIL: Final = tuple(zip(_ORG_WEIGHTS[:2:-1], _USCC_WEIGHTS[15:10:-1], strict=True))


def uscc(seed: int, index: int, kind: str = "1") -> str:
    """A valid credit code; ``kind`` is the class under department 9: 1 company, 2 sole trader, 3 cooperative.

    Distinct for every index below 28,629,151.
    """
    number = (index * _ORG_STEP + seed * 1_299_721) % _ORG_SPACE
    org, total, digits = _ORG_FIXED, _USCC_FIXED[kind], ""
    for org_weight, weight in _TAIL:
        number, value = divmod(number, 31)
        digits = ALPHABET[value] + digits
        org += _ORG_VALUE[ALPHABET[value]] * org_weight
        total += value * weight
    check = _org_character(org)
    total += _VALUE[check] * _USCC_WEIGHTS[16]
    return f"9{kind}{DIVISION}{_ORG_HEAD}{digits}{check}{ALPHABET[(31 - total % 31) % 31]}"


def break_uscc(code: str) -> str:
    """The same code with a wrong check character."""
    return code[:-1] + ALPHABET[(_VALUE[code[-1]] + 7) % 31]


def power_account(seed: int, index: int) -> str:
    """A State Grid customer number (户号) of ten digits."""
    return f"33{(index * _ACCOUNT_STEP + seed * 104_729) % _ACCOUNT_SPACE:08d}"


def water_account(seed: int, index: int) -> str:
    """A customer number of the water company: eight digits behind its district prefix."""
    return f"SY{(index * _ACCOUNT_STEP + seed * 15_485_863 + 7) % _ACCOUNT_SPACE:08d}"


def gas_account(seed: int, index: int) -> str:
    """A customer number of the gas company: nine digits behind its letter."""
    return f"G{(index * _ACCOUNT_STEP + seed * 32_452_843 + 13) % _ACCOUNT_SPACE:09d}"


def person_id(seed: int, index: int) -> str:
    """What stands for a natural person: a keyed digest of 16 hex digits, as a department would send it."""
    return blake2b(f"{seed}|{index}".encode(), digest_size=8, key=b"district").hexdigest()


def unit_no(index: int, number: int) -> str:
    """不动产单元号, 28 characters: county 6, cadastral zones 3+3, right 2, parcel 5, fixture F + 8."""
    zone, parcel = divmod(index, 99_999)
    sub, zone = 1 + zone % 999, 1 + (index // 37) % 24
    return f"{DIVISION}{zone:03d}{sub:03d}GB{parcel + 1:05d}F{number + 1:08d}"


def certificate_no(year: int, number: int) -> str:
    """不动产证明号 of Zhejiang."""
    return f"浙({year})上虞区不动产证明第{number:07d}号"


def case_no(year: int, court: str, kind: str, number: int) -> str:
    """A case number in the form in force since 2016, normalised (NFKC) brackets: ``(2025)浙0604民初1234号``."""
    return f"({year}){court}{kind}{number}号"
