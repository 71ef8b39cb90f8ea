"""Closing a connection in stages, so that the client can read the last answer: RFC 9112, section 9.6.

A socket that is closed while data of the client are unread resets the connection, and a reset may reach the client
before it has read the answer. So the side that writes is closed first, what still comes is read and discarded for a
bounded time and size, and then the rest is closed. https://www.rfc-editor.org/rfc/rfc9112#section-9.6
"""

from __future__ import annotations

import asyncio
from typing import Any

#: Bytes that are discarded at most: twice the body that is taken by default.
BYTES = 128 * 1024 * 1024
#: Seconds that a client may go on sending, by default, and that it may pause.
LINGERING_SECONDS = 30.0
PAUSE = 5.0


class LingeringTransport(asyncio.Transport):
    """The transport of a connection, whose `close` reads and discards what the client still sends.

    From `close` on, `is_closing` is true and nothing is written, as with any transport. The protocol gives what is
    received meanwhile to `discard`, and calls `check` now and then, which ends what takes too long.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop):
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._paused = False
        #: Whether the side that writes is closed and what comes is to be discarded.
        self.lingers = False
        #: Until when the client may send, None where the connection does not linger.
        self._deadline: float | None = None
        self._seconds = 0.0
        self._last_received = 0.0
        self._discarded = 0
        #: Bytes of the last answer that the client has not taken, and since when they are as many.
        self._unwritten = 0
        self._unwritten_since = 0.0

    def write(self, data: Any) -> None:
        """Write, as long as the transport is not closing."""
        if not self.lingers:
            self._transport.write(data)

    def close(self, seconds: float = LINGERING_SECONDS) -> None:
        """Close the side that writes after what has been written, and the rest within `seconds` after that."""
        if self.is_closing():
            return
        self._last_received = self._loop.time()
        self._seconds = seconds
        self._deadline = self._last_received + seconds
        self.lingers = True
        try:
            self._transport.write_eof()
        except OSError:
            # The client has reset the connection already.
            self._transport.abort()
            return
        if self._paused:
            self._transport.resume_reading()

    def close_now(self) -> None:
        """Close after what has been written, whatever the client still sends."""
        self._transport.close()

    def discard(self, size: int) -> None:
        """Take note of `size` received bytes that nobody wants."""
        self._discarded += size
        self._last_received = self._loop.time()
        if self._discarded > BYTES:
            self._transport.close()

    def check(self, now: float, most_unread: float) -> None:
        """End a connection that is closing where the client keeps it open too long.

        `most_unread` is how many seconds a client may leave the last answer unread.
        """
        unwritten = self._transport.get_write_buffer_size()
        if unwritten:
            if self._deadline is not None:
                self._deadline = now + self._seconds
            if unwritten != self._unwritten:
                self._unwritten, self._unwritten_since = unwritten, now
            elif now - self._unwritten_since > most_unread:
                self._transport.abort()
        elif self._deadline is not None and (now > self._deadline or now - self._last_received > PAUSE):
            self._transport.close()

    def is_closing(self) -> bool:
        """Say whether `close` or `abort` has been called, or the connection is lost."""
        return self.lingers or self._transport.is_closing()

    def abort(self) -> None:
        """Reset the connection."""
        self._transport.abort()

    def pause_reading(self) -> None:
        """Stop receiving."""
        if not self.lingers:
            self._paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Receive again."""
        if not self.lingers:
            self._paused = False
            self._transport.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are written and not sent yet."""
        return self._transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the transport says of itself."""
        return self._transport.get_extra_info(name, default)
