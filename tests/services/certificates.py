"""Certificates for the tests: an authority that lasts a day, and whoever it names."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs certificates for users, and for a server on loopback."""

    key: Key
    certificate: x509.Certificate

    @classmethod
    def new(cls) -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, _signed("docket-tests", key.public_key(), issuer="docket-tests", by=key, authority=True))

    @classmethod
    def read(cls, folder: Path) -> Self:
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        assert isinstance(key, Key)
        return cls(key, x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()))

    def write(self, folder: Path) -> None:
        (folder / "ca.key").write_text(_text(self.key))
        (folder / "ca.pem").write_text(self.text)

    @property
    def text(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, name: str) -> tuple[str, str]:
        """A key and a certificate of this common name, as PEM; good for a server on loopback, too."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _signed(name, key.public_key(), issuer="docket-tests", by=self.key, authority=False)
        return _text(key), made.public_bytes(serialization.Encoding.PEM).decode()


def _signed(name: str, of: ec.EllipticCurvePublicKey, *, issuer: str, by: Key, authority: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    loopback = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(of)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(loopback, critical=False)
        .sign(by, hashes.SHA256())
    )


def _text(key: Key) -> str:
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(kind, form, serialization.NoEncryption()).decode()
