"""A marking says who may see something; each has one text, and markings join into the least that keeps them all.

The text, with the words of a part in alphabetical order (32 CFR 2002.20, EO 13526, FIRST TLP 2.0)::

    marking    = level [ "//" categories ] [ "//" controls ] [ "//TLP:" colour ]
    level      = "UNCLASSIFIED" | "CUI" | ( "CONFIDENTIAL" | "SECRET" | "TOP SECRET" ) [ "//CUI" ]
    categories = word { "/" word }      only after "CUI"; specified ones ("SP-") first
    controls   = word { "/" word }      among them "REL TO USA, AUS, GBR" and "DISPLAY ONLY FRA, JPN"

What has a meaning:

- UNCLASSIFIED that is not CUI carries a TLP colour or nothing. ORCON needs a classification; the controls that only
  the CUI registry knows need CUI; NOFORN, RELIDO, REL TO and DISPLAY ONLY need one of the two.
- CUI or classified without a word on release is for USA alone, though it is not NOFORN. REL TO lets nations in.
  DISPLAY ONLY lets nobody in (a reader of Docket is given a copy), nor does RELIDO (an official must still decide).
- NOFORN stands with none of those three. "REL TO USA" alone is NOFORN, and is written so.
- FED ONLY is FEDCON and NOCON together, and SP-CTI includes CTI: the shorter text is the only one.
- A join keeps the nations that every controlled part lets in; where a part let some in and none is left, it is NOFORN.

Not carried, so unknown: ISM's PR and FOUO (CUI's PROPIN and CUI itself say it), its other dissemination controls, SCI,
atomic energy and foreign markings, and tetragraphs such as FVEY (a second text for the same nations).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache, reduce
from typing import Final, Literal, TypeAlias, get_args

CATEGORIES: Final = (
    "CRIT", "CTI", "CVI", "DCRIT", "EXPT", "INTEL", "ISVI", "OPSEC", "PCII", "PHYS", "PROPIN", "PRVCY", "WHSTL",
)  # fmt: skip
"""CUI categories; each may be specified as well (`SP-CTI`)."""
CUI_CONTROLS: Final = ("Attorney-Client", "Attorney-WP", "Deliberative", "DL ONLY", "FED ONLY", "FEDCON", "NOCON")
"""Controls of the CUI registry that ISM does not know: they need CUI."""
CONTROLS: Final = (*CUI_CONTROLS, "NOFORN", "ORCON", "RELIDO")
"""Controls that are one word; `REL TO` and `DISPLAY ONLY` take nations."""
AUDIENCES: Final = frozenset({*CUI_CONTROLS, "ORCON"})
"""Controls that name an audience, which a person is in or not; for the others the nation decides."""
EVERY_CATEGORY: Final = frozenset(f"SP-{category}" for category in CATEGORIES)
"""What a person holds who may see all CUI."""
NATIONS: Final = frozenset(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR
    BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP
    CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB
    GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN
    KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD
    MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN
    PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM
    SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR
    UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """.split(),  # noqa: SIM905 - 249 quoted words are not easier to compare with the standard
)
"""Trigraphs of ISO 3166-1."""
MOST_NATIONS: Final = 32
"""As many nations as one marking may name beside USA; a join never names more than its parts."""
LONGEST: Final = 400
"""No marking has a text of more characters, joins included."""

