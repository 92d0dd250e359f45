"""The page of the API's documentation: Swagger UI from its wheel, without any other host.

That Swagger UI reads OpenAPI 3.0 only, so the page gets the 3.1 document put into 3.0's words.
"""

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request
from pydantic.json_schema import models_json_schema
from starlette.responses import HTMLResponse, Response

from app.web.assets import Assets, Made
from app.web.derivations_schema import CodeRequest, CountsRequest
from app.web.descents_schema import DescentsRequest, LandscapesRequest
from app.web.gradchecks_schema import GradchecksRequest
from app.web.schemas import GradientsRequest, TraceRequest

NAMES = ("swagger-ui.css", "swagger-ui-bundle.js")
OWN = ("page.css", "start.js")
PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>API · Gradtape</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="{swagger-ui.css}">
  <link rel="stylesheet" href="{page.css}">
  <script defer src="{swagger-ui-bundle.js}"></script>
  <script defer src="{start.js}"></script>
</head>
<body><div id="docs" data-url="/api/v1/openapi-3.0.json"></div></body>
</html>
"""

MODELS = (
    TraceRequest,
    GradientsRequest,
    GradchecksRequest,
    CodeRequest,
    CountsRequest,
    DescentsRequest,
    LandscapesRequest,
)


def files() -> dict[str, Made]:
    """Swagger UI's files among the static ones."""
    from swagger_ui_bundle import swagger_ui_path

    wheel, own = Path(swagger_ui_path), Path(__file__).with_name("swagger")
    paths = [wheel / name for name in NAMES] + [own / name for name in OWN]
    return {
        f"swagger/{path.name}": Made(f"{path.parent.name} {path.stat().st_size}", path.read_bytes)
        for path in paths
    }


router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The documentation, to be read and tried."""
    assets: Assets = request.app.state.assets
    page = PAGE
    for name in NAMES + OWN:
        page = page.replace(f"{{{name}}}", assets.url(f"swagger/{name}"))
    return HTMLResponse(page, headers={"Cache-Control": "no-cache"})


@router.get("/api/v1/openapi-3.0.json")
async def openapi_30(request: Request) -> Response:
    """The API's document for readers of OpenAPI 3.0."""
    return Response(_document(request.app), media_type="application/json")


class Documented(FastAPI):
    """An application whose document says what bodies it reads itself, and that refusals are
    problems and nothing else."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        for path in document["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if status >= "400":
                        response["content"].pop("application/json", None)
        _, asked = models_json_schema(
            [(model, "validation") for model in MODELS],
            ref_template="#/components/schemas/{model}",
        )
        document["components"]["schemas"].update(asked["$defs"])
        return document


@cache
def _document(app: FastAPI) -> bytes:
    return orjson.dumps({**older(app.openapi()), "openapi": "3.0.3"})


def older(schema: Any) -> Any:
    """A part of an OpenAPI 3.1 document in the words of 3.0."""
    if isinstance(schema, list):
        return [older(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: older(part) for key, part in schema.items()}
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if isinstance(found.get("examples"), list) and found["examples"]:
        found["example"] = found.pop("examples")[0]
    choices = found.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        found.pop("anyOf")
        found["nullable"] = True
        found.update(rest[0] if len(rest) == 1 and "$ref" not in rest[0] else {"anyOf": rest})
    return found
