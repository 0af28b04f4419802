"""Closed vocabularies of the verdict: why a record is refused, and what is wrong with one that is taken."""

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why a record is quarantined: a hard rule is broken and the record must be repaired at its source."""

    UNREADABLE = "unreadable"  # not JSON, not a table row, not an object
    MAPPING_FAILED = "mapping_failed"  # a connector's mapping could not make a record of the row
    ENVELOPE_INCOMPLETE = "envelope_incomplete"
    UNKNOWN_SCHEMA = "unknown_schema"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_FIELD = "missing_field"
    INVALID_FIELD = "invalid_field"
    UNKNOWN_CODE = "unknown_code"
    INVALID_IDENTIFIER = "invalid_identifier"
    INVALID_CASE_NUMBER = "invalid_case_number"
    AMOUNT_WITHOUT_UNIT = "amount_without_unit"
    INVALID_AMOUNT = "invalid_amount"
    INTERVAL_REVERSED = "interval_reversed"
    FUTURE_EVENT = "future_event"
    FREEZE_TOO_LONG = "freeze_too_long"
    SELF_GUARANTEE = "self_guarantee"
    ENTITY_MISMATCH = "entity_mismatch"
    LEGAL_BASIS_MISSING = "legal_basis_missing"
    PERSONAL_ID_IN_CLEAR = "personal_id_in_clear"
    FOUR_EYES = "four_eyes"
    CONTROL_MISUSED = "control_misused"


class Flag(StrEnum):
    """What is doubtful about an accepted record: a soft rule is broken."""

    IDENTITY_UNCONFIRMED = "identity_unconfirmed"
    MASKED_NAME = "masked_name"
    COURT_MISMATCH = "court_mismatch"
    FILED_YEAR_MISMATCH = "filed_year_mismatch"
    CASE_TYPE_MISMATCH = "case_type_mismatch"
    CASE_BATCH = "case_batch"
    PARTIES_MISSING = "parties_missing"
    ORGANISATION_CODE_MISMATCH = "organisation_code_mismatch"
    UNKNOWN_DIVISION = "unknown_division"
    UNKNOWN_CODE_DROPPED = "unknown_code_dropped"
    AUCTION_RULE = "auction_rule"
    ASSET_UNIDENTIFIED = "asset_unidentified"
    BALANCE_BELOW_NEW = "balance_below_new"
    NEGATIVE_AMOUNT = "negative_amount"
    ESTIMATED_READING = "estimated_reading"
    BALANCE_SHEET_OFF = "balance_sheet_off"
    UNAPPROVED_ENTRY = "unapproved_entry"


QUALITY: Mapping[Flag, float] = {
    Flag.IDENTITY_UNCONFIRMED: 1.0,  # carried by match_confidence already; counting it twice would be wrong
    Flag.MASKED_NAME: 1.0,  # likewise: match_confidence is held at 0.3
    Flag.COURT_MISMATCH: 0.9,  # one of two statements about the court is a slip, the case itself is not in doubt
    Flag.FILED_YEAR_MISMATCH: 0.8,  # the date drives windows, so a wrong one moves the fact in time
    Flag.CASE_TYPE_MISMATCH: 0.8,  # a case number of another procedure than the feed's
    Flag.CASE_BATCH: 0.9,  # several cases counted as one
    Flag.PARTIES_MISSING: 0.95,  # the other side is unknown; the filing is not
    Flag.ORGANISATION_CODE_MISMATCH: 0.95,  # the USCC's own check holds, the older check inside it does not
    Flag.UNKNOWN_DIVISION: 0.95,
    Flag.UNKNOWN_CODE_DROPPED: 0.95,  # a code that bears no colour was not understood and left out
    Flag.AUCTION_RULE: 0.95,  # a data-quality warning, not a risk
    Flag.ASSET_UNIDENTIFIED: 0.9,  # two seizures of one asset cannot be told from seizures of two
    Flag.BALANCE_BELOW_NEW: 0.8,
    Flag.NEGATIVE_AMOUNT: 0.7,
    Flag.ESTIMATED_READING: 0.9,
    Flag.BALANCE_SHEET_OFF: 0.8,
    Flag.UNAPPROVED_ENTRY: 0.7,  # manual entry is of lower trust until a second person approves it (F32)
}
"""Multiplier of a flag on ``quality``, which in turn multiplies points; judgement of this project, to be
calibrated.
"""


def quality_of(flags: tuple[Flag, ...]) -> float:
    """Product of the multipliers, rounded to 4 places so that it reads back the same.

    >>> quality_of((Flag.COURT_MISMATCH, Flag.NEGATIVE_AMOUNT))
    0.63
    """
    product = 1.0
    for flag in flags:
        product *= QUALITY[flag]
    return round(product, 4)
