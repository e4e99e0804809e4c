"""The forms of answers that no declaration of a message has: JSON Schema, written by hand, once, by subject."""

from typing import Final

from api.contract.forms.answers import ANSWER_FORMS
from api.contract.forms.criteria import CRITERIA_FORMS
from api.contract.forms.events import EVENT_FORMS
from api.contract.forms.findings import FINDING_FORMS
from api.contract.forms.people import PEOPLE_FORMS
from api.contract.forms.reports import REPORT_FORMS
from api.contract.forms.running import RUNNING_FORMS
from api.contract.forms.subscriptions import SUBSCRIPTION_FORMS

FORMS: Final = {
    **ANSWER_FORMS,
    **CRITERIA_FORMS,
    **EVENT_FORMS,
    **FINDING_FORMS,
    **PEOPLE_FORMS,
    **REPORT_FORMS,
    **RUNNING_FORMS,
    **SUBSCRIPTION_FORMS,
}
"""By the names under which they are published."""
