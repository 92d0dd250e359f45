"""Answers to computing requests: JSON bytes from a worker, an event stream, or a problem."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from starlette.responses import Response

from app.story.words import say
from app.web.descents_schema import Asked as LabAsked
from app.web.errors import Problem, of_work
from app.web.prefer import media_type
from app.web.problems import STOPPED
from app.web.schemas import Asked
from app.web.stream import LAST_ID, LINES, EventStream, Work, batches, events, unless_left
from app.web.stream import MEDIA_TYPE as EVENTS
from app.work.errors import Stopped, WorkError
from app.work.process import Listener
from app.work.runner import Runner, repeatable

JSON = "application/json"
CACHED = "public, max-age=300, must-revalidate"
VARY = "Accept, Accept-Encoding, Accept-Language"


def _runner(request: Request) -> Runner:
    runner: Runner = request.app.state.runner
    return runner


Desk = Annotated[Runner, Depends(_runner)]

EMPTY: dict[str, dict[str, Any]] = {
    "trace": {
        "stdout": "",
        "prints": [],
        "echo": [],
        "notes": [],
        "ticks": 0,
        "graphs": [],
        "passes": [],
        "causes": {},
        "variables": {},
    },
    "gradients": {"value": None, "gradients": {}},
    "gradchecks": {"entries": []},
    "code": {"graph": None, "text": "", "lines": [], "notes": [], "values": None},
    "counts": {"graph": None, "node": None},
    "descents": {"objective": {}, "runs": []},
    "landscapes": {
        "x": [],
        "y": [],
        "z": [],
        "gradient": None,
        "names": [],
        "slice": {},
        "minimum": None,
    },
}


async def answer_post(
    request: Request,
    desk: Runner,
    job: str,
    asked: Asked | LabAsked,
    *,
    streams: bool = False,
    parts: bool = False,
) -> Response:
    """The answer to a request in a body; nobody keeps it. Raises Problem.

    streams: whether progress may be told on the way; parts: whether the answer itself may be."""
    wanted = _wanted(request, streams, parts)
    if parts and wanted != JSON:
        return _in_parts(request, desk, job, asked, wanted)
    work = _work(desk, job, asked)
    if wanted == EVENTS:
        return EventStream(events(work, asked.lang))
    headers = {"Cache-Control": "no-store", "Vary": VARY}
    return Response(await unless_left(request, work), headers=headers, media_type=JSON)


async def answer_link(
    request: Request,
    desk: Runner,
    job: str,
    asked: Asked | LabAsked,
    *,
    streams: bool = False,
    parts: bool = False,
) -> Response:
    """The answer to a request in a link, which may be kept; 304 without computing anything."""
    wanted = _wanted(request, streams, parts)
    if parts and wanted != JSON:
        if request.headers.get("last-event-id") == LAST_ID:
            return Response(None, 204)
        return _in_parts(request, desk, job, asked, wanted)
    work = _work(desk, job, asked)
    if wanted == EVENTS:
        if request.headers.get("last-event-id") == LAST_ID:
            return Response(None, 204)  # the only answer after which an EventSource stays away
        return EventStream(events(work, asked.lang))
    etag = f'"{desk.key(job, asked.canonical())}"'
    headers = {"ETag": etag, "Cache-Control": CACHED, "Vary": VARY}
    if _matches(request.headers.get("if-none-match", ""), etag):
        return Response(None, 304, headers)
    answer = await unless_left(request, work)
    if not repeatable(answer):
        headers = {"Cache-Control": "no-store", "Vary": VARY}
    return Response(answer, headers=headers, media_type=JSON)


def _in_parts(
    request: Request, desk: Runner, job: str, asked: Asked | LabAsked, wanted: str
) -> EventStream:
    """The answer told batch by batch, after the last one that the reader has seen."""
    question = asked.canonical()
    seen = request.headers.get("last-event-id", "")
    if seen.isascii() and seen.isdigit() and len(seen) < 10:
        question["after"] = int(seen)

    async def work(listener: Listener) -> bytes:
        try:
            return await desk.stream(f"{job}.stream", question, listener)
        except Stopped as stopped:
            message, _ = STOPPED.get(stopped.kind, STOPPED["time"])
            raise Problem("stopped", lang=asked.lang, reason=say(asked.lang, message)) from None
        except WorkError as error:
            raise of_work(error, asked.lang) from error

    return EventStream(batches(work, asked.lang, wanted), wanted)


def _wanted(request: Request, streams: bool, parts: bool) -> str:
    offered = (JSON, EVENTS, *LINES) if parts else (JSON, EVENTS) if streams else (JSON,)
    wanted = media_type(request.headers.get("accept", ""), offered)
    if wanted is None:
        raise Problem("not_acceptable")
    return wanted


def _matches(header: str, etag: str) -> bool:
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return any(tag in {etag, "*"} for tag in tags)


def _work(desk: Runner, job: str, asked: Asked | LabAsked) -> Work:
    """The work as web code needs it: what was stopped is an answer, all else a Problem."""
    request = asked.canonical()

    async def work(listener: Listener) -> bytes:
        try:
            return await desk.answer(job, request, listener)
        except Stopped as stopped:
            return _stopped(job, stopped.kind, asked.lang)
        except WorkError as error:
            raise of_work(error, asked.lang) from error

    return work


def _stopped(job: str, kind: str, lang: str) -> bytes:
    """The answer when a whole process had to be ended: nothing is left of the run."""
    message, hint = STOPPED.get(kind, STOPPED["time"])
    diagnostic = {
        "code": kind,
        "message": say(lang, message),
        "hint": say(lang, hint),
        "span": None,
    }
    return orjson.dumps({"status": "limit", "diagnostic": diagnostic} | EMPTY[job])
