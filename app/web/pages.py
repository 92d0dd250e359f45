"""The pages: templates filled with a language, a theme and the address of every file."""

from functools import lru_cache, partial
from typing import Any

import orjson
from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from app import __version__
from app.story.words import both, catalogue, say
from app.web import joined
from app.web.assets import Assets, Join
from app.web.errors import Problem
from app.web.examples import EXAMPLES
from app.web.folders import folder, in_checkout
from app.web.offer import most, offer
from app.web.prefer import language
from app.web.problems import PROBLEMS

THEMES = ("light", "dark")
ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def json_script(value: Any) -> Markup:
    """JSON that can stand inside a script element: nothing in it ends the element."""
    return Markup(orjson.dumps(value).decode().translate(ESCAPES))


def environment() -> Environment:
    """The templates. They escape by themselves and know no name by chance."""
    made = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=True,
        auto_reload=in_checkout(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["json_script"] = json_script
    return made


router = APIRouter(include_in_schema=False)


SCRIPTS = {
    "deck": (),
    "descent": (),
    "embed-deck": ("js/draw/near.js",),
    "embed-descent": ("js/draw/place.js", "js/draw/rows.js", "js/draw/runs.js"),
}
"""The module that a page starts, and what of its imports the page has no use for."""
BY_NUMBER = {"embed-deck", "embed-descent"}
"""Pages that must be light: each sentence is in them once, in the page's language."""


def joined_files() -> dict[str, Join]:
    """The one script of each page, made from its modules."""
    return {
        f"{joined.FOLDER}/page-{name}.js": partial(
            joined.script,
            name=f"js/pages/{name}.js",
            without=without,
            by_number=name in BY_NUMBER,
        )
        for name, without in SCRIPTS.items()
    }


@lru_cache(maxsize=4 * len(SCRIPTS))
def _messages(assets: Assets, version: str, script: str, lang: str) -> dict[str, str] | list[str]:
    """What a page's script may say, in one language: by its English, or by number."""
    known = catalogue(lang, "pages")
    asked = assets.bodies, f"js/pages/{script}.js", SCRIPTS[script]
    if script in BY_NUMBER:
        listed = [known.get(text, text) for text in joined.numbered(*asked)]
        later = {text: known[text] for text in joined.said_later(*asked) if text in known}
        return (
            {str(number): text for number, text in enumerate(listed)} | later if later else listed
        )
    said = joined.sentences(*asked)
    return {text: known[text] for text in sorted(said & known.keys())}


def render(request: Request, template: str, script: str = "", **more: Any) -> Response:
    """One page for this visitor. script: the module that it starts; more: what only its template
    knows, or is to know otherwise."""
    templates: Environment = request.app.state.templates
    assets: Assets = request.app.state.assets
    lang = language(request)
    theme = request.query_params.get("theme", "")
    known = {
        "lang": lang,
        "theme": theme if theme in THEMES else "",
        "_": partial(say, lang),
        "static": assets.url,
        "script": assets.url(f"{joined.FOLDER}/page-{script}.js"),
        "messages": _messages(assets, assets.version, script, lang) if script else {},
        "examples": [example.card(lang) for example in EXAMPLES],
    }
    text = templates.get_template(template).render(known | more)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Language": lang,
        "Vary": "Accept-Language, Accept-Encoding",
    }
    return HTMLResponse(text, headers=headers)


def refusal(request: Request, problem: Problem) -> Response:
    """What a visitor sees where there is nothing to see."""
    told = problem.document(problem.lang or language(request))
    page = render(request, "problem.html", problem=told)
    page.status_code = problem.status
    page.headers.update({**problem.headers, "Cache-Control": "no-store"})
    page.headers["Vary"] = "Accept, " + page.headers["Vary"]
    return page


@router.get("/")
async def home(request: Request) -> Response:
    """The first page, a program ready to play."""
    return render(request, "home.html", "deck")


@router.get("/deck")
async def deck(request: Request) -> Response:
    """The studio."""
    return render(request, "deck.html", "deck")


@router.get("/descent")
async def descent(request: Request) -> Response:
    """The optimizer lab."""
    return render(
        request, "descent.html", "descent", offer=offer() | {"most": most(request.app.state.limits)}
    )


@router.get("/healthz")
async def healthz() -> Response:
    """Whether the server is alive."""
    content = {"status": "ok", "version": __version__}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


@router.get("/problems/{code}")
async def problem(code: str) -> Response:
    """What a problem's type means."""
    kind = PROBLEMS.get(code)
    if kind is None:
        raise Problem("not_found")
    return JSONResponse(
        {
            "code": code,
            "status": kind.status,
            "title": both(kind.title),
            "detail": both(kind.detail),
        }
    )
