"""Connections that are slow on purpose, or too many: cut before they are requests.

The server (uvicorn, httptools) waits without an end for headers, for the rest of a body that was refused, and for
readers who do not read; each such connection holds a descriptor and a buffer. Here each of these waits has an end.
What happens between the headers and the answer is `serving`'s matter.
"""

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from safeguard.web import counting, limits, surroundings

OPEN: Final[dict[bytes, dict["Patient", None]]] = {}
"""The connections that each address holds in this process, the oldest first."""


class Patient(HttpToolsProtocol):
    """The server's protocol, with an end to its patience."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._before_headers = 0
        self._in_headers = False
        self._whole = True
        self._address: bytes | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody connects: their headers have ten seconds."""
        super().connection_made(transport)
        self._address = self._counted()
        if self._address is not None:
            held = OPEN.setdefault(self._address, {})
            if len(held) >= limits.MOST_CONNECTIONS and not _made_room(held):
                held[self] = None
                transport.abort()
                return
            held[self] = None
        self._wait(limits.SLOWEST_HEADERS)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._calm()
        self._go_on()
        if self._address is not None:
            held = OPEN.get(self._address, {})
            held.pop(self, None)
            if not held:
                OPEN.pop(self._address, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came: whoever begins has to come to the end of the headers, and within so many bytes."""
        if self._whole and self._waiting is None:
            self._wait(limits.SLOWEST_HEADERS)
        super().data_received(data)
        if self._in_headers:
            self._before_headers += len(data)
            if self._before_headers > limits.LONGEST_HEADERS:
                self._cut()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_headers, self._whole, self._before_headers = True, False, 0
        self._wait(limits.SLOWEST_HEADERS)

    def on_headers_complete(self) -> None:
        """Its headers are there."""
        self._in_headers = False
        self._calm()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._whole = True
        self._calm()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered: what is still coming of it has ten seconds more."""
        super().on_response_complete()
        if not self._whole:
            self._wait(limits.SLOWEST_REST)

    def pause_writing(self) -> None:
        """The reader is slower than we are: they have a minute to take something."""
        super().pause_writing()
        self._go_on()
        self._stalled = self.loop.call_later(limits.SLOWEST_READER, self._cut)

    def resume_writing(self) -> None:
        """They took something."""
        self._go_on()
        super().resume_writing()

    @property
    def rests(self) -> bool:
        """Whether nothing is being asked or answered on it: it was opened ahead, or is kept for the next request."""
        if not self._whole or self._in_headers:
            return False
        cycle = cast("RequestResponseCycle | None", self.cycle)  # none until the first request, whatever its type says
        return cycle is None or cycle.response_complete

    def make_room(self) -> None:
        """Close it, politely: nobody loses anything by it."""
        self.transport.close()

    def _counted(self) -> bytes | None:
        """Whose connection this counts as: nobody's behind the proxy, or on this very machine."""
        address = self.client[0] if self.client else ""
        return None if address == surroundings.current().trusted_proxy else counting.address_of(address)

    def _wait(self, seconds: float) -> None:
        self._calm()
        self._waiting = self.loop.call_later(seconds, self._cut)

    def _calm(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    def _go_on(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def _cut(self) -> None:
        """No polite end: that would wait for whoever does not read."""
        self._calm()
        self._go_on()
        if not self.transport.is_closing():
            self.transport.abort()


def _made_room(held: dict[Patient, None]) -> bool:
    """Close the oldest connection of an address that rests; False where every one of them is at work."""
    resting = next((each for each in held if each.rests), None)
    if resting is not None:
        del held[resting]
        resting.make_room()
    return resting is not None
