"""Errors as RFC 9457 problem documents: one form for every refusal on every path."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.story.words import say
from app.web.prefer import language, media_type
from app.web.problems import ANYTHING_ELSE, BY_STATUS, FIELDS, PROBLEMS
from app.work.errors import Declined, Overloaded, WorkError

LOG = logging.getLogger("gradtape.web")
MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
RETRY_SECONDS = 5
FOR_SCRIPTS = ("/api/", "/static/", "/problems/")


class Problem(Exception):
    """A refusal by its code in the table of problems, with what its sentence names."""

    def __init__(
        self,
        code: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        lang: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        self.lang = lang
        self.values = values

    @property
    def status(self) -> int:
        return PROBLEMS[self.code].status

    def document(self, lang: str) -> dict[str, Any]:
        """The problem as the object that is sent."""
        kind = PROBLEMS[self.code]
        return {
            "type": f"/problems/{self.code}",
            "title": say(lang, kind.title),
            "status": kind.status,
            "detail": say(lang, kind.detail, **self.values),
            "code": self.code,
            **self.extra,
        }


def of_work(error: WorkError, lang: str) -> Problem:
    """The problem that tells of a job without an answer."""
    if isinstance(error, Declined):
        diagnostic = error.diagnostic
        extra = {"code": error.code, "diagnostic": diagnostic}
        if isinstance(diagnostic.get("message"), str):
            extra["detail"] = diagnostic["message"]
        return Problem("refused", extra=extra, lang=lang)
    if isinstance(error, Overloaded):
        return Problem("busy", headers={"Retry-After": str(RETRY_SECONDS)}, lang=lang)
    return Problem("internal", headers={"Retry-After": str(RETRY_SECONDS)}, lang=lang)


def of_fields(errors: Sequence[Mapping[str, Any]], lang: str) -> Problem:
    """The problem that points at each field that is not as it should be."""
    shown = [
        {"pointer": pointer(error["loc"]), "code": error["type"], "detail": _sentence(error, lang)}
        for error in errors[:MAX_ERRORS]
    ]
    extra: dict[str, Any] = {"errors": shown}
    if len(errors) > MAX_ERRORS:
        extra["more_errors"] = len(errors) - MAX_ERRORS
    return Problem("invalid", extra=extra)


def of_validation(error: ValidationError, lang: str) -> Problem:
    """The problem of a request that does not fit its model; what was sent is not repeated."""
    details = error.errors(include_url=False, include_input=False)
    return of_fields(details, lang)


def pointer(place: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901) to a place in a request, long names cut."""
    steps = (str(step)[:60].replace("~", "~0").replace("/", "~1") for step in place[:8])
    return "".join(f"/{step}" for step in steps)


def _sentence(error: Mapping[str, Any], lang: str) -> str:
    context = {key: str(value)[:200] for key, value in (error.get("ctx") or {}).items()}
    return say(lang, FIELDS.get(error["type"], ANYTHING_ELSE), **context)


def respond(problem: Problem, connection: HTTPConnection) -> Response:
    """The problem as a response, in its own language or the visitor's."""
    lang = problem.lang or language(connection)
    headers = {"Cache-Control": "no-store", "Content-Language": lang, **problem.headers}
    body = orjson.dumps(problem.document(lang))
    return Response(body, problem.status, headers, MEDIA_TYPE)


def _reads_pages(request: Request) -> bool:
    """Whether it is a person at a browser's address bar who asks, not a script."""
    if request.method != "GET" or request.url.path.startswith(FOR_SCRIPTS):
        return False
    return media_type(request.headers.get("accept", ""), (MEDIA_TYPE, "text/html")) == "text/html"


def install(app: FastAPI, page: Callable[[Request, Problem], Response]) -> None:
    """Makes every exception that a route may raise a problem; a person gets it as a `page`."""

    def told(request: Request, problem: Problem) -> Response:
        return page(request, problem) if _reads_pages(request) else respond(problem, request)

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return told(request, error)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code < 400:
            return Response(None, error.status_code, error.headers)
        code = BY_STATUS.get(error.status_code)
        if code is None:
            code = "bad_request" if error.status_code < 500 else "internal"
        return told(request, Problem(code, headers=error.headers))

    async def parameters(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(of_fields(error.errors(), language(request)), request)

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, parameters)
