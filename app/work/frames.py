"""Frames: how server and worker talk. Four bytes of length, one byte of kind, then JSON.

The length counts the JSON only. Nothing is ever unpickled, so that a worker that was taken over
can send wrong answers but no code.
"""

import asyncio
import os
from enum import Enum
from struct import Struct

HEADER = Struct("!IB")
MAX_JOB = 4 * 1024 * 1024
MAX_ANSWER = 256 * 1024 * 1024  # ten times the public limit of a trace, and what is around it


class Kind(Enum):
    """What a frame carries; the value is its byte on the wire."""

    JOB = ord("J")
    """server to worker: {job, request, limits}"""
    READY = ord("H")
    """the worker has imported everything and closed its door"""
    PROGRESS = ord("P")
    """{passes, ticks} so far"""
    EVENT = ord("E")
    """a part of the answer, sent before the rest: its name, its id and its JSON, a line each"""
    RESULT = ord("R")
    """the answer, handed on byte by byte"""
    DECLINED = ord("X")
    """{code, diagnostic}: the program is refused"""
    STOPPED = ord("L")
    """{kind}: a limit of the process, not of the language"""
    FAULT = ord("F")
    """{trace}: an unexpected exception, for the log"""


class BadFrame(Exception):
    """The other side sent a frame of unknown kind or of too great a length."""


def pack(kind: Kind, body: bytes) -> bytes:
    """One frame as bytes."""
    return HEADER.pack(len(body), kind.value) + body


def unpack_header(header: bytes, limit: int) -> tuple[int, Kind]:
    """Length and kind of the frame to come. Raises BadFrame."""
    length, kind = HEADER.unpack(header)
    if length > limit:
        raise BadFrame(f"a frame of {length} bytes is longer than {limit}")
    try:
        return length, Kind(kind)
    except ValueError:
        raise BadFrame(f"no frame has the kind {kind}") from None


async def read(stream: asyncio.StreamReader) -> tuple[Kind, bytes]:
    """The next frame from a worker. Raises BadFrame, or IncompleteReadError at the end."""
    length, kind = unpack_header(await stream.readexactly(HEADER.size), MAX_ANSWER)
    return kind, await stream.readexactly(length)


def read_blocking(descriptor: int) -> tuple[Kind, bytes]:
    """The next frame from the server. Raises EOFError when the server has gone."""
    length, kind = unpack_header(_read_exactly(descriptor, HEADER.size), MAX_JOB)
    return kind, _read_exactly(descriptor, length)


def write_blocking(descriptor: int, kind: Kind, body: bytes) -> None:
    """Sends one frame to the server."""
    rest = memoryview(pack(kind, body))
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _read_exactly(descriptor: int, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = os.read(descriptor, min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
