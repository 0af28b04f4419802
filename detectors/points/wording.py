"""Small words of what was measured: numbers with their noun, case numbers, peers."""

from collections.abc import Iterable

from detectors.fact import Fact
from detectors.points.months import label
from detectors.reference import Norm

_NAMED, _ANY = 2, "*"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "case"), count(0, "case"), count(2, "security", "securities")
    ('1 case', '0 cases', '2 securities')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def case_numbers(facts: Iterable[Fact]) -> str:
    """Numbers of the first cases behind a verdict, to be put behind it; empty if no record gives one."""
    numbers = list(dict.fromkeys(str(one.data["case_no"]) for one in facts if one.data.get("case_no")))
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return f", {', '.join(numbers[:_NAMED])}{more}" if numbers else ""


def percent(share: float, *bars: float, sign: str = "") -> str:
    """A share in whole percent; finer where it would look like a bar that it only comes near.

    >>> percent(0.45, 0.3), percent(0.2999, 0.3), percent(0.3, 0.3), percent(-0.699, -0.7, sign="+")
    ('45%', '29.99%', '30%', '-69.9%')
    """
    near = [bar for bar in bars if bar != share]
    for digits in (0, 1, 2):
        said = f"{share:{sign}.{digits}%}"
        if all(said != f"{bar:{sign}.{digits}%}" for bar in near):
            break
    return said


def spans(months: Iterable[int]) -> str:
    """Months, those in a row by the first and the last.

    >>> spans([24_312, 24_313, 24_314, 24_316])
    '2026-01 to 2026-03, 2026-05'
    """
    runs: list[list[int]] = []
    for month in sorted(months):
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(label(run[0]) + (f" to {label(run[-1])}" if len(run) > 1 else "") for run in runs)


_SPOKEN = {
    "legal_rep": "legal representative",
    "principal": "person in charge",
    "actual_controller": "actual controller",
    "controller": "actual controller",
    "reg_capital": "registered capital",
    "paid_capital": "paid-in capital",
    "order_closure": "ordered to close",
    "revoke": "revoked",
    "suspend": "suspended",
}


def spoken(code: str) -> str:
    """A code of the contracts as people say it.

    >>> spoken("legal_rep"), spoken("simple_deregistration_notice")
    ('legal representative', 'simple deregistration notice')
    """
    return _SPOKEN.get(code, code.replace("_", " "))


def peers(norm: Norm | None) -> str:
    """How the peers did, to be put behind how the firm did; empty without a norm."""
    if norm is None or norm.median is None:
        return ""
    return f"; {norm.median:+.0%} is the median of {norm.n} firms ({cohort_words(norm.cohort)})"


def cohort_words(cohort: str) -> str:
    """What the id of a cohort means.

    >>> cohort_words("gbt4754:C|*|CN-330000|*")
    'trade C, any size, CN-330000'
    """
    trade, size, region, tag = (cohort.split("|") + [_ANY] * 3)[:4]
    said = [
        f"trade {trade.partition(':')[2] or trade}" if trade != _ANY else "any trade",
        size if size != _ANY else "any size",
        region if region != _ANY else "any region",
        *([tag] if tag != _ANY else []),
    ]
    return ", ".join(said)
