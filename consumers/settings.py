"""What the environment may say of Kafka and PostgreSQL. Only composition roots read it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from consumers.checkpoints.opening import LogFiles
from consumers.topics.connection import Connection
from consumers.topics.names import Topics
from consumers.topics.profile import Profile
from consumers.topics.rights import Principals
from domain.founding import lead_offices


class Missing(Exception):
    """A setting that is needed is not there; the sentence names it."""


class Settings(BaseSettings):
    """Each is the environment variable `DOCKET_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="DOCKET_", extra="ignore")

    postgres: str | None = None
    """Connection string of libpq. A password belongs into the file that its `passfile=` names."""
    kafka: str | None = None
    """`host:port` of brokers, with `,` between them."""
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_user: str | None = None
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = None
    kafka_certificate_file: Path | None = None
    kafka_key_file: Path | None = None
    topics: str = Field(default="docket", pattern=r"^[a-z0-9][a-z0-9.-]{0,60}$")
    """What the names of the topics begin with."""
    profile: Profile = "single"
    """`production` for three brokers: what the topics' settings are compared with."""
    offices: Annotated[tuple[str, ...], NoDecode] = Field(default_factory=lead_offices, min_length=1)
    """Codes of the offices that act over Kafka, with `,` between them."""
    service_principals: str = Principals().services
    """As whom the brokers know a process of Docket's; `{service}` stands for its name."""
    office_principals: str = Principals().offices
    """As whom they know an office; `{office}` stands for its code."""
    keys: Path | None = None
    """File of the keyring that seals disclosures on Kafka."""
    log_key: Path | None = None
    """File of the private key that signs the log (PEM, Ed25519); a folder of one process has one of its own."""
    log_origin: str | None = None
    """What the log is called in the world; by default `docket/<ledger id>`."""
    log_policy: Path | None = None
    """File that says whose signatures make a checkpoint final, and where they are asked."""
    log_reads_policy: Path | None = None
    """The same for the log of what oversight reads; whoever is asked there learns how long it is."""
    metrics: int | None = Field(default=None, ge=1, le=65535)
    """Port on loopback for Prometheus."""

    def connection(self) -> Connection:
        """How the brokers are reached. Raises Missing, OSError."""
        security: dict[str, Any] = {"security_protocol": self.kafka_security}
        if self.kafka_security.startswith("SASL"):
            password = self.needed("kafka_password_file").read_text().rstrip("\n")
            security |= {
                "sasl_mechanism": self.kafka_mechanism,
                "sasl_plain_username": self.needed("kafka_user"),
                "sasl_plain_password": password,
            }
        if self.kafka_security.endswith("SSL"):
            security["ssl_cafile"] = str(self.needed("kafka_ca_file"))
            if self.kafka_certificate_file is not None:
                security["ssl_certfile"] = str(self.kafka_certificate_file)
                security["ssl_keyfile"] = str(self.needed("kafka_key_file"))
        return Connection(bootstrap=self.needed("kafka"), security=security)

    @field_validator("offices", mode="before")
    @classmethod
    def _parted(cls, said: object) -> object:
        return tuple(code.strip() for code in said.split(",") if code.strip()) if isinstance(said, str) else said

    def log_files(self) -> LogFiles:
        """What is said of the log."""
        return LogFiles(
            key=self.log_key, origin=self.log_origin, policy=self.log_policy, reads_policy=self.log_reads_policy
        )

    def principals(self) -> Principals:
        """As whom the brokers know everybody."""
        return Principals(services=self.service_principals, offices=self.office_principals)

    def names(self) -> Topics:
        """The topics."""
        return Topics(self.topics)

    def needed(self, name: str) -> Any:  # noqa: ANN401 - what the field holds
        """The value of a setting. Raises Missing where it was not given."""
        if (value := getattr(self, name)) is None:
            raise Missing(f"set DOCKET_{name.upper()}")
        return value