Ceiling: TypeAlias = Literal["UNCLASSIFIED", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"]
"""The highest that a deployment may hold; each includes those before it, whatever their categories and controls."""
CEILINGS: Final[tuple[Ceiling, ...]] = get_args(Ceiling)

_HOME: Final = frozenset({"USA"})
_NONE: Final[frozenset[str]] = frozenset()
_CUI_WORDS: Final = EVERY_CATEGORY.union(CATEGORIES)
_FEDERAL: Final = frozenset({"FEDCON", "NOCON"})


class UnknownMarking(ValueError):
    """A marking without meaning, or a text that is no marking; the sentence repeats nothing that was not vocabulary."""


class Classification(IntEnum):
    """Levels of EO 13526, with what is below them."""

    UNCLASSIFIED = 0
    CONFIDENTIAL = 1
    SECRET = 2
    TOP_SECRET = 3

    @property
    def text(self) -> str:
        """The level as a banner writes it."""
        return self.name.replace("_", " ")


class TLP(IntEnum):
    """Colours of TLP 2.0, from the widest audience to the narrowest."""

    CLEAR = 1
    GREEN = 2
    AMBER = 3
    AMBER_STRICT = 4
    RED = 5

    @property
    def text(self) -> str:
        """The colour as a banner writes it."""
        return "TLP:" + self.name.replace("_", "+")


_LEVELS: Final = {level.text: level for level in Classification}
_COLOURS: Final = {colour.text: colour for colour in TLP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Who may see something; `a <= b` says that b keeps whatever a keeps. Raises UnknownMarking for no meaning."""

    classification: Classification
    cui: frozenset[str] | None = None
    """Categories, `SP-` before a specified one; none named is CUI basic; None is not CUI."""
    controls: frozenset[str] = _NONE
    rel_to: frozenset[str] = _NONE
    """Nations, USA among them; none is no statement."""
    display_only: frozenset[str] = _NONE
    """Nations beyond those of `rel_to`."""
    tlp: TLP | None = None

    def __post_init__(self) -> None:
        cui, controls, abroad = self.cui or _NONE, self.controls, self.rel_to | self.display_only
        for wrong, sentence in (
            (cui - _CUI_WORDS, "It names a CUI category that Docket does not know."),
            (controls.difference(CONTROLS), "It names a control that Docket does not know."),
            (abroad - NATIONS, "It names a nation that Docket does not know."),
            (cui != _shortest(cui), "A specified CUI category includes the basic one."),
            (controls != _federal(controls), "FED ONLY is FEDCON and NOCON together, and is written alone."),
            (self.rel_to and not self.rel_to > _HOME, "REL TO names USA and at least one other nation."),
            (self.display_only & (self.rel_to | _HOME), "DISPLAY ONLY names nations that REL TO does not, nor USA."),
            (len(abroad - _HOME) > MOST_NATIONS, f"It names more than {MOST_NATIONS} nations."),
            ("NOFORN" in controls and (abroad or "RELIDO" in controls), "NOFORN allows no other word on release."),
            ("ORCON" in controls and not self.classification, "ORCON needs a classification."),
            (self.cui is None and controls.intersection(CUI_CONTROLS), "A control of the CUI registry needs CUI."),
            (not self.controlled and (controls or abroad), "A control needs CUI or a classification."),
        ):
            if wrong:
                raise UnknownMarking(sentence)

    @property
    def controlled(self) -> bool:
        """It is CUI or classified."""
        return self.classification > Classification.UNCLASSIFIED or self.cui is not None

    def __str__(self) -> str:
        """Return the one text of this marking: ASCII, at most LONGEST characters."""
        cui = [] if self.cui is None else ["CUI"]
        words = [*self.controls]
        if self.rel_to:
            words.append("REL TO " + ", ".join(["USA", *sorted(self.rel_to - _HOME)]))
        if self.display_only:
            words.append("DISPLAY ONLY " + ", ".join(sorted(self.display_only)))
        parts = [self.classification.text, *cui] if self.classification or not cui else cui
        if self.cui:
            parts.append("/".join(sorted(self.cui, key=lambda word: (not word.startswith("SP-"), word))))
        if words:
            parts.append("/".join(sorted(words, key=str.casefold)))
        if self.tlp is not None:
            parts.append(self.tlp.text)
        return "//".join(parts)

    def __le__(self, other: "Marking") -> bool:
        return join(self, other) == other


@lru_cache(maxsize=4096)
def parse(text: str, /) -> Marking:
    """Return the marking that has exactly this text. Raises UnknownMarking for any other text."""
    if len(text) > LONGEST:
        raise UnknownMarking(f"A marking has at most {LONGEST} characters.")
    level, *parts = text.split("//")
    if level == "CUI":
        level, parts = "UNCLASSIFIED", ["CUI", *parts]
    if level not in _LEVELS:
        raise UnknownMarking("A marking begins with UNCLASSIFIED, CUI, CONFIDENTIAL, SECRET or TOP SECRET.")
    cui: frozenset[str] | None = None
    if parts[:1] == ["CUI"]:
        cui, parts = _NONE, parts[1:]
        if parts and _CUI_WORDS.issuperset(categories := parts[0].split("/")):
            cui, parts = frozenset(categories), parts[1:]
    tlp = _COLOURS[parts.pop()] if parts and parts[-1] in _COLOURS else None
    if len(parts) > 1:
        raise UnknownMarking("A marking is a level, CUI categories, controls and a TLP colour, in this order.")
    words = set(parts[0].split("/")) if parts else set()
    nations = {"REL TO": _NONE, "DISPLAY ONLY": _NONE}
    for name in nations:
        for word in [word for word in words if word.startswith(f"{name} ")]:
            words.discard(word)
            nations[name] = frozenset(word.removeprefix(f"{name} ").split(", "))
    marking = Marking(
        classification=_LEVELS[level],
        cui=cui,
        controls=frozenset(words),
        rel_to=nations["REL TO"],
        display_only=nations["DISPLAY ONLY"],
        tlp=tlp,
    )
    if str(marking) != text:
        raise UnknownMarking(f"This marking is written {marking}, and in no other way.")
    return marking


def join(first: Marking, /, *others: Marking) -> Marking:
    """Return the least marking that keeps what each of these keeps."""
    return reduce(_both, others, first)


def compilation(parts: Iterable[Marking], floor: Marking | None = None) -> Marking:
    """Return the marking of parts shown together: their join, raised by a recorded floor. ValueError if none."""
    together = [*parts] if floor is None else [*parts, floor]
    if not together:
        raise ValueError("a compilation of nothing has no marking")
    return join(*together)


def above(ceiling: Ceiling, marking: Marking) -> bool:
    """Whether a deployment with this ceiling may not hold what is marked so."""
    unclassified_cui = marking.cui is not None and not marking.classification
    return CEILINGS.index("CUI" if unclassified_cui else marking.classification.text) > CEILINGS.index(ceiling)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """What a person may see, as far as markings say; need to know is asked elsewhere. Raises UnknownMarking."""

    classification: Classification
    cui: frozenset[str] | None
    """Categories (a specified one includes the basic one); none named is CUI without a category; None is no CUI."""
    controls: frozenset[str]
    """Controls whose audience the person is in: a federal employee FED ONLY, a contractor FEDCON, a town's NOCON."""
    country: str | None
    """Trigraph; None, where it is not known, is nobody's."""
    tlp: TLP
    """The narrowest colour that the person is given."""

    def __post_init__(self) -> None:
        if not (_CUI_WORDS.issuperset(self.cui or ()) and self.controls <= AUDIENCES):
            raise UnknownMarking("A clearance names CUI categories and audiences that Docket knows.")
        if self.country is not None and self.country not in NATIONS:
            raise UnknownMarking("A clearance names a nation that Docket knows, or none.")


EVERYTHING: Final = Clearance(
    classification=Classification.TOP_SECRET, cui=EVERY_CATEGORY, controls=AUDIENCES, country="USA", tlp=TLP.RED
)
"""For those who are nobody in person: a clock, and the installation itself."""


def sees(clearance: Clearance, marking: Marking) -> bool:
    """Whether this person may see what is marked so; a join is seen by exactly those who may see each of its parts."""
    if marking.classification > clearance.classification:
        return False
    if marking.tlp is not None and marking.tlp > clearance.tlp:
        return False
    if not marking.controlled:
        return True
    if clearance.country not in (marking.rel_to or _HOME):
        return False
    if marking.cui is not None:
        held = clearance.cui
        if held is None or any(word not in held and f"SP-{word}" not in held for word in marking.cui):
            return False
    return _audiences(marking.controls) <= _audiences(clearance.controls)


@lru_cache(maxsize=16384)
def _both(a: Marking, b: Marking) -> Marking:
    tlp = max(a.tlp, b.tlp, key=lambda colour: colour or 0)
    if not (a.controlled and b.controlled):  # what is not controlled has nothing to say on release
        return replace(a if a.controlled else b, tlp=tlp)
    released = a.rel_to & b.rel_to - _HOME
    displayed = (a.rel_to | a.display_only) & (b.rel_to | b.display_only) - _HOME - released
    controls = (a.controls | b.controls) - {"RELIDO"} | (a.controls & b.controls)
    if not (released or displayed) and (a.rel_to or b.rel_to or a.display_only or b.display_only):
        controls = controls - {"RELIDO"} | {"NOFORN"}
    return Marking(
        classification=max(a.classification, b.classification),
        cui=None if a.cui is None and b.cui is None else _shortest((a.cui or _NONE) | (b.cui or _NONE)),
        controls=_federal(controls),
        rel_to=released | _HOME if released else _NONE,
        display_only=displayed,
        tlp=tlp,
    )


def _shortest(cui: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in cui if f"SP-{word}" not in cui)


def _federal(controls: frozenset[str]) -> frozenset[str]:
    return controls - _FEDERAL | {"FED ONLY"} if "FED ONLY" in controls or controls >= _FEDERAL else controls


def _audiences(controls: frozenset[str]) -> frozenset[str]:
    named = controls & AUDIENCES
    return named - {"FED ONLY"} | _FEDERAL if "FED ONLY" in named else named
