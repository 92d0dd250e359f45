"""Reading what is asked: a JSON body, a program as text, or a link, each strictly."""

from typing import TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.web import share
from app.web.errors import Problem, of_fields, of_validation
from app.web.prefer import language

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
PYTHON = "text/x-python"


async def from_body(request: Request, model: type[M], *, text: bool = False) -> M:
    """The request in the body: JSON, or where `text` allows it a program. Raises Problem."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == JSON:
        return parse(await request.body(), model, request)
    if text and content_type == PYTHON:
        return _from_text(await request.body(), model, request)
    types = f"{JSON}, {PYTHON}" if text else JSON
    raise Problem("content_type", types=types, headers={"Accept-Post": types})


def from_link(request: Request, model: type[M]) -> M:
    """The request in the parameter `q`. Raises Problem."""
    q = request.query_params.get("q")
    if q is None:
        raise of_fields([{"loc": ("q",), "type": "missing"}], language(request))
    return parse(share.decode(q), model, request)


def parse(body: bytes, model: type[M], request: Request) -> M:
    """Strict JSON (RFC 8259, UTF-8, finite numbers) that fits the model. Raises Problem."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem("json", line=error.lineno, column=error.colno) from None
    return _fit(value, model, request)


def _from_text(body: bytes, model: type[M], request: Request) -> M:
    try:
        source = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem("text") from None
    value: dict[str, object] = {"source": source}
    seed = request.query_params.get("seed")
    if seed is not None:
        value["seed"] = int(seed) if seed.isascii() and seed.isdigit() and len(seed) < 18 else seed
    return _fit(value, model, request)


def _fit(value: object, model: type[M], request: Request) -> M:
    """The request as its model; one that names no language is in the visitor's."""
    if isinstance(value, dict):
        value.setdefault("lang", language(request))
    try:
        return model.model_validate(value, context=request.app.state.limits)
    except ValidationError as error:
        lang = value.get("lang") if isinstance(value, dict) else None
        spoken = lang if lang in ("en", "ko") else language(request)
        raise of_validation(error, spoken) from None
