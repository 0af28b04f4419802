"""Identifiers of enterprises, cases, places and trades: one module per standard, each ``parse`` checks the
whole rule.

A ``parse`` returns a small frozen result (or the canonical text where there is nothing else to say) and
raises :class:`~detectors.identifiers.errors.IdentifierError` naming the rule and what came instead.
"""
