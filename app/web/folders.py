"""Where the files beside the code are: in a wheel inside the package, in a checkout above it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """The folder `static` or `templates`. Raises FileNotFoundError when the install has none."""
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the folder {name!r} is neither in the package nor beside it")


def in_checkout() -> bool:
    """Whether files may change while the server runs, as they do during development."""
    return not (PACKAGE / "templates").is_dir()
