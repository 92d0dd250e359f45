"""The derivative as code, and paths counted: their part of the API."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.answers import Desk, answer_link, answer_post
from app.web.api import REFUSALS, body_of, link_to
from app.web.asking import from_body, from_link
from app.web.derivations_schema import Code, CodeRequest, Counts, CountsRequest

router = APIRouter(tags=["v1"])


@router.post("/code", response_model=Code, responses=REFUSALS, openapi_extra=body_of(CodeRequest))
async def create_code(request: Request, desk: Desk) -> Response:
    """A program's derivative as code, or as a script for NumPy, PyTorch or TensorFlow."""
    return await answer_post(request, desk, "code", await from_body(request, CodeRequest))


@router.get("/code", response_model=Code, responses=REFUSALS, openapi_extra=link_to(CodeRequest))
async def read_code(request: Request, desk: Desk) -> Response:
    """The same by a link, which browsers and proxies may keep."""
    return await answer_link(request, desk, "code", from_link(request, CodeRequest))


@router.post(
    "/counts", response_model=Counts, responses=REFUSALS, openapi_extra=body_of(CountsRequest)
)
async def create_counts(request: Request, desk: Desk) -> Response:
    """A node's paths to the target with their products, and what differentiating costs."""
    return await answer_post(request, desk, "counts", await from_body(request, CountsRequest))


@router.get(
    "/counts", response_model=Counts, responses=REFUSALS, openapi_extra=link_to(CountsRequest)
)
async def read_counts(request: Request, desk: Desk) -> Response:
    """The same by a link, which browsers and proxies may keep."""
    return await answer_link(request, desk, "counts", from_link(request, CountsRequest))
