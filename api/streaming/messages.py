"""Messages of server-sent events: the id of each is a position, so that whoever comes back misses nothing."""

from domain import wire


def message(position: int, event: str, data: object) -> bytes:
    """One, with canonical JSON, which has no line ends."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (position, event.encode(), wire.canonical(data))


def nothing(position: int) -> bytes:
    """No message, but whoever comes back begins behind this position."""
    return b"id: %d\n\n" % position
