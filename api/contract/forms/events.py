"""An event as its reader gets it, and what shows that it stands in the log."""

from typing import Final

from api.contract.forms.words import FROM_0, FROM_1, TEXT, TEXTS, Form, closed, many, or_none, ref, said

NAMES_WITHHELD: Final = said(TEXTS, "Names of what is protected and not disclosed.")
NAMES_DESTROYED: Final = said(
    TEXTS, "Names of what is withheld because it was destroyed: nobody has it. Told to whom it was shown."
)
PROTECTED: Final[Form] = {
    "type": "object",
    "description": "Protected values of its event that this reader may see, as `/schemas/<type>` has them.",
}
PROOFS: Final = said(
    many(
        closed(
            {
                "position": FROM_1,
                "proof": said(TEXT, "A file of C2SP tlog-proof; `docket verify proof` reads it."),
            }
        )
    ),
    "Of the level `proved`: for each event what shows, offline, that it stands in the log.",
)
EVENT_FORMS: Final = {
    "Event": closed(
        {"position": FROM_1, "withheld": NAMES_WITHHELD, "destroyed": NAMES_DESTROYED},
        "`event` is the document with what is disclosed filled in, `document` its very bytes.",
        optional={
            "event": {"type": "object", "description": "A CloudEvent; its `data` is as `/schemas/<type>` has it."},
            "document": said(TEXT, "RFC 8785; its SHA-256 is the event's digest."),
            "disclosures": said(TEXTS, "RFC 9901."),
            "signature": said(
                or_none(ref("SignatureAt")),
                "Of one event: by which key its act was signed, and whether that holds; null if it was not.",
            ),
            "said": said(
                or_none(ref("RecordAt")),
                "Of one event: what was said of it later; whole at `/v1/records/<its id>`; null if nothing.",
            ),
        },
    ),
    "Consistency": closed(
        {
            "from": FROM_0,
            "to": FROM_0,
            "proof": {**many(said(TEXT, "A hash, in base64.")), "maxItems": 63},
        },
        "What shows that the log of `to` leaves begins with the log of `from` (RFC 6962, section 2.1.2).",
    ),
}
