"""Some forty cases that reach every end there is."""

from api.demo.cast import DEPUTY, DEVELOPERS, LEADS, SECRETARY, named
from api.demo.tell import DOES_NOT, FINDINGS, WARRANTS, CaseStory, Told, digest


def cases(told: Told) -> None:
    """All of them; told apart by what becomes of them."""
    endings = (
        determined,
        not_covered,
        dissented,
        superseded,
        reconsidered,
        reconsidered_and_superseded,
        withdrawn_on_day_20,
        leaked_on_day_12,
        window_lapsed,
        late_assessment,
        wrong_authority,
        expired_delegation,
        returned_as_incomplete,
        released_early,
        review_lapsed,
        partners_selected,
        terms_breached,
        information_declined,
        silence,
        covered_access,
    )
    for number in range(40):
        developer = DEVELOPERS[number % len(DEVELOPERS)]
        variant = "safeguards-off" if number % 7 == 3 else "release"
        case = CaseStory(told, number, developer, day=7 + number * 4, variant=variant)
        endings[number % len(endings)](case)


def determined(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open()
    found = [case.assess(10, "nsa", "severe-concern", "8.1"), case.assess(12, "dhs", "concern", "6.0")]
    consultation = case.consult(13, {"oncd": "concur", "ostp": "concur-with-comment", "dhs": "concur"})
    case.determine(23, WARRANTS, assessments=found, consultation=consultation)
    case.by(
        LEADS["nsa"], 24, "case.share-assessment", assessment_id=found[0], shared_with="developer", extent="finding"
    )
    case.release(45, "partners")
    case.release(60, "public")
    case.close(63)


def not_covered(case: CaseStory) -> None:
    case.submit()
    case.accept(2)
    case.open(4)
    found = case.assess(9, "commerce", "no-concern", "1.0")
    consultation = case.consult(10, {"oncd": "concur", "dhs": "no-view"}, due=5)
    case.determine(18, DOES_NOT, assessments=[found], consultation=consultation)
    case.by(LEADS["nsa"], 19, "case.return-copies", FINDINGS, statement="All copies were destroyed on the day.")
    case.close(21)


def dissented(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open()
    found = case.assess(8, "nsa", "concern", "5.0")
    determination = case.determine(14, WARRANTS, assessments=[found])
    for office in ("commerce", "treasury"):
        case.by(
            LEADS[office],
            15,
            "case.file-dissent",
            FINDINGS,
            dissent_id=named("dissent", case.id, office),
            about=determination,
            reasons=f"Invented dissent of {office}.",
        )
    case.release(50, "public")


def superseded(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open()
    first = case.determine(12, WARRANTS)
    found = case.assess(20, "dod", "no-concern", "2.2")
    case.determine(26, DOES_NOT, 2, supersedes=first, ground="new-evidence", assessments=[found])
    case.release(46, "partners")


def reconsidered(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open()
    determination = case.determine(11, WARRANTS)
    case.by_developer(
        13, "case.request-reconsideration", determination_id=determination, new_facts="Invented new facts."
    )
    case.by(
        LEADS["nsa"],
        18,
        "case.answer-reconsideration",
        determination_id=determination,
        answer="stands",
        reasons="The new facts were weighed; the determination stands.",
    )


def reconsidered_and_superseded(case: CaseStory) -> None:
    case.submit()
    case.accept()
    first = case.determine(9, WARRANTS)
    case.by_developer(10, "case.request-reconsideration", determination_id=first, new_facts="Invented new facts.")
    case.determine(15, DOES_NOT, 2, supersedes=first, ground="reconsideration")
    case.by(
        LEADS["nsa"],
        16,
        "case.answer-reconsideration",
        determination_id=first,
        answer="superseded",
        reasons="The new facts changed the result.",
    )
    case.close(20)


def withdrawn_on_day_20(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open()
    case.assess(12, "nsa")
    case.by_developer(20, "case.withdraw")
    case.by(LEADS["nsa"], 22, "case.return-copies", FINDINGS, statement="All copies were returned.")
    case.close(25)


def leaked_on_day_12(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open()
    assertion = named("assertion", case.id)
    evidence = [
        {
            "digest": digest("leak", case.id),
            "holder": "office/dhs",
            "marking": "UNCLASSIFIED",
            "media_type": "text/html",
        }
    ]
    case.by(
        LEADS["dhs"],
        12,
        "case.assert-publicity",
        FINDINGS,
        assertion_id=assertion,
        evidence=evidence,
        part="The weights were offered on an invented forum.",
    )
    case.by_developer(12.4, "case.confirm-publicity", assertion_id=assertion)
    case.by_developer(13, "case.close-access")
    case.by(
        LEADS["commerce"],
        14,
        "case.convey-concern",
        FINDINGS,
        concern_id=named("concern", case.id),
        concern="Invented concern.",
    )
    case.release(16, "public")


def window_lapsed(case: CaseStory) -> None:
    case.submit(partners=None, public=None)
    case.accept()
    case.open()
    case.assess(15, "nsa", "inconclusive", "3.0")
    case.by(LEADS["nsa"], 40, "case.open-access", basis="EO14409:3(b)(i)", roster=["Sam Example"])
    case.close(45)


def late_assessment(case: CaseStory) -> None:
    case.submit(partners=None, public=None)
    case.accept()
    case.open(2, "treasury")
    case.assess(35, "treasury", "concern", "4.4")


def wrong_authority(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.determine(6, WARRANTS, 7, who=LEADS["treasury"])
    case.determine(7, WARRANTS, 8, who=LEADS["nsa"])
    case.by(LEADS["dhs"], 7, "case.accept", authority="EO14409:2(c)")
    case.determine(8, DOES_NOT)


def expired_delegation(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.assess(4, "dhs")
    assessment = named("assessment", case.id, "dhs", 1)
    case.by(DEPUTY, 6, "case.file-assessment", assessment_id=assessment, delegation=named("delegation", "dhs"))


def returned_as_incomplete(case: CaseStory) -> None:
    case.submit()
    case.by(SECRETARY, 1, "case.return", omissions=["safeguards-unstated", "contact-missing"], note="Invented note.")
    case.submit(5)
    case.accept(6)
    case.determine(16, DOES_NOT)


def released_early(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open()
    case.by_developer(8, "case.revise-release-plan", partners_on=case.on(14), public_on=case.on(30))
    case.release(13, "partners")
    case.release(29, "public")


def review_lapsed(case: CaseStory) -> None:
    case.submit()
    case.open(12)
    case.determine(20, DOES_NOT)


def partners_selected(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.determine(10, WARRANTS)
    case.by_developer(
        11,
        "case.report-programme-participants",
        report_id=named("report", case.id),
        organisations=[f"Invented organisation {n}" for n in range(1, 151)],
    )
    for n, partner in enumerate(("Prairie Rural Hospital (invented)", "Lakeside Community Bank (invented)")):
        selection = named("selection", case.id, n)
        case.by_developer(
            12,
            "case.propose-trusted-partner",
            selection_id=selection,
            partner=partner,
            purpose="Defence of its systems.",
        )
        if n == 0:
            case.by(LEADS["dhs"], 14, "case.select-trusted-partner", selection_id=selection)
        else:
            case.by(LEADS["treasury"], 14, "case.disagree-trusted-partner", selection_id=selection, reason="Not ready.")


def terms_breached(case: CaseStory) -> None:
    case.submit()
    case.accept()
    case.open(3, "dod")
    case.by_developer(
        9,
        "case.report-breach",
        breach_id=named("breach", case.id),
        subject="confidentiality",
        description="An invented breach: a copy was on a machine that is not on the list.",
    )
    case.by_developer(10, "case.close-access")
    case.by(LEADS["dod"], 11, "case.return-copies", FINDINGS, statement="All copies were destroyed.")


def information_declined(case: CaseStory) -> None:
    case.submit()
    case.accept()
    for n, answer in enumerate(("case.provide-information", "case.decline-information")):
        request = named("request", case.id, n)
        case.by(
            LEADS["commerce"],
            3 + n,
            "case.request-information",
            FINDINGS,
            request_id=request,
            question="An invented question?",
        )
        case.by_developer(6 + n, answer, request_id=request)
    case.determine(15, DOES_NOT)


def silence(case: CaseStory) -> None:
    case.submit()
    case.accept()
    answers = {"oncd": None, "ostp": "non-concur", "dhs": "concur!", "dod": None, "+omb": "concur-with-comment"}
    consultation = case.consult(4, answers)
    case.determine(16, WARRANTS, consultation=consultation)


def covered_access(case: CaseStory) -> None:
    case.submit(partners=50)
    case.accept()
    case.determine(6, WARRANTS)
    case.open(8, "dod", "EO14409:3(b)(ii)")
    case.assess(20, "dod", "severe-concern", "9.0")
    lent_to_the_treasury(case)
    case.release(50, "partners")


def lent_to_the_treasury(case: CaseStory) -> None:
    """Usable from the developer's agreement to its end, and not a check longer."""
    lease = named("lease", case.id)

    def checked(days: float) -> None:
        case.told.say(
            LEADS["treasury"], case.at(days), "lease.check", {"lease_id": lease, "check": digest("check", lease, days)}
        )

    lent = {
        "lease_id": lease,
        "office": "treasury",
        "kind": "covered-model",
        "case_id": case.id,
        "purpose": "Defence of its own systems",
        "scope": "Its own networks",
        "terms": digest("terms", lease),
        "until": case.at(60).isoformat(),
    }
    case.told.say(LEADS["dhs"], case.at(21), "lease.open", lent)
    checked(22)
    case.told.say(case.developer.speaks, case.at(23), "lease.agree", {"lease_id": lease})
    checked(24)
    ended = {"lease_id": lease, "reason": "The invented model is to be trained anew."}
    case.told.say(case.developer.speaks, case.at(40), "lease.end-agreement", ended)
    checked(41)
