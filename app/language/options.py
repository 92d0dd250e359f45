"""Options that the frameworks' functions have and ours have not, read from options.json."""

import json
from pathlib import Path

# By framework and the function's own name; tests/golden/make_options.py wrote them.
# Read at once, for a worker's files are closed.
_OPTIONS: dict[str, dict[str, frozenset[str]]] = {
    framework: {name: frozenset(options.split()) for name, options in functions.items()}
    for framework, functions in json.loads(
        Path(__file__).with_suffix(".json").read_text("utf-8")
    ).items()
}


def is_option(function: str, name: str) -> bool:
    """Whether the real function has this option. Without a framework in front ("numpy.sum") the
    function is any of that name, and all of them must have it."""
    framework, _, rest = function.removesuffix(".__init__").partition(".")
    among = [_OPTIONS[framework]] if framework in _OPTIONS else list(_OPTIONS.values())
    own = (rest if framework in _OPTIONS else function.removesuffix(".__init__")).rpartition(".")[2]
    found = [functions[own] for functions in among if own in functions]
    return bool(found) and all(name in options for options in found)
