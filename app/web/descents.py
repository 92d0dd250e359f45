"""The optimizer lab's part of the API: descents and landscapes."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.answers import Desk, answer_link, answer_post
from app.web.api import REFUSALS, body_of, link_to
from app.web.asking import from_body, from_link
from app.web.descents_schema import Descents, DescentsRequest, Landscape, LandscapesRequest

router = APIRouter(tags=["v1"])
STREAMS = {
    "description": "The answer; as `text/event-stream` or `application/jsonl` told in parts:"
    " `start`, then `batch`es of columns, then `done` (or `error`, a problem). A program's own"
    " path is told while the program runs, and `progress` until it has a row to tell; its"
    " `objective` is `whole` in `done`, which has the box of all of the path.",
    "content": {
        "text/event-stream": {"schema": {"type": "string"}},
        "application/jsonl": {"schema": {"type": "string"}},
    },
}


@router.post(
    "/descents",
    response_model=Descents,
    responses={200: STREAMS, **REFUSALS},
    openapi_extra=body_of(DescentsRequest),
)
async def create_descents(request: Request, desk: Desk) -> Response:
    """Let optimizers descend an objective, or tell a program's own path."""
    asked = await from_body(request, DescentsRequest)
    return await answer_post(request, desk, "descents", asked, parts=True)


@router.get(
    "/descents",
    response_model=Descents,
    responses={200: STREAMS, **REFUSALS},
    openapi_extra=link_to(DescentsRequest),
)
async def read_descents(request: Request, desk: Desk) -> Response:
    """The same by a link; a stream is resumed with Last-Event-ID."""
    asked = from_link(request, DescentsRequest)
    return await answer_link(request, desk, "descents", asked, parts=True)


@router.post(
    "/landscapes",
    response_model=Landscape,
    responses=REFUSALS,
    openapi_extra=body_of(LandscapesRequest),
)
async def create_landscapes(request: Request, desk: Desk) -> Response:
    """Heights of an objective, and on request its gradient field."""
    asked = await from_body(request, LandscapesRequest)
    return await answer_post(request, desk, "landscapes", asked)


@router.get(
    "/landscapes",
    response_model=Landscape,
    responses=REFUSALS,
    openapi_extra=link_to(LandscapesRequest),
)
async def read_landscapes(request: Request, desk: Desk) -> Response:
    """The same by a link, which browsers and proxies may keep."""
    return await answer_link(request, desk, "landscapes", from_link(request, LandscapesRequest))
