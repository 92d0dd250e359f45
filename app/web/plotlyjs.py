"""plotly.js from the installed `plotly`: draws the surfaces, loaded when the first one is shown."""

from importlib.metadata import version

NAME = "plotly/plotly.min.js"


def recipe() -> str:
    """What the file's bytes depend on."""
    return f"plotly {version('plotly')}"


def make() -> bytes:
    """The whole of plotly.js, some 5 MB."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs()).encode()
