"""How long a freeze may last; plain look-ups for contracts, deadlines and the ledger."""

from collections.abc import Mapping

LONGEST_YEARS: Mapping[str, int] = {"bank_account": 1, "movable": 2, "vehicle": 2}
"""Longest freeze in years by asset class; real estate and all other rights 3 (民诉法解释 485, 2022)."""


def longest_freeze(asset_class: str) -> int:
    """Years after which a seizure or freeze of such an asset lapses, if nobody renews it.

    >>> longest_freeze("vehicle"), longest_freeze("equity")
    (2, 3)
    """
    return LONGEST_YEARS.get(asset_class, 3)
