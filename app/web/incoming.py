"""The body of a request on its way in: bounded in bytes and patience, and let in before an answer.

Who sends a body reads no answer until it has left: an answer that overtakes it, and a connection
closed behind it, reach the sender as a broken connection. So what is refused is read to its end
all the same, within bounds, and thrown away.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from app.web.errors import Problem

DRAINED_BYTES = 64 * 1024 * 1024
DRAINED_SECONDS = 5.0


class Incoming:
    """`receive` that raises Problem for a body too long or too slow; most: bytes of it."""

    def __init__(self, headers: Headers, receive: Receive, most: int, seconds: float) -> None:
        self.headers, self.receive, self.most, self.seconds = headers, receive, most, seconds
        self.taken = 0
        declared = headers.get("content-length", "")
        self.declared = int(declared[:20]) if declared.isdigit() else 0
        self.complete = self.slow = False

    async def __call__(self) -> Message:
        if not self.complete and self.declared > self.most:
            raise Problem("too_large", limit=self.most)
        if self.complete:
            return await self.receive()
        try:
            async with asyncio.timeout(self.seconds):
                message = await self._next()
        except TimeoutError:
            self.slow = True
            raise Problem("slow", headers={"Connection": "close"}) from None
        if self.taken > self.most:
            raise Problem("too_large", limit=self.most)
        return message

    async def drain(self) -> None:
        """Reads what is still on its way. Nothing is, where the sender waits to be asked for it."""
        if self.slow or not (self.declared or "transfer-encoding" in self.headers):
            return
        if not self.taken and "100-continue" in self.headers.get("expect", ""):
            return
        end = self.taken + DRAINED_BYTES
        try:
            async with asyncio.timeout(DRAINED_SECONDS):
                while not self.complete and self.taken < end:
                    await self._next()
        except TimeoutError:
            self.slow = True

    async def _next(self) -> Message:
        message = await self.receive()
        self.taken += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        return message
