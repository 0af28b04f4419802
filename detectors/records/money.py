"""Money with its unit and currency: never guessed, never a float.

Accepted: ``{"amount": "2000000.00", "currency": "CNY"}``; the same with a ``unit`` (``万元``); a text that
carries its unit (``200万元``, ``CNY 2000000.00``, ``$ 12.50``); and a bare number only where the payload
has a ``currency`` beside it. Everything else is refused as ``amount_without_unit``. An amount has at most
two decimal places in main units.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_serializer, model_validator
from pydantic_core import PydanticCustomError

from detectors.identifiers.text import nfkc, quoted
from detectors.records.reasons import Reason

NO_CURRENCY = "XXX"
"""ISO 4217: no currency is involved."""

_CODES = (
    "AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB "
    "RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD "
    "UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"
)
CURRENCIES = frozenset(_CODES.split())
"""ISO 4217 codes of money in circulation."""

_SPOKEN = {"RMB": "CNY", "人民币": "CNY", "$": "USD", "US$": "USD", "£": "GBP", "€": "EUR", "HK$": "HKD"}
_SCALES = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_CHINESE = {
    "元": "CNY",
    "元人民币": "CNY",
    "人民币": "CNY",
    "美元": "USD",
    "港元": "HKD",
    "欧元": "EUR",
    "英镑": "GBP",
}
_PLAIN_UNITS = {
    "yuan": Decimal(1),
    "main": Decimal(1),
    "分": Decimal("0.01"),
    "角": Decimal("0.1"),
    "cents": Decimal("0.01"),
    "pence": Decimal("0.01"),
    "thousand": Decimal(1000),
    "million": Decimal(10**6),
}
_SCALE = "(?P<scale>[百十千万亿]{0,2})"
_CHINESE_UNIT = re.compile(rf"{_SCALE}(?P<name>{'|'.join(sorted(_CHINESE, key=len, reverse=True))})?")
_NUMBER = r"(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
_TRAILING = re.compile(
    rf"(?P<code>人民币|RMB)? ?{_NUMBER} ?(?P<unit>[百十千万亿]{{0,2}}(?:{'|'.join(_CHINESE)}))"
)
_LEADING = re.compile(rf"(?a)(?P<code>[A-Z]{{3}}|US\$|HK\$|[$£€]) ?{_NUMBER}")
_BARE = re.compile(_NUMBER, re.ASCII)
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:\.\d+)?[eE][-+]?\d{1,2}", re.ASCII)
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 15


class Money(BaseModel):
    """An amount in main units of a currency, two decimal places.

    >>> Money.model_validate("200万元")
    Money(amount=Decimal('2000000.00'), currency='CNY')
    >>> Money.model_validate({"amount": "-12.5", "unit": "万元", "currency": "USD"}).amount
    Decimal('-125000.00')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[Decimal, WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,15}\.\d{2}$"})]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            return _from_mapping(value)
        if isinstance(value, str):
            return _from_text(value)
        if isinstance(value, int | float | Decimal):
            raise _without_unit(value)
        return value

    @field_serializer("amount")
    def _written(self, amount: Decimal) -> str:
        return str(amount)


def is_bare(value: object) -> bool:
    """Whether the value is a number without unit or currency, in digits or as text.

    >>> is_bare("1,200.50"), is_bare(7), is_bare("7元")
    (True, True, False)
    """
    if isinstance(value, str):
        return bool(_BARE.fullmatch(nfkc(value)))
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _from_mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    extra = value.keys() - {"amount", "unit", "currency"}
    if extra or "amount" not in value:
        raise _invalid(f"money has amount, unit and currency, got {quoted(sorted(map(str, value)))}")
    unit, currency = value.get("unit"), value.get("currency")
    if unit is None and currency is None:
        if isinstance(value["amount"], str) and not is_bare(value["amount"]):
            return _from_text(value["amount"])
        raise _without_unit(value["amount"])
    factor, implied = _unit(str(unit)) if unit is not None else (Decimal(1), "")
    code = _currency(str(currency)) if currency is not None else implied
    if not code:
        raise _without_unit(value["amount"])
    if implied not in {"", "CNY", code}:
        raise _invalid(f"unit {quoted(unit)} and currency {quoted(currency)} disagree")
    return {"amount": _amount(value["amount"], factor), "currency": code}


def _from_text(value: str) -> dict[str, Any]:
    text = " ".join(nfkc(value).split())
    if found := _LEADING.fullmatch(text):
        return {"amount": _amount(found["number"], Decimal(1)), "currency": _currency(found["code"])}
    if found := _TRAILING.fullmatch(text):
        factor, code = _unit(found["unit"])
        return {"amount": _amount(found["number"], factor), "currency": code}
    if _BARE.fullmatch(text):
        raise _without_unit(value)
    raise _invalid(f"an amount reads 200万元, CNY 2000000.00 or $ 12.50, got {quoted(value)}")


def _unit(text: str) -> tuple[Decimal, str]:
    """Factor to main units, and the currency a Chinese unit implies (``""`` when it implies none)."""
    clean = nfkc(text)
    if clean in _PLAIN_UNITS:
        return _PLAIN_UNITS[clean], "CNY" if clean in {"分", "角", "yuan"} else ""
    found = _CHINESE_UNIT.fullmatch(clean)
    if not clean or not found or found["scale"] not in _SCALES:
        known = "元, 千元, 万元, 百万元, 亿元, 分, 角, cents, pence, thousand, million"
        raise _invalid(f"the units are {known}, got {quoted(text)}")
    return Decimal(_SCALES[found["scale"]]), _CHINESE[found["name"]] if found["name"] else ""


def _currency(text: str) -> str:
    code = nfkc(text)
    code = _SPOKEN.get(code, code)
    if code not in CURRENCIES:
        raise _invalid(f"a currency is an ISO 4217 code such as CNY, got {quoted(text)}")
    return code


def _amount(value: object, factor: Decimal) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _invalid(f"an amount is a decimal number, got {quoted(value)}")
    text = nfkc(value) if isinstance(value, str) else str(value)
    if isinstance(value, str) and not (_BARE.fullmatch(text) or _SCIENTIFIC.fullmatch(text)):
        raise _invalid(f"an amount is a number such as 1,234,567.80, got {quoted(value)}")
    try:
        number = Decimal(text.replace(",", "")) * factor
        exact = number.quantize(_CENT)
    except InvalidOperation:
        raise _invalid(f"an amount is a decimal number below 10^15, got {quoted(value)}") from None
    if exact != number:
        raise _invalid(f"an amount has at most 2 decimal places in main units, got {quoted(value)}")
    if not -_MOST < exact < _MOST:
        raise _invalid(f"an amount is below 10^15, got {quoted(value)}")
    return exact


def _without_unit(value: object) -> PydanticCustomError:
    remedy = "write it as 200万元, as CNY 2000000.00, or with a currency beside it"
    text = f"an amount needs its unit or currency, got {quoted(value)}; {remedy}"
    return PydanticCustomError(Reason.AMOUNT_WITHOUT_UNIT.value, "{text}", {"text": text})


def _invalid(text: str) -> PydanticCustomError:
    return PydanticCustomError(Reason.INVALID_AMOUNT.value, "{text}", {"text": text})
