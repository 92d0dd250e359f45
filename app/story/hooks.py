"""What hooks of the program make of gradients, in a script: registered in PyTorch, lines on the
gradient in NumPy, and in TensorFlow a function whose value is what it is given."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.engine.primitives.own import Own, own_gradient
from app.story.own_steps import Remark, Steps, step_text
from app.story.segment import Call, Item
from app.story.written import is_spelled

if TYPE_CHECKING:
    from app.story.telling import Telling

INDENT = "    "


class HookSteps(Steps):
    """What a hook made of the gradient of a node, in the nodes of its pass."""

    def __init__(self, told: "Telling", x: Item, own: Own):
        stand_in = Item(x.value, x.data, own_gradient, (x, own), (x.data, own))
        super().__init__(told, stand_in, own.derived[-1])
        self.part = self.parts[0]

    def _is_there(self, x: Item) -> bool:
        return True

    def _read(self, x: Item) -> Item:
        if x not in self.reads:
            self.reads.append(x)
        return x


def hooked(call: Call) -> list[tuple[Item, Own]]:
    """The nodes whose gradient a hook has changed in this call, and what it did."""
    return [(x, own) for x, own in call.hooks.items() if x in call.changed]


def unwritten(told: "Telling", language: str) -> bool:
    """Whether a hook that changes a gradient has no form in this language's script."""
    changing = [call for call in told.calls if call.changed]
    if not changing:
        return False
    if len(told.calls) > 1 or any(len(own.derived) != 1 for _, own in hooked(changing[0])):
        return True
    if language != "tensorflow":
        return False
    (call,) = changing
    for x, own in hooked(call):  # there it stands behind its node, before what is made of it
        late = any(told.node[y] > told.node[x] for y in HookSteps(told, x, own).reads)
        if late or (x.op is not None and x in call.sources):
            return True
    return False


@dataclass
class Hooks:
    """The hooks of a pass in one language.

    names: of the nodes; array: writes a constant; remark: is told of an operation that has another
    convention there; of: the steps by the node.
    """

    told: "Telling"
    language: str
    names: Mapping[Item, str]
    array: Callable[[Any], str]
    remark: Remark
    of: dict[Item, HookSteps] = field(init=False)

    def __post_init__(self) -> None:
        changes = [one for call in self.told.calls for one in hooked(call)]
        self.of = {x: HookSteps(self.told, x, own) for x, own in changes}

    def _lines(self, steps: HookSteps, local: dict[Item, str]) -> tuple[list[str], str]:
        """Each step on a line, and the result."""
        local |= {x: self.array(x.data) for x in steps.constants}
        lines: list[str] = []
        for i, x in enumerate(steps.items):
            text = step_text(x, self.language, local, self.remark)
            if x is steps.part:
                return lines, text
            local[x] = f"s{i + 1}"
            lines.append(f"s{i + 1} = {text}")
        return lines, local[steps.part] if steps.part is not None else "g"

    def registered(self) -> Iterator[str]:
        """For PyTorch, after the pass."""
        for x, steps in self.of.items():
            lines, result = self._lines(steps, {**self.names, steps.upstream: "g"})
            name = self.names[x]
            if lines:
                yield f"def hook_{name}(g):"
                yield from (INDENT + line for line in [*lines, f"return {result}"])
                yield f"{name}.register_hook(hook_{name})"
            else:
                yield f"{name}.register_hook(lambda g: {result})"

    def passed(self, x: Item) -> list[str]:
        """For TensorFlow: what stands behind a node, which is called so from there on."""
        steps, name = self.of[x], self.names[x]
        lines, result = self._lines(steps, {**self.names, steps.upstream: "g"})
        inner = [f"{INDENT}def grad(g):", *(INDENT * 2 + line for line in lines)]
        inner += [f"{INDENT * 2}return {result}", f"{INDENT}return tf.identity(value), grad"]
        return [
            "@tf.custom_gradient", f"def hook_{name}(value):", *inner,
            f"{self.behind(x)} = hook_{name}({name})",
        ]  # fmt: skip

    def behind(self, x: Item) -> str:
        """What the value is called behind the hook: a leaf keeps its name for itself."""
        return self.names[x] if x.op is not None else f"{self.names[x]}_hooked"


def in_numpy(
    steps: HookSteps,
    names: Mapping[Item, str],
    gradient: str,
    constant: Callable[[Any], str],
    fresh: Callable[[str], str],
) -> tuple[list[str], set[Any]]:
    """The lines that change a gradient of this name, and the operations that NumPy lacks."""
    local = {**names, steps.upstream: gradient}
    local |= {x: constant(x.data) for x in steps.constants}
    lines: list[str] = []
    used = {x.op for x in steps.items if x.op is not None and not is_spelled(x.op, "numpy")}
    for x in steps.items:
        local[x] = gradient if x is steps.part else fresh("s1")
        lines.append(f"{local[x]} = {step_text(x, 'numpy', local, lambda sign, where: None)}")
    if steps.part is not None and steps.part not in steps.items:
        lines.append(f"{gradient} = {local[steps.part]}")
    return lines, used
