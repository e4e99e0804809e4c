"""Every list that has a page: tables of data (decision 0033), a file a subject."""

from typing import Final

from api.pages.lists.cases import CASES, PARTNERS, PROGRAMMES
from api.pages.lists.clearinghouse import CLEARINGHOUSE, SCANS
from api.pages.lists.directory import INSTRUMENTS, OFFICES, PARTICIPANTS, POLICIES
from api.pages.lists.duties import LEASES, TASKINGS
from api.pages.lists.listing import Listing
from api.pages.lists.oversight import NOTES, REQUESTS
from api.pages.lists.record import RECORDS, REFUSALS

LISTS: Final[tuple[Listing, ...]] = (
    CASES,
    CLEARINGHOUSE,
    LEASES,
    TASKINGS,
    OFFICES,
    PARTICIPANTS,
    INSTRUMENTS,
    POLICIES,
    SCANS,
    PARTNERS,
    PROGRAMMES,
    REFUSALS,
    RECORDS,
    REQUESTS,
    NOTES,
)
