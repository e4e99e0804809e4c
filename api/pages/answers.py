"""What a case's page answers first: who disagreed with a determination, and who was asked and never answered."""

from collections.abc import Mapping
from typing import Any

from domain.events.consultation import View
from projections.case.consultation_parts import Word

Case = Mapping[str, Any]
"""As the door gives it."""


def disagreed(case: Case) -> list[str]:
    """Offices that dissented or did not concur, each once."""
    dissents = (each["office"] for each in case["parts"]["dissents"])
    return list(
        dict.fromkeys((*dissents, *(said["office"] for said in _said(case) if said["view"] == View.NON_CONCUR)))
    )


def silent(case: Case) -> list[str]:
    """Offices that were asked and have said nothing, each once: that is neither concurrence nor objection."""
    return list(dict.fromkeys(said["office"] for said in _said(case) if said["word"] in {Word.SILENT, Word.AWAITED}))


def _said(case: Case) -> list[Mapping[str, Any]]:
    return [said for each in case["now"]["consultations"] for said in each["offices"]]
