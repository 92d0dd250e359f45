"""The guard: what every request passes before any route, and every response on its way out.

Pure ASGI, so that streams pass unbuffered: trusted hosts, security headers, cross-origin rules,
limits on bodies and patience, HEAD for every GET, and a problem instead of any exception.
"""

import asyncio
import logging
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.errors import Problem, respond
from app.web.incoming import Incoming

LOG = logging.getLogger("gradtape.web")


def policy(framers: str) -> str:
    """What a page may load, and who may put it into a frame."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {framers}",
        )
    )


SECURITY = {
    "Content-Security-Policy": policy("'self'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Language, Content-Type, "
    "If-None-Match, Last-Event-ID",
    "Access-Control-Max-Age": "86400",
    "Vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
}
SAME_ORIGIN = {"Cross-Origin-Resource-Policy": "same-origin"}
# Embeds have nothing to press that writes, so a foreign frame round them does no harm. The star
# means web pages only; the others are pages opened from a disk and in notebooks.
FRAMED = {
    "Content-Security-Policy": policy("* file: data: blob:"),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
OPEN = ("/api/", "/static/")
EMBEDS = "/embed/"


class Guard:
    """Stands round the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        max_body: int,
        receive_seconds: float = 10.0,
        send_seconds: float = 20.0,
    ) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.max_body = max_body
        self.receive_seconds = receive_seconds
        self.send_seconds = send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked_for_head = scope["method"] == "HEAD"
        if asked_for_head:
            scope = {**scope, "method": "GET"}
        added = SECURITY | _by_place(scope["path"])
        connection = HTTPConnection(scope)
        incoming = Incoming(connection.headers, receive, self.max_body, self.receive_seconds)
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                await incoming.drain()
                MutableHeaders(scope=message).update(added)
            elif asked_for_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            try:
                async with asyncio.timeout(self.send_seconds):
                    await send(message)
            except TimeoutError:  # a reader who accepts nothing holds nothing up
                raise ClientDisconnect from None

        try:
            early = self._early(scope, connection.headers)
            answer = early or self.app
            await answer(scope, incoming, send_guarded)
        except Problem as problem:
            if not started:
                await respond(problem, connection)(scope, receive, send_guarded)
        except ClientDisconnect:
            pass  # nobody is there to answer
        except Exception:
            LOG.exception("a request failed: %s %r", scope["method"], scope["path"])
            if not started:
                response = respond(Problem("internal"), connection)
                await response(scope, receive, send_guarded)

    def _early(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to requests that no route sees. Raises Problem."""
        if _without_port(headers.get("host", "")) not in self.hosts:
            raise Problem("host")
        if (
            scope["method"] == "OPTIONS"
            and "access-control-request-method" in headers
            and scope["path"].startswith(OPEN)
        ):
            return Response(None, 204, PREFLIGHT)
        return None


def _by_place(path: str) -> dict[str, str]:
    """The headers that depend on who may use what lies here."""
    if path.startswith(OPEN):
        return CROSS_ORIGIN
    return FRAMED if path.startswith(EMBEDS) else SAME_ORIGIN


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
