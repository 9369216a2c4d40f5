"""People who record incidents over HTTP and keep a journal: what they meant to send, and what became of it.

The intent is on disk before a byte is sent, so whatever the service does, the journal knows what may be there. Only a
201 is an acknowledgement and only a 4xx a refusal; a broken connection or a 5xx leaves it open whether it was recorded.
"""

import hashlib
import http.client
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

TIMEOUT = 20.0


@dataclass
class Journal:
    """Lines of what was intended and what came of it, each on disk before anything else happens."""

    path: Path
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, **facts: str) -> None:
        """Append one line and wait for the disk."""
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, **facts}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> dict[str, dict[str, str]]:
        """Everything known of each recording; without an `outcome` it is unknown."""
        known: dict[str, dict[str, str]] = {}
        for line in self.path.read_text("utf-8").splitlines():
            facts = json.loads(line)
            known.setdefault(facts["key"], {}).update(facts)
        return known


@dataclass
class Recorders:
    """So many people at once, until together they have sent `total` reports; `sent` counts up."""

    port: int
    token: str
    journal: Journal
    total: int
    pause: Callable[[], None]
    """What a person does whom the service did not answer."""
    people: int = 8
    sent: int = 0
    limit: int = 0
    """So many may be sent for now: nobody is done before the last kill."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, beside: Callable[[], None]) -> None:
        """Record all, while `beside` is done on this thread."""
        threads = [threading.Thread(target=self._record_on, daemon=True) for _ in range(self.people)]
        for thread in threads:
            thread.start()
        beside()
        for thread in threads:
            thread.join()

    def _record_on(self) -> None:
        while self._take():
            if not self._record():
                self.pause()

    def _take(self) -> bool:
        while self.sent >= self.limit < self.total:
            time.sleep(0.002)
        with self.lock:
            self.sent += 1
            return self.sent <= self.total

    def _record(self) -> bool:
        """Send one report; whether the service answered it."""
        key = str(uuid4())
        self.journal.note(key, hash=digest(narrative(key)))
        try:
            status, answer = self.send(key)
        except (OSError, http.client.HTTPException) as error:
            self.journal.note(key, outcome="unknown", reason=type(error).__name__)
            return False
        if status == 201:
            self.journal.note(key, outcome="acknowledged", id=json.loads(answer)["id"])
        else:
            self.journal.note(key, outcome="refused" if 400 <= status < 500 else "unknown", reason=str(status))
        return status < 500

    def send(self, key: str) -> tuple[int, bytes]:
        """Send the report of that key, for the first time or again."""
        body = {"narrative": narrative(key)}
        return ask(self.port, self.token, "POST", "/api/v1/incidents", body, key)


def ask(
    port: int, token: str, method: str, path: str, body: dict[str, str] | None = None, key: str | None = None
) -> tuple[int, bytes]:
    """One request to the JSON API: the status and what came back."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}
    try:
        connection.request(
            method, path, json.dumps(body) if body else None, {**headers, "Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def narrative(key: str) -> str:
    """What the report of that key says."""
    return f"A synthetic report, {key}: a message in a game asked for a photograph."


def digest(text: str) -> str:
    """What the journal keeps of a report, and what the stored one is compared by."""
    return hashlib.sha256(text.encode()).hexdigest()


def outcomes(journal: dict[str, dict[str, str]]) -> Counter[str]:
    """How many recordings ended how."""
    return Counter(facts.get("outcome", "unknown") for facts in journal.values())
