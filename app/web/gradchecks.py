"""Gradient checks: their part of the API."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.answers import Desk, answer_link, answer_post
from app.web.api import REFUSALS, body_of, link_to
from app.web.asking import from_body, from_link
from app.web.gradchecks_schema import Gradchecks, GradchecksRequest

router = APIRouter(tags=["v1"])


@router.post(
    "/gradchecks",
    response_model=Gradchecks,
    responses=REFUSALS,
    openapi_extra=body_of(GradchecksRequest),
)
async def create_gradchecks(request: Request, desk: Desk) -> Response:
    """Gradients against difference quotients: the derivative's second witness."""
    asked = await from_body(request, GradchecksRequest)
    return await answer_post(request, desk, "gradchecks", asked)


@router.get(
    "/gradchecks",
    response_model=Gradchecks,
    responses=REFUSALS,
    openapi_extra=link_to(GradchecksRequest),
)
async def read_gradchecks(request: Request, desk: Desk) -> Response:
    """The same by a link, which browsers and proxies may keep."""
    return await answer_link(request, desk, "gradchecks", from_link(request, GradchecksRequest))
