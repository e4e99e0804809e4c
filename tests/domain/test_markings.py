"""The algebra of markings keeps its laws, and its words are those of the published vocabularies."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.markings import (
    AUDIENCES,
    CATEGORIES,
    CEILINGS,
    CONTROLS,
    CUI_CONTROLS,
    EVERY_CATEGORY,
    LONGEST,
    MOST_NATIONS,
    NATIONS,
    TLP,
    Ceiling,
    Classification,
    Clearance,
    Marking,
    UnknownMarking,
    above,
    compilation,
    join,
    parse,
    sees,
)

VOCABULARY = Path(__file__).parents[1] / "data" / "markings"
UNCLASSIFIED, SECRET = Classification.UNCLASSIFIED, Classification.SECRET


def published(name: str) -> Any:
    return json.loads((VOCABULARY / f"{name}.json").read_text(encoding="utf-8"))


def ism(predicate: str) -> dict[str, str]:
    entries = next(value["entry"] for value in published("dni-ism")["values"] if value["predicate"] == predicate)
    return {entry["value"]: entry["expanded"] for entry in entries}


# Vocabulary


def test_the_cui_categories_are_the_published_ones() -> None:
    assert list(CATEGORIES) == [category["marking"] for category in published("cui")["categories"]]


def test_the_controls_are_those_of_cui_and_orcon() -> None:
    controls = published("cui")["controls"]
    assert {*CONTROLS, "REL TO", "DISPLAY ONLY"} - {"ORCON"} == {control["marking"] for control in controls}
    assert {control["marking"] for control in controls if "takes" in control} == {"REL TO", "DISPLAY ONLY"}
    assert ism("dissem")["OC"] == "ORIGINATOR CONTROLLED"


def test_what_needs_cui_is_what_ism_does_not_know() -> None:
    spelt_in_ism = {"NOFORN": "NF", "REL TO": "REL", "DISPLAY ONLY": "DISPLAYONLY"}
    controls = {control["marking"] for control in published("cui")["controls"]}
    assert set(CUI_CONTROLS) == {c for c in controls if spelt_in_ism.get(c, c) not in ism("dissem")}


def test_the_levels_are_those_of_the_united_states() -> None:
    assert {level.text for level in Classification} == set(ism("classification:us").values())
    assert [level.text for level in sorted(Classification)] == ["UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "TOP SECRET"]


def test_the_colours_are_those_of_tlp_2() -> None:
    not_in_tlp_2 = {"white", "ex:chr", "unclear"}
    values = {colour["value"] for colour in published("tlp")["predicates"]} - not_in_tlp_2
    assert {colour.text for colour in TLP} == {f"TLP:{value.upper()}" for value in values}
    assert [colour.text[4:] for colour in sorted(TLP)] == ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]


def test_nations_are_249_trigraphs() -> None:
    assert len(NATIONS) == 249
    assert all(len(nation) == 3 and nation.isascii() and nation.isupper() for nation in NATIONS)
    assert {"USA", "AUS", "CAN", "GBR", "NZL", "DEU", "FRA", "JPN", "KOR"} <= NATIONS


# Texts

LEGAL = (
    "UNCLASSIFIED",
    "UNCLASSIFIED//TLP:CLEAR",
    "UNCLASSIFIED//TLP:AMBER",
    "UNCLASSIFIED//TLP:AMBER+STRICT",
    "CUI",
    "CUI//TLP:RED",
    "CUI//PROPIN",
    "CUI//CTI/PROPIN",
    "CUI//SP-CTI/PROPIN//FED ONLY",
    "CUI//SP-PROPIN/CTI",
    "CUI//NOFORN",
    "CUI//FEDCON",
    "CUI//PROPIN//Attorney-Client/Attorney-WP/Deliberative/DISPLAY ONLY FRA/DL ONLY/NOCON/REL TO USA, GBR/RELIDO",
    "CONFIDENTIAL",
    "SECRET//NOFORN",
    "SECRET//NOFORN/ORCON",
    "SECRET//RELIDO",
    "SECRET//REL TO USA, GBR",
    "SECRET//REL TO USA, AUS, CAN, GBR, NZL",
    "SECRET//DISPLAY ONLY FRA, JPN",
    "SECRET//CUI",
    "SECRET//CUI//NOFORN",
    "SECRET//CUI//PROPIN//NOFORN",
    "TOP SECRET//CUI//SP-PCII//DL ONLY/NOFORN/ORCON//TLP:RED",
)

ILLEGAL = (
    ("", "begins with"),
    ("U", "begins with"),
    ("S//NF", "begins with"),
    ("secret", "begins with"),
    ("SECRET ", "begins with"),
    (" SECRET", "begins with"),
    ("RESTRICTED", "begins with"),
    ("TLP:AMBER", "begins with"),
    ("//SECRET", "begins with"),
    ("FOUO", "begins with"),
    ("CUI/PROPIN", "begins with"),
    ("TOP  SECRET", "begins with"),
    ("\u0405ECRET", "begins with"),
    ("UNCLASSIFIED//CUI", "is written CUI,"),
    ("UNCLASSIFIED//CUI//PROPIN", "is written CUI//PROPIN,"),
    ("CUI//CUI", "a control that"),
    ("SECRET//", "a control that"),
    ("SECRET////NOFORN", "in this order"),
    ("SECRET\n", "begins with"),
    ("SECRET//NOFORN\n", "a control that"),
    ("UNCLASSIFIED//TLP:WHITE", "a control that"),
    ("UNCLASSIFIED//TLP:EX:CHR", "a control that"),
    ("UNCLASSIFIED//TLP:UNCLEAR", "a control that"),
    ("UNCLASSIFIED//TLP:amber", "a control that"),
    ("UNCLASSIFIED//TLP:RED//TLP:RED", "a control that"),
    ("UNCLASSIFIED//TLP:RED//TLP:RED//TLP:RED", "in this order"),
    ("UNCLASSIFIED//PROPIN", "a control that"),
    ("SECRET//PROPIN//NOFORN", "in this order"),
    ("UNCLASSIFIED//NOFORN", "needs CUI or a classification"),
    ("UNCLASSIFIED//REL TO USA, GBR", "needs CUI or a classification"),
    ("UNCLASSIFIED//FED ONLY", "registry needs CUI"),
    ("SECRET//FED ONLY", "registry needs CUI"),
    ("SECRET//Deliberative", "registry needs CUI"),
    ("CUI//ORCON", "ORCON needs"),
    ("CUI//PROPIN/CTI", "is written CUI//CTI/PROPIN,"),
    ("CUI//PROPIN/SP-CTI", "is written CUI//SP-CTI/PROPIN,"),
    ("CUI//CTI/CTI", "is written CUI//CTI,"),
    ("CUI//CTI/SP-CTI", "includes the basic"),
    ("CUI//CTI//PROPIN", "a control that"),
    ("CUI//SP-", "a control that"),
    ("CUI//NNPI", "a control that"),
    ("CUI//FED ONLY/FEDCON", "written alone"),
    ("CUI//FEDCON/NOCON", "written alone"),
    ("CUI//FED ONLY//CTI", "in this order"),
    ("CUI//AC", "a control that"),
    ("CUI//attorney-client", "a control that"),
    ("CUI//DL ONLY/Deliberative", "is written CUI//Deliberative/DL ONLY,"),
    ("SECRET//NF", "a control that"),
    ("SECRET//FOUO", "a control that"),
    ("SECRET//PR", "a control that"),
    ("SECRET//SI-G//NOFORN", "in this order"),
    ("SECRET//ORCON/NOFORN", "is written SECRET//NOFORN/ORCON,"),
    ("SECRET//NOFORN/REL TO USA, GBR", "no other word on release"),
    ("SECRET//NOFORN/RELIDO", "no other word on release"),
    ("SECRET//DISPLAY ONLY GBR/NOFORN", "no other word on release"),
    ("SECRET//REL TO USA", "at least one other"),
    ("SECRET//REL TO GBR", "names USA"),
    ("SECRET//REL TO", "a control that"),
    ("SECRET//REL TO ", "a nation that"),
    ("SECRET//REL TO GBR, USA", "is written SECRET//REL TO USA, GBR,"),
    ("SECRET//REL TO USA, GBR, AUS", "is written SECRET//REL TO USA, AUS, GBR,"),
    ("SECRET//REL TO USA, GBR, GBR", "is written SECRET//REL TO USA, GBR,"),
    ("SECRET//REL TO USA,GBR", "a nation that"),
    ("SECRET//REL TO USA, FVEY", "a nation that"),
    ("SECRET//REL TO USA, XXX", "a nation that"),
    ("SECRET//REL TO USA, AUS/REL TO USA, GBR", "is written SECRET//REL TO USA, "),
    ("SECRET//DISPLAY ONLY USA", "DISPLAY ONLY names"),
    ("SECRET//DISPLAY ONLY GBR/REL TO USA, GBR", "DISPLAY ONLY names"),
    ("SECRET//TLP:RED//NOFORN", "in this order"),
    ("SECRET//TLP:RED/NOFORN", "a control that"),
    ("SECRET//NOFORN" + " " * 400, "at most 400 characters"),
)


@pytest.mark.parametrize("text", LEGAL)
def test_a_legal_text_is_read_and_written_the_same(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(("text", "reason"), ILLEGAL)
def test_any_other_text_is_turned_away_with_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(UnknownMarking) as refused:
        parse(text)
    assert reason in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("secret", ["ZEPHYR", "SI-G", "\u0000"])
def test_a_refusal_never_repeats_what_it_does_not_know(secret: str) -> None:
    forms = "{}", "SECRET//{}", "CUI//{}", "CUI//CTI//{}", "SECRET//REL TO USA, {}", "SECRET//NOFORN//{}", "CUI//TLP:{}"
    for form in forms:
        with pytest.raises(UnknownMarking) as refused:
            parse(form.format(secret))
        assert secret not in str(refused.value)


def test_a_text_says_what_the_marking_says() -> None:
    assert parse("SECRET//CUI//SP-CTI/PROPIN//FED ONLY/REL TO USA, AUS, GBR//TLP:AMBER+STRICT") == Marking(
        classification=SECRET,
        cui=frozenset({"SP-CTI", "PROPIN"}),
        controls=frozenset({"FED ONLY"}),
        rel_to=frozenset({"USA", "AUS", "GBR"}),
        tlp=TLP.AMBER_STRICT,
    )


def test_no_marking_is_made_of_words_that_do_not_exist() -> None:
    with pytest.raises(UnknownMarking, match="a CUI category"):
        Marking(classification=UNCLASSIFIED, cui=frozenset({"SSI"}))
    with pytest.raises(UnknownMarking, match="a control that"):
        Marking(classification=SECRET, controls=frozenset({"FISA"}))
    with pytest.raises(UnknownMarking, match="a nation that"):
        Marking(classification=SECRET, display_only=frozenset({"UK"}))


def test_the_longest_marking_fits() -> None:
    abroad = sorted(NATIONS - {"USA"})[: MOST_NATIONS + 1]
    stays = frozenset(CONTROLS) - {"NOFORN", "FEDCON", "NOCON"}

    def most(released: int, nations: int) -> Marking:
        return Marking(
            classification=Classification.TOP_SECRET,
            cui=EVERY_CATEGORY,
            controls=stays,
            rel_to=frozenset({"USA", *abroad[:released]}),
            display_only=frozenset(abroad[released:nations]),
            tlp=TLP.AMBER_STRICT,
        )

    longest = most(1, MOST_NATIONS)
    assert len(str(longest)) == 398 <= LONGEST
    assert parse(str(longest)) == longest
    with pytest.raises(UnknownMarking, match="more than 32 nations"):
        most(1, MOST_NATIONS + 1)


# Laws

POOL = ("AUS", "CAN", "FRA", "GBR")  # few, so that two markings often name the same
AT_HOME = frozenset({"USA"})


def words(form: dict[str, bool]) -> frozenset[str]:
    return frozenset(f"SP-{category}" if specified else category for category, specified in form.items())


@st.composite
def markings(draw: st.DrawFn) -> Marking:
    classification = draw(st.sampled_from(Classification))
    some_cui = st.dictionaries(st.sampled_from(CATEGORIES[:4]), st.booleans(), max_size=3).map(words)
    cui = draw(st.none() | some_cui)
    tlp = draw(st.none() | st.sampled_from(TLP))
    controls: frozenset[str] = frozenset()
    nations: dict[str, str] = {}
    if classification or cui is not None:
        choice = ["RELIDO"] + ["ORCON"] * bool(classification)
        if cui is not None:
            choice += ["Attorney-Client", "Attorney-WP", "Deliberative", "DL ONLY"]
            controls |= draw(st.sampled_from([frozenset(), *map(frozenset, (["FED ONLY"], ["FEDCON"], ["NOCON"]))]))
        controls |= draw(st.frozensets(st.sampled_from(choice), max_size=3))
        if draw(st.integers(0, 3)) == 0:
            controls = controls - {"RELIDO"} | {"NOFORN"}
        else:
            nations = draw(st.dictionaries(st.sampled_from(POOL), st.sampled_from(["released", "displayed"])))
    released = frozenset(nation for nation, how in nations.items() if how == "released")
    return Marking(
        classification=classification,
        cui=cui,
        controls=controls,
        rel_to=released | AT_HOME if released else frozenset(),
        display_only=frozenset(nations) - released,
        tlp=tlp,
    )


@st.composite
def clearances(draw: st.DrawFn) -> Clearance:
    few = st.frozensets(st.sampled_from(sorted({*CATEGORIES[:4], *words(dict.fromkeys(CATEGORIES[:4], True))})))
    everything = st.just(EVERY_CATEGORY)
    return Clearance(
        classification=draw(st.sampled_from(Classification)),
        cui=draw(st.none() | few | everything),
        controls=draw(st.frozensets(st.sampled_from(sorted(AUDIENCES))) | st.just(AUDIENCES)),
        country=draw(st.sampled_from(["USA", "USA", *POOL, None])),
        tlp=draw(st.sampled_from(TLP)),
    )


@given(markings())
def test_text_and_marking_are_one_to_one(a: Marking) -> None:
    text = str(a)
    assert parse(text) == a
    assert text.isascii()
    assert len(text) <= LONGEST


@given(markings(), markings())
def test_equal_texts_are_equal_markings(a: Marking, b: Marking) -> None:
    assert (str(a) == str(b)) == (a == b)


WORDS = st.sampled_from(
    (*CATEGORIES[:3], "SP-CTI", *CONTROLS, "REL TO USA, GBR", "REL TO USA", "DISPLAY ONLY FRA", "CUI", "TLP:RED", "")
)
SECTIONS = st.lists(st.lists(WORDS, min_size=1, max_size=3).map("/".join), max_size=4)
LEVELS = st.sampled_from(("UNCLASSIFIED", "CUI", "SECRET", "TOP SECRET", "U"))


@given(st.text() | st.builds(lambda level, sections: "//".join([level, *sections]), LEVELS, SECTIONS))
def test_a_text_is_read_as_itself_or_turned_away(text: str) -> None:
    try:
        marking = parse(text)
    except UnknownMarking:
        return
    assert str(marking) == text


@given(markings(), st.data())
def test_a_changed_text_is_another_marking_or_none(a: Marking, data: st.DataObject) -> None:
    text = str(a)
    at = data.draw(st.integers(0, len(text)))
    changed = text[:at] + data.draw(st.text(max_size=2)) + text[data.draw(st.integers(at, min(at + 2, len(text)))) :]
    assume(changed != text)
    try:
        assert parse(changed) != a
    except UnknownMarking:
        return


@given(markings())
def test_a_join_is_idempotent(a: Marking) -> None:
    assert join(a) == join(a, a) == a


@given(markings(), markings())
def test_a_join_is_commutative(a: Marking, b: Marking) -> None:
    assert join(a, b) == join(b, a)


@given(markings(), markings(), markings())
def test_a_join_is_associative(a: Marking, b: Marking, c: Marking) -> None:
    assert join(a, join(b, c)) == join(join(a, b), c) == join(a, b, c)


@given(markings(), markings(), markings())
def test_a_join_is_monotone(a: Marking, b: Marking, more: Marking) -> None:
    assert join(a, b) <= join(join(a, more), b)


@given(markings(), markings(), markings())
def test_the_order_is_that_of_the_join(a: Marking, b: Marking, c: Marking) -> None:
    both = join(a, b)
    assert a <= join(a)
    assert (a <= b) == (both == b)
    assert a <= both <= join(both, c)
    assert a <= join(both, c)
    assert (a <= b <= a) == (a == b)


@given(markings(), markings())
def test_a_join_keeps_every_word(a: Marking, b: Marking) -> None:
    both = join(a, b)
    assert both.classification == max(a.classification, b.classification)
    assert all({word, f"SP-{word}"} & (both.cui or frozenset()) for m in (a, b) for word in m.cui or ())
    federal = {"FEDCON", "NOCON", "FED ONLY"}
    assert both.controls >= (a.controls | b.controls) - federal - {"RELIDO"}
    assert bool(both.controls & federal) == bool((a.controls | b.controls) & federal)
    if both.rel_to:
        assert all(both.rel_to <= m.rel_to for m in (a, b) if m.controlled)
    assert (both.tlp or 0) == max(a.tlp or 0, b.tlp or 0)


@given(markings(), markings(), clearances())
def test_a_join_is_seen_by_exactly_those_who_see_each_part(a: Marking, b: Marking, who: Clearance) -> None:
    assert sees(who, join(a, b)) == (sees(who, a) and sees(who, b))


@given(markings(), markings(), clearances())
def test_who_sees_the_stricter_sees_the_looser(a: Marking, more: Marking, who: Clearance) -> None:
    if sees(who, join(a, more)):
        assert sees(who, a)


@given(markings(), clearances())
def test_a_clearance_opens_nothing_that_it_does_not_name(a: Marking, who: Clearance) -> None:
    if not sees(who, a):
        return
    assert a.classification <= who.classification
    assert (a.tlp or 0) <= who.tlp
    if a.controlled:
        assert who.country == "USA" or who.country in a.rel_to
    if a.cui is not None:
        assert who.cui is not None
        assert {word.removeprefix("SP-") for word in a.cui} <= {word.removeprefix("SP-") for word in who.cui}
        assert {word for word in a.cui if word.startswith("SP-")} <= who.cui
    assert a.controls - {"NOFORN", "RELIDO", "FEDCON", "NOCON", "FED ONLY"} <= who.controls


@given(st.lists(markings(), min_size=1, max_size=4), st.none() | markings())
def test_a_floor_raises_a_compilation_and_never_lowers_it(parts: list[Marking], floor: Marking | None) -> None:
    marking = compilation(parts, floor)
    assert join(*parts) <= marking
    assert floor is None or floor <= marking
    assert compilation(parts) == join(*parts)


@given(markings(), markings(), st.sampled_from(CEILINGS))
def test_a_join_is_above_a_ceiling_when_a_part_is(a: Marking, b: Marking, ceiling: Ceiling) -> None:
    assert above(ceiling, join(a, b)) == (above(ceiling, a) or above(ceiling, b))


# Given examples

JOINS = (
    ("UNCLASSIFIED", "UNCLASSIFIED//TLP:GREEN", "UNCLASSIFIED//TLP:GREEN"),
    ("UNCLASSIFIED//TLP:AMBER+STRICT", "UNCLASSIFIED//TLP:AMBER", "UNCLASSIFIED//TLP:AMBER+STRICT"),
    ("UNCLASSIFIED//TLP:AMBER", "SECRET//REL TO USA, GBR", "SECRET//REL TO USA, GBR//TLP:AMBER"),
    ("CUI", "CUI//PROPIN", "CUI//PROPIN"),
    ("CUI//PROPIN", "SECRET//NOFORN", "SECRET//CUI//PROPIN//NOFORN"),
    ("CUI//CTI", "CUI//SP-CTI", "CUI//SP-CTI"),
    ("CUI//FEDCON", "CUI//NOCON", "CUI//FED ONLY"),
    ("CUI//FEDCON", "CUI//FED ONLY", "CUI//FED ONLY"),
    ("CUI//DL ONLY", "CUI//Deliberative", "CUI//Deliberative/DL ONLY"),
    ("SECRET//REL TO USA, AUS, GBR", "TOP SECRET//REL TO USA, CAN, GBR", "TOP SECRET//REL TO USA, GBR"),
    ("SECRET//REL TO USA, GBR", "SECRET//REL TO USA, CAN", "SECRET//NOFORN"),
    ("SECRET//REL TO USA, GBR", "SECRET", "SECRET//NOFORN"),
    ("SECRET//REL TO USA, GBR", "CUI", "SECRET//CUI//NOFORN"),
    ("SECRET//REL TO USA, GBR", "SECRET//DISPLAY ONLY FRA, GBR", "SECRET//DISPLAY ONLY GBR"),
    ("SECRET//RELIDO", "SECRET//RELIDO", "SECRET//RELIDO"),
    ("SECRET//RELIDO", "SECRET", "SECRET"),
    ("SECRET//RELIDO", "SECRET//NOFORN", "SECRET//NOFORN"),
    ("SECRET//RELIDO", "UNCLASSIFIED", "SECRET//RELIDO"),
    ("SECRET//REL TO USA, GBR/RELIDO", "SECRET//REL TO USA, AUS/RELIDO", "SECRET//NOFORN"),
    ("CONFIDENTIAL//ORCON", "SECRET", "SECRET//ORCON"),
)


@pytest.mark.parametrize(("a", "b", "both"), JOINS)
def test_two_markings_join(a: str, b: str, both: str) -> None:
    assert str(join(parse(a), parse(b))) == both


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("UNCLASSIFIED", "UNCLASSIFIED//TLP:CLEAR"),
        ("UNCLASSIFIED", "CUI"),
        ("CUI", "CONFIDENTIAL//CUI"),
        ("SECRET//REL TO USA, AUS, GBR", "SECRET//REL TO USA, GBR"),
        ("SECRET//REL TO USA, GBR", "SECRET//NOFORN"),
        ("SECRET", "SECRET//NOFORN"),
        ("SECRET//RELIDO", "SECRET"),
        ("CUI//PROPIN", "CUI//SP-PROPIN"),
        ("CUI//NOCON", "CUI//FED ONLY"),
    ],
)
def test_one_marking_is_stricter(a: str, b: str) -> None:
    assert parse(a) <= parse(b)
    assert not parse(b) <= parse(a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("CUI", "SECRET"),
        ("SECRET", "SECRET//REL TO USA, GBR"),
        ("CUI//FEDCON", "CUI//NOCON"),
        ("UNCLASSIFIED//TLP:RED", "SECRET//NOFORN"),
    ],
)
def test_some_markings_cannot_be_compared(a: str, b: str) -> None:
    assert not parse(a) <= parse(b)
    assert not parse(b) <= parse(a)


def person(
    classification: Classification = UNCLASSIFIED,
    cui: frozenset[str] | None = None,
    controls: tuple[str, ...] = (),
    country: str | None = "USA",
    tlp: TLP = TLP.CLEAR,
) -> Clearance:
    return Clearance(classification=classification, cui=cui, controls=frozenset(controls), country=country, tlp=tlp)


PUBLIC = person(country=None)
ANALYST = person(SECRET, EVERY_CATEGORY, ("FED ONLY",), tlp=TLP.AMBER_STRICT)
CONTRACTOR = person(SECRET, EVERY_CATEGORY, ("FEDCON",), tlp=TLP.AMBER)
COUNTY = person(UNCLASSIFIED, frozenset({"CRIT", "ISVI"}), ("NOCON",), tlp=TLP.AMBER)
BRITON = person(SECRET, frozenset({"PROPIN"}), country="GBR", tlp=TLP.GREEN)


@pytest.mark.parametrize(
    ("text", "seen_by"),
    [
        ("UNCLASSIFIED", [PUBLIC, ANALYST, CONTRACTOR, COUNTY, BRITON]),
        ("UNCLASSIFIED//TLP:CLEAR", [PUBLIC, ANALYST, CONTRACTOR, COUNTY, BRITON]),
        ("UNCLASSIFIED//TLP:GREEN", [ANALYST, CONTRACTOR, COUNTY, BRITON]),
        ("UNCLASSIFIED//TLP:AMBER", [ANALYST, CONTRACTOR, COUNTY]),
        ("UNCLASSIFIED//TLP:AMBER+STRICT", [ANALYST]),
        ("UNCLASSIFIED//TLP:RED", []),
        ("CUI", [ANALYST, CONTRACTOR, COUNTY]),
        ("CUI//REL TO USA, GBR", [ANALYST, CONTRACTOR, COUNTY, BRITON]),
        ("CUI//PROPIN//REL TO USA, GBR", [ANALYST, CONTRACTOR, BRITON]),
        ("CUI//SP-PROPIN//REL TO USA, GBR", [ANALYST, CONTRACTOR]),
        ("CUI//ISVI", [ANALYST, CONTRACTOR, COUNTY]),
        ("CUI//SP-ISVI", [ANALYST, CONTRACTOR]),
        ("CUI//ISVI//FEDCON", [ANALYST, CONTRACTOR]),
        ("CUI//ISVI//NOCON", [ANALYST, COUNTY]),
        ("CUI//ISVI//FED ONLY", [ANALYST]),
        ("CUI//ISVI//DL ONLY", []),
        ("CUI//Attorney-Client", []),
        ("SECRET", [ANALYST, CONTRACTOR]),
        ("SECRET//NOFORN", [ANALYST, CONTRACTOR]),
        ("SECRET//REL TO USA, AUS", [ANALYST, CONTRACTOR]),
        ("SECRET//REL TO USA, GBR", [ANALYST, CONTRACTOR, BRITON]),
        ("SECRET//DISPLAY ONLY GBR", [ANALYST, CONTRACTOR]),
        ("SECRET//RELIDO", [ANALYST, CONTRACTOR]),
        ("SECRET//ORCON", []),
        ("TOP SECRET", []),
    ],
)
def test_who_sees_what(text: str, seen_by: list[Clearance]) -> None:
    everybody = [PUBLIC, ANALYST, CONTRACTOR, COUNTY, BRITON]
    assert [who for who in everybody if sees(who, parse(text))] == seen_by


def test_a_clearance_opens_what_it_names() -> None:
    counsel = person(Classification.TOP_SECRET, EVERY_CATEGORY, tuple(AUDIENCES), tlp=TLP.RED)
    for text in LEGAL:
        assert sees(counsel, parse(text)), text


@pytest.mark.parametrize("word", ["NOFORN", "RELIDO", "REL TO", "SECRET", ""])
def test_no_clearance_names_a_control_that_the_nation_decides(word: str) -> None:
    with pytest.raises(UnknownMarking):
        person(controls=(word,))


def test_no_clearance_names_what_does_not_exist() -> None:
    with pytest.raises(UnknownMarking):
        person(cui=frozenset({"SSI"}))
    with pytest.raises(UnknownMarking):
        person(country="UK")


@pytest.mark.parametrize(
    ("text", "at_home_under"),
    [
        ("UNCLASSIFIED", ["UNCLASSIFIED", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"]),
        ("UNCLASSIFIED//TLP:RED", ["UNCLASSIFIED", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"]),
        ("CUI", ["CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"]),
        ("CUI//SP-PCII//FED ONLY", ["CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"]),
        ("CONFIDENTIAL", ["CONFIDENTIAL", "SECRET", "TOP SECRET"]),
        ("SECRET//CUI//PROPIN//NOFORN", ["SECRET", "TOP SECRET"]),
        ("TOP SECRET//NOFORN", ["TOP SECRET"]),
    ],
)
def test_a_deployment_holds_what_is_not_above_its_ceiling(text: str, at_home_under: list[Ceiling]) -> None:
    assert [ceiling for ceiling in CEILINGS if not above(ceiling, parse(text))] == at_home_under


def test_a_compilation_of_nothing_has_no_marking() -> None:
    with pytest.raises(ValueError, match="nothing"):
        compilation([])
    assert compilation([], parse("SECRET")) == parse("SECRET")


def test_a_recorded_floor_marks_unclassified_parts_secret() -> None:
    parts = [parse("UNCLASSIFIED//TLP:GREEN"), parse("UNCLASSIFIED")]
    assert str(compilation(parts, parse("SECRET//NOFORN"))) == "SECRET//NOFORN//TLP:GREEN"


def test_the_same_text_is_the_same_object() -> None:
    assert parse("SECRET//NOFORN") is parse("SECRET//NOFORN")
