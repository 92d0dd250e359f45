"""The version of everything that an answer depends on."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from app import __version__

ROOMS = ("engine", "story", "descent", "language", "locale", "work")


@cache
def engine_version() -> str:
    """The release and a hash over the text of every room that computes.

    A changed rule changes every answer's name, in the midst of development too.
    """
    package = Path(__file__).resolve().parent.parent
    digest = sha256()
    for room in ROOMS:
        for path in sorted((package / room).rglob("*")):
            if path.suffix in {".py", ".po"}:
                digest.update(path.relative_to(package).as_posix().encode())
                digest.update(path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"
