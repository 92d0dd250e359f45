"""Answers to computing requests: JSON bytes from a worker, an event stream, or a problem."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from starlette.responses import Response

from app.story.words import say
from app.web.errors import Problem, of_work
from app.web.prefer import media_type
from app.web.problems import STOPPED
from app.web.schemas import Asked
from app.web.stream import LAST_ID, EventStream, Work, events, unless_left
from app.web.stream import MEDIA_TYPE as EVENTS
from app.work.errors import Stopped, WorkError
from app.work.process import Listener
from app.work.runner import Runner, repeatable

JSON = "application/json"
CACHED = "public, max-age=300, must-revalidate"
VARY = "Accept, Accept-Encoding"


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
}


async def answer_post(
    request: Request, desk: Runner, job: str, asked: Asked, *, streams: bool = False
) -> Response:
    """The answer to a request in a body; nobody keeps it. Raises Problem."""
    wanted = _wanted(request, streams)
    work = _work(desk, job, asked)
    if wanted == EVENTS:
        return EventStream(events(work, asked.lang))
    headers = {"Cache-Control": "no-store", "Vary": VARY}
    return Response(await unless_left(request, work), headers=headers, media_type=JSON)


async def answer_link(
    request: Request, desk: Runner, job: str, asked: Asked, *, streams: bool = False
) -> Response:
    """The answer to a request in a link, which may be kept; 304 without computing anything."""
    wanted = _wanted(request, streams)
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


def _wanted(request: Request, streams: bool) -> str:
    offered = (JSON, EVENTS) if streams else (JSON,)
    wanted = media_type(request.headers.get("accept", ""), offered)
    if wanted is None:
        raise Problem("not_acceptable")
    return wanted


def _matches(header: str, etag: str) -> bool:
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return any(tag in {etag, "*"} for tag in tags)


def _work(desk: Runner, job: str, asked: Asked) -> Work:
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
