"""Records from outside China, one entry point per source; see the modules behind it for the mapping."""

from detectors.records.companies_house import records as from_companies_house
from detectors.records.united_states import Origin as UsOrigin
from detectors.records.united_states import docket as from_us_docket
from detectors.records.united_states import tax_lien as from_us_tax_lien
from detectors.records.united_states import ucc_filing as from_ucc_filing

__all__ = ["UsOrigin", "from_companies_house", "from_ucc_filing", "from_us_docket", "from_us_tax_lien"]
