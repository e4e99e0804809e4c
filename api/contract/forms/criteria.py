"""What somebody answers who walks through the criteria, and where that leads."""

from typing import Final

from api.contract.forms.words import FROM_1, TEXT, WHOLE, closed, many, named, one_of, said

_ANSWER: Final = one_of(["yes", "no", "unknown"])
_STEP: Final = closed({"factor": TEXT, "question": TEXT, "text": TEXT, "answered": _ANSWER})
CRITERIA_FORMS: Final = {
    "SelfCheck": closed(
        {
            "code": TEXT,
            "version": FROM_1,
            "path": said(many(_STEP), "The factors on the way, from the first."),
            "pointer": one_of(["likely-to-be-looked-at", "unlikely-to-be-looked-at", "ask-the-offices"]),
            "withheld_count": said(WHOLE, "Factors that are not published, and were not asked."),
            "notice": said(TEXT, "That this is no determination."),
        },
        "Where these answers lead. It is no determination, and nothing of it is kept.",
    ),
    "SelfCheckAnswers": closed(
        {},
        "What somebody answers, by the codes of factors; what is not answered is unknown.",
        optional={
            "version": said(FROM_1, "By default the version that holds."),
            "answers": named(_ANSWER),
        },
    ),
}
