"""Every report that Docket makes, by code; a definition never changes without another version."""

from collections.abc import Mapping
from typing import Final

from projections.reports.acceptance import ACCEPTANCE
from projections.reports.annual import ANNUAL
from projections.reports.claimed import CLAIMED
from projections.reports.dissent import DISSENT
from projections.reports.kept import KEPT
from projections.reports.model import Definition
from projections.reports.refused import REFUSED

DEFINITIONS: Final[Mapping[str, Definition]] = {
    each.code: each for each in (ANNUAL, ACCEPTANCE, KEPT, DISSENT, REFUSED, CLAIMED)
}
