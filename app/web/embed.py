"""Embeds: the deck and the lab without chrome, for a frame in somebody else's page.

Every parameter is optional, an unknown one is ignored and a bad one falls back: whatever stands in
the address, a reader of that page sees a picture.
"""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.story.words import say
from app.web import joined, share
from app.web.assets import Join
from app.web.errors import Problem
from app.web.examples import EXAMPLES
from app.web.offer import most, offer
from app.web.pages import THEMES, render
from app.web.prefer import language
from app.web.schemas import TraceRequest

SHEETS = {
    "deck": ("tokens", "base", "graph", "now", "transport", "embed"),
    "descent": ("tokens", "base", "map", "transport", "embed", "embed-descent"),
}
ASKED = ("source", "inputs", "seed")
VIEWED = ("q", "view", "surface")


def joined_files() -> dict[str, Join]:
    """The one sheet of each embed, made from those of the pages."""
    return {
        f"css/joined-{kind}.css": partial(
            joined.sheets, names=[f"css/{sheet}.css" for sheet in sheets]
        )
        for kind, sheets in SHEETS.items()
    }


router = APIRouter(include_in_schema=False)


@router.get("/embed/deck")
async def deck(request: Request) -> Response:
    """Graph, tick and player of one program."""
    packed = request.query_params.get("q")
    program, title = program_of(packed), "Gradtape"
    if program:
        full = {"q": share.encode(program)}
    else:
        wanted = request.query_params.get("example")
        example = next((one for one in EXAMPLES if one.id == wanted), EXAMPLES[0])
        program = {"source": example.source} | (
            {"inputs": example.inputs} if example.inputs else {}
        )
        full, title = {"example": example.id}, example.title
    q = share.encode(program | {"lang": language(request)})  # the API's own link, in its language
    asked = {"q": q, "program": program, "damaged": packed is not None and "q" not in full}
    return embed(request, "deck", asked, full=full, title=title)


@router.get("/embed/descent")
async def descent(request: Request) -> Response:
    """Map, words, losses and player of one race."""
    query = request.query_params
    names = [{key: one[key] for key in ("name", "options")} for one in offer()["optimizers"]]
    asked = {
        "offer": {"functions": [], "optimizers": names, "most": most(request.app.state.limits)}
    }
    full = {name: query[name] for name in VIEWED if name in query}
    return embed(request, "descent", asked, full=full, title="Descent")


def program_of(q: str | None) -> dict[str, Any] | None:
    """The program inside a link, as the API takes it; None where there is none."""
    try:
        packed = orjson.loads(share.decode(q or ""))
        found = {name: packed[name] for name in ASKED if packed.get(name) is not None}
        program = TraceRequest.model_validate(found)
    except (Problem, AttributeError, ValueError):
        return None
    return program.model_dump(include=set(ASKED), exclude_none=True)


def embed(
    request: Request, kind: str, asked: dict[str, Any], *, full: dict[str, str], title: str
) -> Response:
    """A page without chrome. full: the query of the same picture at full size, but for the tick."""
    lang = language(request)
    theme = request.query_params.get("theme", "")
    kept = {"lang": lang} | ({"theme": theme} if theme in THEMES else {})
    return render(
        request,
        "embed.html",
        f"embed-{kind}",
        embedded=kind,
        asked=asked,
        full=f"/{kind}?{urlencode(full | kept)}",
        title=say(lang, title),
    )
