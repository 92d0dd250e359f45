"""Links: a whole request in the parameter `q`, as v1.<base64url(deflate-raw(json))>."""

import base64
import binascii
import zlib
from typing import Any

import orjson

from app.web.errors import Problem

VERSION = "v1"
MAX_INFLATED = 256 * 1024


def encode(request: dict[str, Any]) -> str:
    """The value of `q` for a request; equal requests give equal links."""
    text = orjson.dumps(request, option=orjson.OPT_SORT_KEYS)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeeze.compress(text) + squeeze.flush()
    return f"{VERSION}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def decode(q: str) -> bytes:
    """The JSON inside a link, not yet parsed. Raises Problem."""
    version, dot, body = q.partition(".")
    if not dot or not body.isascii():
        raise Problem("link")
    if version != VERSION:
        raise Problem("link_version")
    try:
        padded = body.rstrip("=") + "=" * (-len(body.rstrip("=")) % 4)
        packed = base64.b64decode(padded, altchars=b"-_", validate=True)
        inflate = zlib.decompressobj(-15)
        text = inflate.decompress(packed, MAX_INFLATED + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Problem("link") from None
    if len(text) > MAX_INFLATED:
        raise Problem("link_size", limit=MAX_INFLATED)
    if not inflate.eof or inflate.unused_data:
        raise Problem("link")
    return text
