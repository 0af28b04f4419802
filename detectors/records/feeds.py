"""The feeds F01 to F33 and F35, and their payload contracts. F34 is what workers tell each other."""

from collections.abc import Mapping
from types import MappingProxyType

from detectors.records.accounts import Accounts
from detectors.records.control import ManualEntry, Objection, SourceControl
from detectors.records.credit import Guarantee, Loan
from detectors.records.enforcement import Dishonest, Enforcement, Restriction, Terminated
from detectors.records.insolvency import Insolvency
from detectors.records.judicial import Filing, Hearing, Judgment, Notary
from detectors.records.labour import SocialInsurance, WageArrears
from detectors.records.media import Mention
from detectors.records.payload import Payload
from detectors.records.registry import Abnormality, Change, Master, Penalty, SeriousViolation
from detectors.records.relations import Relation
from detectors.records.security import Charge, EquityPledge, RealEstate
from detectors.records.seizure import Auction, EquityFreeze, Seizure
from detectors.records.tax import TaxAbnormal, TaxArrears, TaxViolation
from detectors.records.utilities import Utility

FEEDS: Mapping[str, type[Payload]] = MappingProxyType(
    {
        contract.feed: contract
        for contract in (
            Filing, Hearing, Judgment, Enforcement, Dishonest, Restriction, Terminated, Insolvency,
            Seizure, Auction, Charge, RealEstate, EquityPledge, EquityFreeze,
            Utility, TaxArrears, TaxAbnormal, TaxViolation, SocialInsurance, WageArrears, Loan,
            Abnormality, SeriousViolation, Penalty, Change, Guarantee, Relation, Notary, Master, Accounts,
            Objection, ManualEntry, SourceControl, Mention,
        )
    }
)  # fmt: skip
"""Feed id to the class of its payload, in the order of the ids."""
