"""Why Docket says no: every code, what it means, and what kind of no it is. Codes are part of the contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.values import Citation


class Kind(StrEnum):
    """What kind of no it is; a front maps it to its own terms (over HTTP: 404, 403, 409, 422, 413)."""

    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    CONFLICT = "conflict"
    INVALID = "invalid"
    TOO_LARGE = "too-large"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means, for ever."""

    kind: Kind
    title: str
    rule: Citation | None = None
    """Where the rule stands, if it stands in an instrument or policy."""


def _order(kind: Kind, title: str, provision: str) -> Meaning:
    return Meaning(kind, title, Citation(f"EO14409:{provision}"))


_NO, _CONFLICT, _INVALID = Kind.NOT_ALLOWED, Kind.CONFLICT, Kind.INVALID

REFUSALS: Final[Mapping[str, Meaning]] = {
    # who may act, and on what it rests
    "not-found": Meaning(Kind.NOT_FOUND, "There is no such thing, or you may not see it."),
    "not-cleared": Meaning(_NO, "The actor may not see this."),
    "office-unknown": Meaning(_NO, "This office is not registered."),
    "not-your-act": Meaning(_NO, "This act belongs to somebody else.", Citation("POLICY:AUTHORITY-1")),
    "authority-not-fitting": Meaning(_NO, "This act does not rest on that authority.", Citation("POLICY:AUTHORITY-1")),
    "authority-revoked": Meaning(_NO, "The instrument that this act rests on is not in force."),
    "post-not-held": Meaning(_NO, "The person does not hold the post that this act belongs to."),
    "not-delegable": Meaning(_NO, "This act belongs to its post in person.", Citation("EO14409:3(a)")),
    "delegation-unknown": Meaning(_NO, "There is no such delegation."),
    "delegation-not-yours": Meaning(_NO, "The delegation was given to another person."),
    "delegation-not-in-force": Meaning(_NO, "The delegation has not begun, has expired or was revoked."),
    "delegation-out-of-scope": Meaning(_NO, "The delegation does not cover this act."),
    "delegation-exceeds-giver": Meaning(_NO, "Nobody can delegate more than they hold."),
    "delegation-not-onward": Meaning(_NO, "The delegation does not allow to be passed on."),
    "delegation-period": Meaning(_INVALID, "A delegation has to end after it begins."),
    "not-the-final-authority": _order(_NO, "Only NSA determines this.", "3(a)"),
    "separate-persons": Meaning(_NO, "Another person has to do this.", Citation("POLICY:SEPARATION-1")),
    "signature-required": Meaning(_NO, "The office has such an act signed."),
    "signature-key-unknown": Meaning(_NO, "The office has registered no key of this id."),
    "signature-key-revoked": Meaning(_NO, "The office revoked this key before the act."),
    "signature-algorithm": Meaning(_NO, "This key is for another algorithm."),
    "signature-wrong": Meaning(_NO, "This key did not sign this act, by this person, for this ledger."),
    "policy-missing": Meaning(_CONFLICT, "A policy that this act needs is not published."),
    # the same thing again, or twice
    "exists": Meaning(_CONFLICT, "It exists already, and says something else."),
    "id-used": Meaning(_CONFLICT, "This id stands for something else already."),
    "so-already": Meaning(_CONFLICT, "It is so already: to ask for it adds nothing."),
    # participants
    "not-enrolled": Meaning(_NO, "This participant is not enrolled."),
    "participant-withdrawn": Meaning(_CONFLICT, "This participant has withdrawn."),
    "not-a-developer": Meaning(_NO, "Only a developer offers a model."),
    # a case
    "not-under-review": Meaning(_CONFLICT, "This submission is not under review."),
    "review-lapsed": Meaning(_CONFLICT, "The review has lapsed; the submission counts as accepted."),
    "review-not-lapsed": Meaning(_CONFLICT, "The time of the review has not passed."),
    "omission-unknown": Meaning(_INVALID, "An omission has to be of the published list."),
    "not-accepted": Meaning(_CONFLICT, "The submission is not accepted."),
    "case-withdrawn": Meaning(_CONFLICT, "The developer has withdrawn this model."),
    "case-closed": Meaning(_CONFLICT, "The case is closed."),
    "case-open": Meaning(_CONFLICT, "This case is open: its submission stands."),
    "replaced-unknown": Meaning(_INVALID, "The case that this one follows is not a case of this developer."),
    "terms-incomplete": _order(_INVALID, "Terms have each of four subjects with each of three kinds.", "3(b)(ii)"),
    "terms-missing": _order(_CONFLICT, "No terms of access are agreed with this office.", "3(b)(ii)"),
    "access-already-open": Meaning(_CONFLICT, "Access is open already."),
    "access-not-open": Meaning(_CONFLICT, "Access is not open."),
    "window-ended": _order(_CONFLICT, "The window of access has ended; nothing extends it.", "3(b)(ii)"),
    "window-not-ended": Meaning(_CONFLICT, "The window of access has not ended."),
    "never-had-access": Meaning(_CONFLICT, "There was no access to this model."),
    "not-covered": _order(_CONFLICT, "No determination makes this a covered frontier model.", "3(b)(ii)"),
    "reference-unknown": Meaning(_INVALID, "What the act names does not exist in this case."),
    "assessment-not-filed": Meaning(_CONFLICT, "The assessment is not filed."),
    "not-your-assessment": Meaning(_NO, "The assessment is of another office."),
    "request-answered": Meaning(_CONFLICT, "The request is answered already."),
    "consultation-unclear": _order(
        _INVALID, "A determination names its consultation, or says why there was none; one of the two.", "3(a)"
    ),
    "supersedes-unclear": Meaning(_INVALID, "A further determination names the one in force, and its ground."),
    "reconsidered-already": Meaning(_CONFLICT, "Reconsideration was asked for this determination already."),
    "not-reconsidered": Meaning(_CONFLICT, "Nobody asked to reconsider this determination, or it is answered."),
    "answer-unclear": Meaning(_INVALID, "The answer does not agree with what is in force."),
    "own-proposal": _order(_NO, "The other side has to agree to a trusted partner.", "3(b)(iii)"),
    "selection-settled": Meaning(_CONFLICT, "This selection is settled."),
    "access-still-open": Meaning(_CONFLICT, "Access has to end before a case is closed."),
    "released-in-future": Meaning(_INVALID, "A release is reported when it has happened."),
    # consultations
    "subject-unclear": Meaning(_INVALID, "A consultation is about one case, or one reference."),
    "due-in-past": Meaning(_INVALID, "The time for answers has to lie ahead."),
    "consultation-closed": Meaning(_CONFLICT, "The consultation is closed."),
    "not-asked": Meaning(_NO, "This office was not asked; it may answer all the same."),
    "due-not-passed": Meaning(_CONFLICT, "The time for answers has not passed."),
    # standards, thresholds, frameworks
    "version-gap": Meaning(_CONFLICT, "Versions follow each other without gaps, one at a time."),
    "body-marking-unknown": Meaning(_INVALID, "The marking of the text is none that Docket knows."),
    "not-proposed": Meaning(_CONFLICT, "This version is not up for signing."),
    "not-a-signer": Meaning(_NO, "The policy does not name this office among those that sign."),
    "sign-off-missing": Meaning(_CONFLICT, "Not every office that has to sign has signed this text."),
    "already-adopted": Meaning(_CONFLICT, "This version is in force, or was."),
    "reference-differs": Meaning(_CONFLICT, "This version has another digest."),
    "version-not-in-force": Meaning(_CONFLICT, "This version is not in force."),
    # criteria
    "criteria-form": Meaning(_INVALID, "Each factor leads to one further down, or to an end."),
    "criteria-not-public": Meaning(_INVALID, "Criteria are everybody's: they are UNCLASSIFIED, and nothing more."),
    "notice-too-short": Meaning(
        _CONFLICT, "A change takes effect after its notice to oversight.", Citation("POLICY:CRITERIA-NOTICE-1")
    ),
    # leases
    "taker-unclear": Meaning(_INVALID, "A lease is taken by one office or one participant."),
    "taker-unknown": Meaning(_INVALID, "The taker is not enrolled."),
    "lent-unclear": Meaning(_INVALID, "What is lent is one tool, or the model of one case."),
    "lease-revoked": Meaning(_CONFLICT, "The lease was taken back."),
    "lease-running": Meaning(_CONFLICT, "The time of the lease has not passed."),
    "month-unfit": Meaning(_INVALID, "Use is attested for the first day of a month of the lease that has begun."),
    # scans
    "owner-unclear": Meaning(_INVALID, "The targets of a scan belong to one office, participant or other owner."),
    "owner-unknown": Meaning(_INVALID, "The owner is not registered or enrolled."),
    "target-form": Meaning(_INVALID, "A target is written in the one way that its kind has."),
    "window-unfit": Meaning(_INVALID, "A window ends after it begins, and within 92 days."),
    "scan-conflicts": Meaning(_CONFLICT, "Another scan of the same target is in the calendar, and has not consented."),
    "scan-over": Meaning(_CONFLICT, "How this scan went is said already."),
    "scan-not-begun": Meaning(_CONFLICT, "The window of this scan has not begun."),
    # taskings
    "tasking-code": Meaning(_INVALID, "The code of a tasking begins with the instrument or the office that it is of."),
    "due-unclear": Meaning(_INVALID, "A due date is stated once: in days, as a day, or by the row that is cited."),
    "date-in-past": Meaning(_INVALID, "The date has to lie ahead."),
    "row-unknown": Meaning(_INVALID, "The table of hardening actions has no such row."),
    "not-a-lead": Meaning(_NO, "Only a lead of this tasking says so."),
    "verified-by-lead": Meaning(_NO, "Another office than the leads says whether a claim holds."),
    "tasking-ended": Meaning(_CONFLICT, "The tasking is completed and verified, or rescinded."),
    "waiting-unclear": Meaning(_INVALID, "A lead waits on one other office, or on appropriations."),
    "not-waiting": Meaning(_CONFLICT, "This lead does not wait on anybody."),
    "not-claimed": Meaning(_CONFLICT, "Not every lead has claimed completion with evidence."),
    "no-due-date": Meaning(_CONFLICT, "This tasking has no due date."),
    "deadline-not-passed": Meaning(_CONFLICT, "The due date has not passed, or every lead had claimed before it."),
    # what is said of an event
    "marking-too-low": Meaning(
        _INVALID, "What is said of an event, or names again what it says, is marked at least as that event is."
    ),
    "marking-unfit": Meaning(_INVALID, "A marking that Docket knows, and another than the event has, is needed."),
    "challenge-settled": Meaning(_CONFLICT, "This challenge is answered already."),
    "never-destroyed": Meaning(
        _NO, "Determinations, thresholds, answers, and what says of a destruction are kept whole."
    ),
    "not-scheduled": Meaning(
        _CONFLICT,
        "No item of the schedule covers every event of this act: it is permanent.",
        Citation("POLICY:RETENTION-1"),
    ),
    "retention-running": Meaning(_CONFLICT, "Its retention has not elapsed.", Citation("POLICY:RETENTION-1")),
    "event-held": Meaning(_CONFLICT, "A hold lasts on it, or on an event of the same act."),
    "payload-destroyed": Meaning(_CONFLICT, "Its payload is destroyed already."),
    # oversight
    "not-audited": Meaning(_INVALID, "Oversight asks an office that is not oversight itself."),
    "nothing-produced": Meaning(_INVALID, "What is produced is named: events, or documents by their digests."),
    "note-not-yours": Meaning(_INVALID, "The id of a note begins with the code of the overseer that writes it."),
    # offices, instruments, policies
    "post-unknown": Meaning(_INVALID, "The office has no such post."),
    "post-vacant": Meaning(_CONFLICT, "Nobody holds this post."),
    "post-taken": Meaning(_CONFLICT, "Somebody else holds this post."),
    "department-unknown": Meaning(_INVALID, "The department is not registered."),
    "key-unfit": Meaning(_INVALID, "The public key does not fit its algorithm."),
    "key-revoked": Meaning(_CONFLICT, "The key is revoked."),
    "signed-acts-unclear": Meaning(
        _INVALID, "Acts of the office are named where listed ones are signed, and only there."
    ),
    "instrument-revoked": Meaning(_CONFLICT, "The instrument is revoked."),
    "policy-version": Meaning(_CONFLICT, "Versions of a policy follow each other without gaps."),
    "policy-table": Meaning(_INVALID, "The table does not have the form that its kind needs."),
    # the clearinghouse
    "not-coordinating": Meaning(_NO, "This office coordinates what it is assigned to."),
    "never-coordinates": Meaning(_INVALID, "The table of authority lets this office coordinate nothing."),
    "sector-unknown": Meaning(_INVALID, "A sector has to be of the published list."),
    "affected-unclear": Meaning(_INVALID, "What is affected has a vendor, a product, a package or a CPE name."),
    "report-state": Meaning(_CONFLICT, "The report, as it stands, does not allow this."),
    "not-validated": Meaning(_CONFLICT, "The report has to be found valid first."),
    "same-vulnerability": Meaning(_INVALID, "It is the same vulnerability, not another."),
    "duplicate-of-duplicate": Meaning(_CONFLICT, "What it would be a duplicate of is a duplicate itself."),
    "vulnerability-merged": Meaning(_CONFLICT, "It was merged into another, where its life goes on."),
    "vulnerability-closed": Meaning(_CONFLICT, "The vulnerability is closed."),
    "priority-unclear": Meaning(_INVALID, "The table has no answer for these points and values."),
    "priority-disagrees": Meaning(_INVALID, "The table says something else for these values."),
    "attempts-have-gaps": Meaning(_CONFLICT, "Attempts to reach a vendor are counted from 1, without gaps."),
    "budget-spent": Meaning(
        _CONFLICT,
        "The maintainer has had its reports of this month: more need a reason.",
        Citation("POLICY:REPORT-BUDGET-1"),
    ),
    "party-unknown": Meaning(_INVALID, "There is no such vendor of this vulnerability, or it is not yours."),
    "publication-early": Meaning(
        _CONFLICT,
        "The vendors have their time first, unless they agree, a fix is ready, or the public knows.",
        Citation("POLICY:VENDOR-CONTACT-1"),
    ),
    "embargo-state": Meaning(_CONFLICT, "The embargo, as it stands, does not allow this."),
    "embargo-not-viable": Meaning(_CONFLICT, "There is nothing left that an embargo could keep."),
    "embargo-unknown": Meaning(_INVALID, "There is no such proposal."),
    "own-embargo": Meaning(_NO, "Another party has to accept a proposal."),
    "ends-in-past": Meaning(_INVALID, "An embargo ends in the future."),
    "embargo-active": Meaning(_CONFLICT, "An embargo is in force, or proposed."),
    "no-embargo": Meaning(_CONFLICT, "No embargo was in force."),
    "embargo-running": Meaning(_CONFLICT, "The time of the embargo has not passed."),
    "observed-in-future": Meaning(_INVALID, "What is observed has happened."),
    "not-matched": Meaning(_CONFLICT, "Nobody has confirmed that this operator is concerned."),
    "remediation-unknown": Meaning(_INVALID, "There is no such remediation."),
    "step-too-early": Meaning(_CONFLICT, "The vendor has to know before a fix is ready, and a fix to be ready first."),
    "ledger-open": Meaning(_CONFLICT, "This ledger is open already."),
}
"""What rules refuse. A refusal is recorded, and changes nothing else."""

