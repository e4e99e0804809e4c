"""What is in force of a text, and who has signed what is proposed, follows from the facts in its row."""

from datetime import datetime

import msgspec

from domain.values import Citation, ConsultationId, Digest, OfficeCode
from projections.texts.rows import Signed, TextProposal, Threshold


class VersionAt(msgspec.Struct, kw_only=True, frozen=True):
    """A version that is or was in force."""

    version: int
    digest: Digest
    title: str | None
    """None where a reader may not see the proposal."""
    in_force: bool
    in_force_from: datetime
    superseded_by: int | None
    signed: tuple[OfficeCode, ...]


class ProposedAt(msgspec.Struct, kw_only=True, frozen=True):
    """A text that is up for signing. Who is silent has neither signed nor withheld."""

    version: int
    digest: Digest
    title: str
    policy: Citation
    proposed_by: OfficeCode
    signed: tuple[OfficeCode, ...]
    withheld: tuple[OfficeCode, ...]
    silent: tuple[OfficeCode, ...]
    voided: tuple[OfficeCode, ...]
    """Who signed an earlier text of this version, which no longer counts."""


class SignedAt(msgspec.Struct, kw_only=True, frozen=True):
    """A text that offices sign, as it stands."""

    in_force: VersionAt | None
    versions: tuple[VersionAt, ...]
    proposed: ProposedAt | None


class ThresholdVersionAt(msgspec.Struct, kw_only=True, frozen=True):
    """A version of a threshold."""

    version: int
    digest: Digest
    title: str
    in_force: bool
    in_force_from: datetime
    superseded_by: int | None
    consultation: ConsultationId | None
    consultation_missing: bool


class ThresholdAt(msgspec.Struct, kw_only=True, frozen=True):
    """A threshold as it stands. No version changes what was determined under an earlier one."""

    in_force: ThresholdVersionAt | None
    versions: tuple[ThresholdVersionAt, ...]


def signed_at(row: Signed) -> SignedAt:
    """A standard or framework as these parts say."""
    later = {each.supersedes: each.version for each in row.adoptions}
    titles = {(each.version, each.digest): each.title for each in row.texts}
    versions = tuple(
        VersionAt(
            version=each.version,
            digest=each.digest,
            title=titles.get((each.version, each.digest)),
            in_force=each is row.adoptions[-1],
            in_force_from=each.at,
            superseded_by=later.get(each.version),
            signed=each.signed,
        )
        for each in row.adoptions
    )
    adopted = {each.version for each in row.adoptions}
    open_ones = [each for each in row.texts if each.version not in adopted]
    return SignedAt(
        in_force=versions[-1] if versions else None,
        versions=versions,
        proposed=_proposed(row, open_ones[-1]) if open_ones else None,
    )


def threshold_at(row: Threshold) -> ThresholdAt:
    """A threshold as these parts say."""
    later = {each.supersedes: each.version for each in row.settings}
    versions = tuple(
        ThresholdVersionAt(
            version=each.version,
            digest=each.digest,
            title=each.title,
            in_force=each is row.settings[-1],
            in_force_from=each.at,
            superseded_by=later.get(each.version),
            consultation=each.consultation,
            consultation_missing=each.consultation is None,
        )
        for each in row.settings
    )
    return ThresholdAt(in_force=versions[-1] if versions else None, versions=versions)


def _proposed(row: Signed, text: TextProposal) -> ProposedAt:
    said = {each.office: (each.position, True) for each in row.signatures if each.position > text.position}
    for each in row.withholdings:
        if each.position > text.position and each.position > said.get(each.office, (0, True))[0]:
            said[each.office] = (each.position, False)
    return ProposedAt(
        version=text.version,
        digest=text.digest,
        title=text.title,
        policy=text.policy,
        proposed_by=text.proposed_by,
        signed=tuple(office for office in text.signers if said.get(office, (0, False))[1]),
        withheld=tuple(office for office in text.signers if not said.get(office, (0, True))[1]),
        silent=tuple(office for office in text.signers if office not in said),
        voided=text.voided,
    )
