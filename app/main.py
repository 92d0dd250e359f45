"""The application: the only place where everything meets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from app import __version__
from app.web import (
    api,
    assets,
    derivations,
    descents,
    docs,
    embed,
    errors,
    font,
    gradchecks,
    pages,
    plotlyjs,
)
from app.web.assets import Assets, Made
from app.web.folders import folder, in_checkout
from app.web.guard import Guard
from app.web.settings import LOCAL_HOSTS, Settings
from app.work.cache import Answers
from app.work.limits import LOCAL_MEMORY, default_limits, every_limit
from app.work.pool import Pool
from app.work.runner import Runner

ABOUT = """\
Send training code, get every operation, gradient and update.

Requests are pure: the same program, inputs and seed give the same answer. Numbers that JSON does
not have are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`; `null` means "not computed".
Every refusal is a problem document (RFC 9457).
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """A server as the settings want it; it starts its workers when it starts to serve."""
    settings = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        command = settings.command
        if settings.local:
            command += (str(LOCAL_MEMORY),)
        pool = Pool(settings.workers, command=command, waiting=settings.waiting)
        limits = default_limits(settings.local)
        if settings.seconds:
            limits["seconds"] = float(settings.seconds)
        app.state.runner = Runner(pool, Answers(settings.cache), limits)
        await pool.start()
        try:
            yield
        finally:
            await pool.stop()

    app = docs.Documented(
        title="Gradtape",
        version=__version__,
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    made = {one.NAME: Made(one.recipe(), one.make) for one in (font, plotlyjs)} | docs.files()
    app.state.assets = Assets(
        folder("static"), made, pages.joined_files() | embed.joined_files(), watch=in_checkout()
    )
    app.state.templates = pages.environment()
    app.state.limits = every_limit(settings.local)
    errors.install(app, pages.refusal)
    for part in (api, gradchecks, derivations, descents):
        app.include_router(part.router, prefix="/api/v1")
    for room in (pages, embed, assets, docs):
        app.include_router(room.router)
    app.add_middleware(GZipMiddleware, compresslevel=4)  # 5 takes twice as long and saves 1.5 %
    hosts = {*LOCAL_HOSTS, *settings.hosts}
    app.add_middleware(Guard, hosts=hosts, max_body=settings.max_body)
    return app