TURNED_AWAY: Final[Mapping[str, Meaning]] = {
    "malformed": Meaning(_INVALID, "The request does not have its form."),
    "command-unknown": Meaning(Kind.NOT_FOUND, "There is no such command."),
    "marking-missing": Meaning(_INVALID, "Every act is marked; there is no default."),
    "marking-unknown": Meaning(_INVALID, "This is not a marking that Docket knows."),
    "tlp-missing": Meaning(_INVALID, "What is about a vulnerability carries a TLP colour in its marking."),
    "marking-protected": Meaning(_INVALID, "What is protected cannot be marked lower than the rest."),
    "marking-above-ceiling": Meaning(_NO, "This deployment may not hold what is marked so."),
    "marking-above-yours": Meaning(_NO, "You cannot mark above your own clearance."),
    "between-two": Meaning(
        _INVALID, "What passes between oversight and an office is spoken of there, and nowhere else."
    ),
    "signature-unsupported": Meaning(_INVALID, "Only an office signs: nobody else has keys in the record."),
    "signature-form": Meaning(_INVALID, "A signature is a JWS of the form that Docket knows."),
    "id-reused": Meaning(_CONFLICT, "An act with this id said something else."),
    "not-known-yet": Meaning(_NO, "Who acts is not known well enough."),
    "document-too-large": Meaning(Kind.TOO_LARGE, "The event would be longer than a document may be."),
    "finding-withdrawn": Meaning(_INVALID, "Whoever wrote this document took it back: it reports nothing."),
    "marking-too-wide": Meaning(_INVALID, "The document says that it goes to fewer than the marking lets it."),
    "version-moved": Meaning(_CONFLICT, "The stream is at another version than the one you named."),
}
"""What never becomes an act: it is answered, counted and logged without its content, and leaves no event."""


class Refused(Exception):
    """A rule said no. The code is part of the contract; the sentence is not."""

    def __init__(self, code: str, sentence: str | None = None, *, hidden: bool = False) -> None:
        self.meaning = REFUSALS[code]
        self.code = code
        self.sentence = sentence or self.meaning.title
        self.hidden = hidden
        """The actor may not know the ground: it is answered as `not-found`."""
        super().__init__(f"{code}: {self.sentence}")

    def told(self) -> tuple[str, str]:
        """The code and sentence that the actor may hear."""
        return ("not-found", REFUSALS["not-found"].title) if self.hidden else (self.code, self.sentence)


class TurnedAway(Exception):
    """Something came in that never becomes an act."""

    def __init__(self, code: str, sentence: str | None = None) -> None:
        self.meaning = TURNED_AWAY[code]
        self.code = code
        self.sentence = sentence or self.meaning.title
        super().__init__(f"{code}: {self.sentence}")
