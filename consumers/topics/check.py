"""Whether topics and our rights to them are as they have to be: asked at start, and again from time to time."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Lock, Thread
from typing import Final

from kafka.errors import KafkaError

from consumers.topics.connection import Connection, Unreachable
from consumers.topics.drift import BEGINNING, Drift, differences, look, missing_rights
from consumers.topics.names import Topics
from consumers.topics.profile import Profile, wanted
from consumers.topics.rights import Service, needed
from consumers.topics.tail import LogMoved

EVERY_S: Final = 3600.0
"""Seconds that an answer holds."""
AGAIN_S: Final = 10.0
"""Seconds that an answer holds that was not good: who mends something does not wait an hour."""
SILENT_S: Final = 60.0
"""Seconds that a look may take: brokers that say nothing for longer are none to rely on."""


class NotAsAgreed(Exception):
    """Topics, or our rights to them, are not as they have to be."""


class TopicCheck:
    """The topics that a process has to do with, and what it has to be allowed to do to them."""

    def __init__(
        self,
        connection: Connection,
        *,
        service: Service,
        topics: Topics,
        offices: Sequence[str],
        profile: Profile,
        every_s: float = EVERY_S,
        again_s: float = AGAIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection, self._profile, self._clock = connection, profile, clock
        self._needed = needed(service, topics, offices)
        self._wanted = [topic for topic in wanted(topics, offices, profile) if topic.name in self._needed]
        self._every_s, self._again_s = every_s, again_s
        self._lock = Lock()
        self._why: str | None = "not looked at yet"
        self._until = float("-inf")
        self._looking: Thread | None = None

    def drift(self) -> list[Drift]:
        """What is not as it has to be, now. Raises Unreachable, KafkaError."""
        with closing(self._connection.admin()) as admin:
            found = look(admin, self._wanted)
        no_more = self._profile == "production"
        return [*differences(self._wanted, found), *missing_rights(found, self._needed, no_more=no_more)]

    def refuse(self) -> None:
        """For the start of a process. Raises NotAsAgreed, LogMoved, Unreachable, KafkaError."""
        found = self.drift()
        self._keep(found)
        for each in found:
            if each.what == BEGINNING:
                raise LogMoved(str(each))
        if found:
            raise NotAsAgreed(f"{'; '.join(map(str, found))}; `docket topics check` says what else, `apply` mends")

    def __call__(self) -> str | None:
        """Why we are not ready, as it was found last; None if we are. Never waits for a broker."""
        with self._lock:
            late_s = self._clock() - self._until
            if late_s >= 0 and (self._looking is None or not self._looking.is_alive()):
                self._looking = Thread(target=self._look, name="topics", daemon=True)
                self._looking.start()
            return self._why if late_s < SILENT_S else self._why or "not looked at for too long"

    def _look(self) -> None:
        try:
            self._keep(self.drift())
        except (Unreachable, KafkaError, OSError) as error:
            self._say(f"{type(error).__name__}: the brokers did not answer")

    def _keep(self, found: Sequence[Drift]) -> None:
        self._say("; ".join(map(str, found)) or None)

    def _say(self, why: str | None) -> None:
        with self._lock:
            self._why = why
            self._until = self._clock() + (self._every_s if why is None else self._again_s)
