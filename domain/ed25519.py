"""Some public keys of Ed25519 prove nothing: under a point of small order one signature fits many texts (RFC 8032)."""

from typing import Final

_PRIME: Final = 2**255 - 19
_SMALL: Final = frozenset(
    int.from_bytes(bytes.fromhex(each), "little")
    for each in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
)
"""The y of these points; x is one of two."""


def proves_nothing(public: bytes) -> bool:
    """Whether 32 bytes are a point of small order, or no number below the prime of the curve."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    return y >= _PRIME or y in _SMALL
