"""The Government proposes trusted partners too; one proposal is not agreed to, and one stays without an answer."""

from typing import Final

from api.demo.cast import DEVELOPERS, LEADS, named
from api.demo.tell import CaseStory, Told

_CASE: Final = 15
"""The first of the cases of which the story says that partners were selected."""


def partners(told: Told) -> None:
    """More partners of a case that the developer proposed two for."""
    case = CaseStory(told, _CASE, DEVELOPERS[_CASE % len(DEVELOPERS)], day=7 + _CASE * 4)

    def propose(name: str, days: float, office: str | None) -> str:
        selection = named("selection", case.id, name)
        data = {"selection_id": selection, "partner": f"{name} (invented)", "purpose": "Defence of its systems."}
        if office is None:
            case.by_developer(days, "case.propose-trusted-partner", **data)
        else:
            case.by(LEADS[office], days, "case.propose-trusted-partner", "CUI//PROPIN", **data)
        return selection

    clinic = propose("Harbor County Clinic", 15, "dhs")
    exchange = propose("Midland Grain Exchange", 15.1, "treasury")
    propose("Plains Electric Cooperative", 16, None)
    case.by_developer(17, "case.select-trusted-partner", "UNCLASSIFIED", selection_id=clinic)
    case.by_developer(17.1, "case.disagree-trusted-partner", selection_id=exchange, reason="It is a customer's rival.")
