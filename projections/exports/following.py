"""What events show together: each goes on from the one before it in its stream, and rests on keys that stood before."""

from typing import Final, assert_never

from domain import wire
from domain.events.office import KeyRegistered, SignaturesRequired
from domain.signatures import Signatures
from domain.signing import Verdict
from domain.values import LedgerId
from projections.exports.bundles import Bundle, Looked
from projections.exports.layers import Failed, Layer, fail
from projections.exports.reading import Archive

_OFFICE: Final = "office-"
_SIGNING: Final = frozenset(map(wire.type_name, (KeyRegistered, SignaturesRequired)))
"""After one of these, acts of an office without a signature may be wrong, too."""


class Following:
    """Goes through what was seen of the bundles, in order."""

    def __init__(self, archive: Archive, ledger: LedgerId, size: int) -> None:
        self.events = self.disclosures = self.withheld = self.signed = self.unchecked = 0
        self._archive, self._size = archive, size
        self._versions: dict[str, int] = {}
        self._broken: set[str] = set()
        """Streams of offices of which something is absent."""
        self._signatures = Signatures(ledger)
        self._signing: set[str] = set()
        """Streams of offices that have keys, or require signatures."""
        self._bundle: Bundle | None = None

    def bundle(self, seen: Looked) -> None:
        """The next one. Raises Failed."""
        versions, before = self._versions, self._versions.get
        events = zip(seen.positions, seen.streams, seen.versions, seen.actors, seen.signed, strict=True)
        for number, (position, stream, version, actor, signed) in enumerate(events, self.events + 1):
            if version != before(stream, 0) + 1:
                self._gap(number, position, stream, version)
            versions[stream] = version
            # most events bear no signature and need none: they are not looked at twice
            if signed or stream.startswith(_OFFICE) or (self._signing and _stream_of(actor) in self._signing):
                whole = number == position
                self._authorised(seen.index, position, stream, actor, signed=signed is True, whole=whole)
        self.events += len(seen.positions)
        self.disclosures += seen.disclosures
        self.withheld += seen.withheld
        if seen.failed is not None:
            raise seen.failed

    def _gap(self, number: int, position: int, stream: str, version: int) -> None:
        before = self._versions.get(stream, 0)
        # where nothing is absent so far, nothing can be missing
        if version <= before or number == position:
            fail(Layer.ORDER, f"position {position}", f"is version {version} of {stream}, behind version {before}")
        if stream.startswith(_OFFICE):
            self._broken.add(stream)

    def _authorised(self, index: int, position: int, stream: str, actor: str, *, signed: bool, whole: bool) -> None:
        if self._broken.intersection((_stream_of(actor), stream)):
            self.unchecked += signed
            return
        if self._bundle is None or self._bundle.place.index != index:
            self._bundle = Bundle(self._archive, index, self._size)
        document = self._bundle.entries[position - self._bundle.first]
        if wire.type_of(document) in _SIGNING:
            self._signing.add(stream)
        try:
            disclosures = self._bundle.disclosures.get(position, ())
            found = self._signatures.verdict(document, disclosures, whole=whole)
        except LookupError as error:
            raise Failed(Layer.ORDER, f"position {position}", "cannot follow what is before it") from error
        match found:
            case Verdict.VALID:
                self.signed += 1
            case Verdict.WITHHELD:
                self.unchecked += 1
            case Verdict.INVALID:
                fail(Layer.AUTHORITY, f"position {position}", "its signature is by no key that was in force")
            case Verdict.MISSING:
                fail(Layer.AUTHORITY, f"position {position}", "its office requires a signature, and it has none")
            case Verdict.NOT_SIGNED | Verdict.REFUSED:
                return
            case _:
                assert_never(found)


def _stream_of(actor: str) -> str:
    """The stream of the office that acts."""
    return f"{_OFFICE}{actor.partition('/')[2]}"
