"""Every client of Kafka is made here, with the settings without which records are lost, doubled or never arrive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

LARGEST: Final = 1024 * 1024
"""Bytes of a record, at most."""
SECURITY: Final = frozenset(
    {
        "security_protocol",
        "ssl_cafile",
        "ssl_certfile",
        "ssl_check_hostname",
        "ssl_keyfile",
        "ssl_password",
        "sasl_mechanism",
        "sasl_plain_password",
        "sasl_plain_username",
    }
)
"""What a connection may say of security, in the words of kafka-python."""
_FOR_EVER_MS: Final = 2**31 - 1


class Unreachable(Exception):
    """No broker let us in; the sentence says what to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How the brokers are reached, and as whom. Making a client raises Unreachable."""

    bootstrap: str
    """`host:port`, or several with `,` between them."""
    security: Mapping[str, Any] = field(default_factory=dict, repr=False)
    patience_ms: int = 15_000
    """How long a broker may take to answer."""

    def __post_init__(self) -> None:
        if unknown := self.security.keys() - SECURITY:
            raise ValueError(f"no settings of security: {', '.join(sorted(unknown))}")

    def transactions(self, name: str, *, timeout_ms: int = 15_000) -> KafkaProducer:
        """A producer of transactions under a name, which fences whoever had it before once it is initialised.

        It is used for one topic of record and what belongs to it, and thrown away (`discard`) on any exception: after
        one it cannot be trusted. `timeout_ms` is how long a transaction may stay open.
        """
        return self._producer(
            transactional_id=name, transaction_timeout_ms=timeout_ms, delivery_timeout_ms=60_000, max_block_ms=10_000
        )

    def producer(self) -> KafkaProducer:
        """An idempotent producer: a record is sent until it is there, so whoever uses it needs a watchdog."""
        # with a delivery time-out that passes, kafka-python's idempotent producer hangs for ever
        return self._producer(delivery_timeout_ms=_FOR_EVER_MS, max_block_ms=10_000)

    def reader(self, *, committed: bool = True, **more: Any) -> KafkaConsumer:  # noqa: ANN401 - kafka-python's own settings
        """A reader without a group: its user assigns, seeks, and keeps its place. For one thread at a time."""
        return self._made(
            KafkaConsumer,
            {
                "group_id": None,
                "enable_auto_commit": False,
                "auto_offset_reset": "none",  # any other word skips what is missing, silently
                "isolation_level": "read_committed" if committed else "read_uncommitted",
                "allow_auto_create_topics": False,
                "max_poll_records": 2_000,
                "fetch_max_bytes": 16 * LARGEST,
                "max_partition_fetch_bytes": 4 * LARGEST,
                "fetch_max_wait_ms": 250,
                "reconnect_backoff_max_ms": 2_000,
                "request_timeout_ms": self.patience_ms,
                "metrics_enabled": False,
            }
            | more,
        )

    def admin(self) -> KafkaAdminClient:
        """A client that asks the cluster about itself, and changes it."""
        return self._made(KafkaAdminClient, {"request_timeout_ms": self.patience_ms})

    def _producer(self, **more: Any) -> KafkaProducer:  # noqa: ANN401 - the same
        return self._made(
            KafkaProducer,
            {
                "acks": "all",
                "enable_idempotence": True,
                "allow_auto_create_topics": False,
                "batch_size": 256 * 1024,
                "compression_type": "zstd",
                "linger_ms": 0,
                "max_request_size": LARGEST,
                "request_timeout_ms": self.patience_ms,
                "retry_backoff_ms": 2,  # back-to-back transactions wait this long for each other: by default 100
                "reconnect_backoff_max_ms": 2_000,
                "metrics_enabled": False,
            }
            | more,
        )

    def _made(self, client: Any, settings: Mapping[str, Any]) -> Any:  # noqa: ANN401 - kafka-python has no types
        reaching = {"bootstrap_servers": self.bootstrap.split(","), "bootstrap_timeout_ms": self.patience_ms}
        try:
            return client(**reaching, **settings, **self.security)
        except KafkaError as error:
            # a wrong password shows as a time-out, too
            looked = "that it runs, that its listener speaks this protocol, and that user, password or certificate fit"
            raise Unreachable(f"Kafka at {self.bootstrap}: {type(error).__name__}: {error}; look {looked}") from error


def discard(producer: KafkaProducer, grace_s: float = 2.0) -> None:
    """Let go of a producer that may hang: what it had not sent is not sent, and its open transaction times out."""
    try:
        producer.close(timeout=grace_s)
    except KafkaError:
        # with records stuck, close raises and leaves the sender running
        producer._sender.force_close()  # noqa: SLF001 - kafka-python has no other way
        producer._sender.join(grace_s)  # noqa: SLF001 - the same
        producer._closed = True  # noqa: SLF001 - the same
