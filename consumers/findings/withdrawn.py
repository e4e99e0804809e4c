"""What its own author took back reports nothing."""

from domain.errors import TurnedAway


class Withdrawn(TurnedAway):
    """The document was rejected or withdrawn by whoever wrote it."""

    def __init__(self) -> None:
        super().__init__("finding-withdrawn")
