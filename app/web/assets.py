"""Static files: kept in memory, packed once, and named after the content of their whole tree."""

import asyncio
import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.errors import Problem

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
PACKED = frozenset({".css", ".html", ".js", ".json", ".map", ".mjs", ".svg", ".txt"})
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file as it is sent, plain and gzipped (None where that does not help)."""

    body: bytes
    packed: bytes | None
    media_type: str

    @classmethod
    def of(cls, name: str, body: bytes) -> "Asset":
        suffix = Path(name).suffix
        packed = gzip.compress(body, 9, mtime=0) if suffix in PACKED and len(body) > 500 else None
        if packed is not None and len(packed) >= len(body):
            packed = None
        return cls(body, packed, TYPES.get(suffix, "application/octet-stream"))


@dataclass(frozen=True)
class Made:
    """A file that is made on first use: `recipe` names its content before it exists."""

    recipe: str
    make: Callable[[], bytes]


Join = Callable[[Mapping[str, bytes]], bytes]
"""Makes one file of several in the folder; it is made anew when one of them changes."""


class Assets:
    """The tree of static files: a folder, files made or taken from installed packages, and files
    joined from those of the folder."""

    def __init__(
        self,
        folder: Path,
        made: dict[str, Made],
        joined: Mapping[str, Join] | None = None,
        *,
        watch: bool,
    ) -> None:
        self.folder = folder
        self.made = made
        self.joined = dict(joined or {})
        self.watch = watch
        self._made: dict[str, Asset] = {}
        self._making = asyncio.Lock()
        self._state: list[tuple[str, int, int]] = []
        self._files: dict[str, Asset] = {}
        self._version = ""
        self.bodies: dict[str, bytes] = {}
        self._load()

    @property
    def version(self) -> str:
        """A hash over the names and contents of all files; while watched, of now."""
        if self.watch:
            self._load()
        return self._version

    def url(self, name: str) -> str:
        """Where a file is, for as long as it is as it is now."""
        return f"/static/{self.version}/{name}"

    async def get(self, name: str) -> Asset | None:
        """The file, made on first use in a thread; None when there is none."""
        if name not in self.made:
            return self._files.get(name)
        async with self._making:
            if name not in self._made:
                body = await asyncio.to_thread(self.made[name].make)
                self._made[name] = await asyncio.to_thread(Asset.of, name, body)
        return self._made[name]

    def _load(self) -> None:
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        state = []
        for path in paths:
            status = path.stat()
            name = path.relative_to(self.folder).as_posix()
            state.append((name, status.st_mtime_ns, status.st_size))
        if state == self._state and self._version:
            return
        digest = sha256()
        bodies = {name: path.read_bytes() for path, (name, _, _) in zip(paths, state, strict=True)}
        every = bodies | {name: join(bodies) for name, join in self.joined.items()}
        files = {name: Asset.of(name, body) for name, body in every.items()}
        for name, body in every.items():
            digest.update(f"{name}\0{len(body)}\0".encode())
            digest.update(body)
        for name, made in sorted(self.made.items()):
            digest.update(f"{name}\0{made.recipe}\0".encode())
        self._state, self._files, self._version = state, files, digest.hexdigest()[:16]
        self.bodies = bodies


router = APIRouter(include_in_schema=False)


@router.get("/static/{version}/{name:path}")
async def static_file(request: Request, version: str, name: str) -> Response:
    """One static file. An address with the present version is good for ever."""
    assets: Assets = request.app.state.assets
    present = assets.version
    asset = await assets.get(name)
    if asset is None:
        raise Problem("not_found")
    etag = f'"{present}"'
    headers = {
        "ETag": etag,
        "Cache-Control": FOR_EVER if version == present else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    body = asset.body
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = asset.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=asset.media_type)
