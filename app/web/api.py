"""The JSON API, version 1. Every computing route takes a body by POST and a link by GET."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.web import meta, share
from app.web.answers import Desk, answer_link, answer_post
from app.web.asking import JSON, PYTHON, from_body, from_link
from app.web.descents_schema import Asked as LabAsked
from app.web.errors import MEDIA_TYPE as PROBLEM
from app.web.schemas import MAX_SEED, Asked, GradientsRequest, ProblemDocument, TraceRequest
from app.web.stream import MEDIA_TYPE as EVENTS
from app.web.trace_schema import Gradients, Trace

router = APIRouter(tags=["v1"])

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemDocument,
        "description": text,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
    for status, text in (
        (406, "No type that is accepted can be given."),
        (413, "The body is too large."),
        (415, "The body has another type."),
        (422, "The request or the program is refused."),
        (503, "Too busy, or our mistake; see Retry-After."),
    )
}
EVENT_STREAM = {
    "description": "The answer. As an event stream: `progress {passes, ticks}` from time to time,"
    " then once `result` with this object or `error` with a problem.",
    "content": {EVENTS: {"schema": {"type": "string"}}},
}


def body_of(model: type[BaseModel], *, text: bool = False) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    if text:
        content[PYTHON] = {"schema": {"type": "string"}, "example": "x = tf.Variable(3.0)\n"}
    return {"requestBody": {"required": True, "content": content}}


def link_to(model: type[Asked] | type[LabAsked]) -> dict[str, Any]:
    example = model.model_validate(_example(model)).canonical()
    q = {
        "name": "q",
        "in": "query",
        "required": True,
        "description": "The same request as `v1.<base64url(deflate-raw(json))>`.",
        "schema": {"type": "string"},
        "example": share.encode(example),
    }
    return {"parameters": [q]}


def _example(model: type[BaseModel]) -> dict[str, Any]:
    examples: list[dict[str, Any]] = model.model_json_schema()["examples"]
    return examples[0]


@router.post(
    "/trace",
    response_model=Trace,
    responses={200: EVENT_STREAM, **REFUSALS},
    openapi_extra={
        **body_of(TraceRequest, text=True),
        "parameters": [
            {
                "name": "seed",
                "in": "query",
                "description": "For a program sent as text.",
                "schema": {"type": "integer", "minimum": 0, "maximum": MAX_SEED},
            },
            {
                "name": "lang",
                "in": "query",
                "description": "For a program sent as text.",
                "schema": {"enum": ["en", "ko"]},
            },
        ],
    },
)
async def create_trace(request: Request, desk: Desk) -> Response:
    """Run a program and tell every operation, gradient and update.

    A program that fails at run time or meets a limit is an answer too: `status` is `error` or
    `limit`, and what ran before is there.
    """
    asked = await from_body(request, TraceRequest, text=True)
    return await answer_post(request, desk, "trace", asked, streams=True)


@router.get(
    "/trace",
    response_model=Trace,
    responses={200: EVENT_STREAM, **REFUSALS},
    openapi_extra=link_to(TraceRequest),
)
async def read_trace(request: Request, desk: Desk) -> Response:
    """The same by a link, which browsers and proxies may keep."""
    return await answer_link(request, desk, "trace", from_link(request, TraceRequest), streams=True)


@router.post(
    "/gradients",
    response_model=Gradients,
    responses=REFUSALS,
    openapi_extra=body_of(GradientsRequest),
)
async def create_gradients(request: Request, desk: Desk) -> Response:
    """The short road: a value and its gradients, without the trace."""
    asked = await from_body(request, GradientsRequest)
    return await answer_post(request, desk, "gradients", asked)


@router.get(
    "/gradients",
    response_model=Gradients,
    responses=REFUSALS,
    openapi_extra=link_to(GradientsRequest),
)
async def read_gradients(request: Request, desk: Desk) -> Response:
    """The same by a link, which browsers and proxies may keep."""
    return await answer_link(request, desk, "gradients", from_link(request, GradientsRequest))


@router.get("/meta", response_model=meta.Meta)
async def read_meta(request: Request, desk: Desk) -> Response:
    """Versions, limits, dialects, operations and example programs."""
    return meta.respond(desk, request.app.state.limits)
