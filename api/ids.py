"""New ids are UUIDv7 (RFC 9562 §5.7): whoever lists them sees the order in which they were made."""

from os import urandom
from time import time_ns
from uuid import UUID


def uuid7() -> str:
    """A new id. Two of the same millisecond are in no order."""
    value = (time_ns() // 1_000_000) << 80 | int.from_bytes(urandom(10))
    value = value & ~(0xF << 76) | 7 << 76
    return str(UUID(int=value & ~(0x3 << 62) | 2 << 62))
