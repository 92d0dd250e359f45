"""Event streams: progress while the work goes on, then one last event, `result` or `error`."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import orjson
from fastapi import Request
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.web.errors import Problem
from app.work.process import Listener, Told

MEDIA_TYPE = "text/event-stream"
LINES = ("application/jsonl", "application/x-ndjson")
LAST_ID = "end"
PING_SECONDS = 15.0
WAITING = 4_000_000  # bytes of a stream that may wait for its reader

Work = Callable[[Listener], Awaitable[bytes]]


class EventStream(StreamingResponse):
    """A response whose work ends with it, whoever leaves first."""

    def __init__(self, events: AsyncGenerator[bytes, None], media_type: str = MEDIA_TYPE) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, headers=headers, media_type=media_type)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()


async def events(work: Work, lang: str) -> AsyncGenerator[bytes, None]:
    """The events of one piece of work. A slow reader gets the latest progress, not all of it."""
    latest: list[Told] = []
    news = asyncio.Event()

    def listen(told: Told) -> None:
        latest[:] = [told]
        news.set()

    async def working() -> bytes:
        return await work(listen)

    task = asyncio.create_task(working())
    task.add_done_callback(lambda _: news.set())
    try:
        while not task.done():
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await news.wait()
            except TimeoutError:
                yield KEEPALIVE_COMMENT
                continue
            news.clear()
            if latest:
                yield _event("progress", latest.pop().body)
        try:
            yield _event("result", task.result(), id=LAST_ID)
        except Problem as problem:
            yield _event("error", orjson.dumps(problem.document(lang)), id=LAST_ID)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def batches(work: Work, lang: str, media_type: str) -> AsyncGenerator[bytes, None]:
    """The parts of an answer as the worker tells them, then `done` or `error`.

    A slow reader misses nothing: parts wait for it, up to WAITING bytes; then the work waits too,
    as long as its time lasts."""
    write = _event if media_type == MEDIA_TYPE else _line
    parts: asyncio.Queue[Told | None] = asyncio.Queue()
    waiting = 0
    room = asyncio.Event()
    room.set()

    def listen(told: Told) -> Awaitable[None] | None:
        nonlocal waiting
        waiting += len(told.body)
        parts.put_nowait(told)
        if waiting <= WAITING:
            return None
        room.clear()
        return _until(room)

    async def working() -> bytes:
        return await work(listen)

    task = asyncio.create_task(working())
    task.add_done_callback(lambda _: parts.put_nowait(None))
    try:
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    told = await parts.get()
            except TimeoutError:
                if write is _event:
                    yield KEEPALIVE_COMMENT
                continue
            if told is None:
                break
            waiting -= len(told.body)
            if waiting <= WAITING // 2:
                room.set()
            yield write(told.name, told.body, told.id or None)
        try:
            yield write("done", task.result(), LAST_ID)
        except Problem as problem:
            yield write("error", orjson.dumps(problem.document(lang)), LAST_ID)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _until(room: asyncio.Event) -> None:
    await room.wait()


def _line(name: str, data: bytes, id: str | None = None) -> bytes:
    """A JSON Line: the event's object, its name in front as `type`."""
    inside = data[1:]
    comma = b"" if inside.strip() == b"}" else b","
    return b'{"type":"' + name.encode() + b'"' + comma + inside + b"\n"


def _event(name: str, data: bytes, id: str | None = None) -> bytes:
    return format_sse_event(event=name, data_str=data.decode(), id=id)


async def unless_left(request: Request, work: Work) -> bytes:
    """The work's answer; the work is cancelled when the client goes away before it is done."""

    async def working() -> bytes:
        return await work(lambda told: None)

    async def leaving() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    task, left = asyncio.create_task(working()), asyncio.create_task(leaving())
    try:
        await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        left.cancel()
        await asyncio.gather(task, left, return_exceptions=True)
