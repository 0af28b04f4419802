"""Records as sources send them: envelope, payload contracts of the feeds F01-F33 and F35, and the verdict on each
record.

Nothing is imported here: :mod:`detectors.records.keys` serves the hot path and must not pull in pydantic.
Read :mod:`~detectors.records.validation` first, then :mod:`~detectors.records.envelope` and one family of
payloads.
"""
