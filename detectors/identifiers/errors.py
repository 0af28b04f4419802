"""The one error of this package."""

from detectors.errors import FenghuoError


class IdentifierError(FenghuoError):
    """An identifier breaks its own rule: ``place`` is the standard, ``problem`` the rule and what came
    instead.
    """
