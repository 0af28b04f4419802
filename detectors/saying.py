"""What a record says, in words that may be shown: amounts, dates and codes, never names."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from detectors.contagion.impulse import words
from detectors.fact import IMPULSE, MANUAL, compact
from detectors.points.registry import REASONS as ABNORMAL
from detectors.record import Record


def says(record: Record, currency: str) -> dict[str, str]:
    """Amounts, dates and codes in words; what the ledger leaves out (names, lists) is left out here too. Of an impulse,
    what the network says."""
    payload = record.payload
    if record.feed == IMPULSE:
        return words(payload.get("network", {}), currency)
    if record.feed == MANUAL and isinstance(payload.get("record"), dict):
        payload = payload["record"]
    meanings = _MEANINGS.get(record.feed, {})
    return {
        name: (said := _text(payload[name])) + meanings.get((name, said), "")
        for name in sorted(compact(payload, currency))
    }


_MEANINGS: Mapping[str, Mapping[tuple[str, str], str]] = {
    "F05": {
        ("conduct_code", "1"): " (able to perform and refuses)",
        ("conduct_code", "2"): " (forged evidence, violence or threats against enforcement)",
        ("conduct_code", "3"): " (sham suits, hid or moved assets)",
        ("conduct_code", "4"): " (broke the duty to report assets)",
        ("conduct_code", "5"): " (broke a consumption restriction)",
        ("conduct_code", "6"): " (does not perform a settlement)",
    },
    "F22": {("reason", str(code)): f" ({said})" for code, said in ABNORMAL.items()},
}
"""What codes mean; conduct by 最高人民法院关于公布失信被执行人名单信息的若干规定 (2017) art. 1."""


def _text(value: Any) -> str:
    if isinstance(value, dict):
        amount = f"{Decimal(value['amount']):,f}".removesuffix(".00")
        return f"{value.get('currency', '')} {amount}".lstrip()
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
