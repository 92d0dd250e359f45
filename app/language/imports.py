"""import and from … import: of the frameworks, and of what courses import beside them."""

import ast
from collections.abc import Callable

from app.language.dialects import MODULES
from app.language.dialects.naming import NAMED_TUPLE
from app.language.elsewhere import MEMBERS, close_members
from app.language.elsewhere import MODULES as IMPORTABLE
from app.language.errors import Refused, close_names
from app.language.machine import Machine
from app.language.scope import Context, Frame, bind
from app.language.values import Namespace, Skipped, Value

Do = Callable[[Machine, Frame], None]
# every use of these is skipped: plots, clocks and the like
SKIPPED = (
    *("matplotlib", "mpl_toolkits", "seaborn", "IPython", "pylab"),
    *("time", "datetime", "typing", "gc", "logging", "wandb"),
)

OF_SKIPPED: dict[str, Value] = {"typing.NamedTuple": NAMED_TUPLE}
"""What is there of a module whose uses are skipped."""


def import_(node: ast.Import, context: Context) -> Do:
    found = []
    for alias in node.names:
        module = _module(alias.name, context, node)
        if alias.asname is None:
            found.append(
                (alias.name.split(".")[0], _module(alias.name.split(".")[0], context, node))
            )
        else:
            found.append((alias.asname, module))

    def run(m: Machine, f: Frame) -> None:
        for name, module in found:
            bind(m, f, name, module)
        return None

    return run


def _module(name: str, context: Context, node: ast.stmt) -> Value:
    """The module of this dotted name."""
    first, *rest = name.split(".")
    if first in SKIPPED:
        return Skipped(name)
    module = MODULES.get(first)
    for part in rest:
        module = module.members.get(part) if isinstance(module, Namespace) else None
    if module is not None:
        return module
    known = IMPORTABLE.get(first)
    close = close_names(first, MODULES) if known is None and first not in MODULES else []
    raise Refused("import", context.span(node), name=name, advice=known, close=close)


def from_(node: ast.ImportFrom, context: Context) -> Do:
    if node.module == "__future__":
        return lambda m, f: None
    module = _module(node.module or "", context, node)
    found = []
    for alias in node.names:
        value = module.members.get(alias.name) if isinstance(module, Namespace) else module
        value = OF_SKIPPED.get(f"{node.module}.{alias.name}", value)
        if value is None or node.level:
            whole = f"{node.module}.{alias.name}"
            close = close_members(alias.name, module) if isinstance(module, Namespace) else []
            known = MEMBERS.get(whole)
            raise Refused("import", context.span(node), name=whole, advice=known, close=close)
        found.append((alias.asname or alias.name, value))

    def run(m: Machine, f: Frame) -> None:
        for name, value in found:
            bind(m, f, name, value)
        return None

    return run


def missing_module(node: ast.Import | ast.ImportFrom) -> str:
    """What Python says where the first module that is not here is imported."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
        name = next((x for x in names if x.split(".")[0] not in (*MODULES, *SKIPPED)), names[0])
    else:
        name = node.module or ""
    first = name.split(".")[0]
    if isinstance(node, ast.ImportFrom) and (first in MODULES or first in SKIPPED):
        return f"ImportError: cannot import name '{node.names[0].name}' from '{name}'"
    return f"ModuleNotFoundError: No module named '{first}'"
