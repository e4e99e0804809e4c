"""Every view that Docket keeps; a composition root hands them to its runner."""

from typing import Any

from projections.audit_trail import AUDIT_TRAIL
from projections.case_status import CASE_STATUS
from projections.clearinghouse.uses import USES
from projections.clearinghouse.view import CLEARINGHOUSE
from projections.clocks import CLOCKS
from projections.criteria import CRITERIA
from projections.directory.views import INSTRUMENTS, OFFICES, PARTICIPANTS, POLICIES
from projections.final_authority import FINAL_AUTHORITY
from projections.leases import LEASES
from projections.moments import HOURS, SECONDS
from projections.oversight import INQUIRIES, NOTES
from projections.partners import PARTNERS
from projections.records import RECORDS
from projections.refusals import REFUSALS
from projections.reported import REPORTED
from projections.scans import SCANS
from projections.tasking.views import TASKINGS
from projections.texts.views import FRAMEWORKS, STANDARDS, THRESHOLDS
from projections.transparency.log import LOG
from projections.view import View


def views() -> tuple[View[Any], ...]:
    """All of them, in the order in which they are built."""
    return (
        SECONDS,
        HOURS,
        CASE_STATUS,
        CLOCKS,
        FINAL_AUTHORITY,
        AUDIT_TRAIL,
        LOG,
        REFUSALS,
        OFFICES,
        INSTRUMENTS,
        POLICIES,
        PARTICIPANTS,
        CRITERIA,
        LEASES,
        SCANS,
        RECORDS,
        INQUIRIES,
        NOTES,
        STANDARDS,
        THRESHOLDS,
        FRAMEWORKS,
        TASKINGS,
        REPORTED,
        USES,
        CLEARINGHOUSE,
        PARTNERS,
    )
