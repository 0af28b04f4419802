"""Records of the credit points. Dates are ISO days, amounts yuan."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import money, record


def status(day: str, contract: str = "loan-1", **fields: Any) -> Record:
    """F21, what a lender reports of a contract on a day; amounts may be plain numbers."""
    more = {
        name: fields.pop(name)
        for name in ("version", "op", "observed", "role", "quality", "entity")
        if name in fields
    }
    lender = fields.pop("lender", "bank-1")
    amounts = ("balance", "principal", "subrogation", "repaid")
    payload = {"lender_id": lender, "contract_no": contract, "as_of": day}
    payload |= {name: money(value) if name in amounts else value for name, value in fields.items()}
    return record("F21", f"{lender}-{contract}-{day}", day, payload, **more)
