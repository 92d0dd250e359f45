"""A gradient function of the program's own in a script: torch.autograd.Function, or
tf.custom_gradient.

What made the value stands in the script before it and is handed through.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.story.code import TAKEN, Line
from app.story.hooks import INDENT
from app.story.own_steps import Remark, Steps, own_name, step_text, steps_of, token
from app.story.segment import Item
from app.story.written import TITLES

if TYPE_CHECKING:
    from app.story.telling import Telling


class Owns:
    """The own gradients of a pass in one framework.

    names: of the nodes; array: writes a constant; fresh: makes a name that nothing else has;
    remark: is told of an operation that has another convention there.
    """

    def __init__(
        self,
        told: "Telling",
        language: str,
        names: Mapping[Item, str],
        array: Callable[[Any], str],
        remark: Remark,
    ):
        self.told, self.language, self.names = told, language, names
        self._array, self._remark = array, remark
        self._used = TAKEN | set(names.values())
        self._constants: dict[Any, tuple[str, str]] = {}
        self._classes: dict[tuple[str, ...], str] = {}
        self._lines: list[Line] = []

    @property
    def head(self) -> list[Line]:
        """What stands before the pass."""
        constants = [Line(f"{name} = {text}") for name, text in self._constants.values()]
        blank = [Line("")] * 2 if constants and self._lines else []
        return [*constants, *blank, *self._lines]

    def _fresh(self, name: str) -> str:
        while name in self._used:
            name += "_"
        self._used.add(name)
        return name

    def applied(self, item: Item) -> str:
        """The value with its gradient; what it takes is added to `head`."""
        steps = steps_of(self.told, item, TITLES[self.language])
        value = self.names[item.inputs[0]]
        if steps is None:
            return value
        inputs = [x for x in item.inputs[1:-1] if isinstance(x, Item)]
        more = [x for x in steps.reads if x not in inputs and x is not item.inputs[0]]
        given = [value, *(self.names[x] for x in (*inputs, *more))]
        name = self._class(item, steps, inputs, more)
        return f"{name}{'.apply' * (self.language == 'torch')}({', '.join(given)})"

    def _class(self, item: Item, steps: Steps, inputs: list[Item], more: list[Item]) -> str:
        """The name of what has these steps, which is written where it is new."""
        among = (("x", inputs), ("kept", more))
        order = ["value", *(f"{name}{i + 1}" for name, xs in among for i in range(len(xs)))]
        local: dict[Item, str] = {steps.upstream: "g"}
        local |= zip((item.inputs[0], *inputs, *more), order, strict=True)
        local |= {x: self._constant(x) for x in steps.constants}
        text = []
        for i, x in enumerate(steps.items):
            text.append(f"s{i + 1} = {step_text(x, self.language, local, self._remark)}")
            local[x] = f"s{i + 1}"
        parts = ["None" if x is None else local[x] for x in steps.parts]
        parts = ["None", *parts, *["None"] * len(more)]
        read = {y for x in steps.items for y in x.inputs if isinstance(y, Item)}
        read |= {x for x in steps.parts if x is not None}
        saved = [name for name in order if any(local[x] == name for x in read if x in local)]
        make = self._function if self.language == "torch" else self._custom
        body = tuple(make(order, saved, text, parts))
        if body not in self._classes:
            name = self._fresh(own_name(item.values[-1]))
            self._classes[body] = name
            first = [f"class {name}(torch.autograd.Function):"]
            if self.language == "tensorflow":
                first = ["@tf.custom_gradient", f"def {name}({', '.join(order)}):"]
            node = self.told.node[item]
            lines = [Line(one) for one in first] + [Line(one).indented() for one in body]
            self._lines += [*(_at(one, node) for one in lines), Line(""), Line("")]
        return self._classes[body]

    def _constant(self, x: Item) -> str:
        key = token(x.data)
        if key not in self._constants:
            name = self._fresh(f"c{len(self._constants) + 1}")
            self._constants[key] = name, self._array(x.data)
        return self._constants[key][0]

    @staticmethod
    def _function(
        order: list[str], saved: list[str], text: list[str], parts: list[str]
    ) -> Iterator[str]:
        yield "@staticmethod"
        yield f"def forward(ctx, {', '.join(order)}):"
        if saved:
            yield f"{INDENT}ctx.save_for_backward({', '.join(saved)})"
        yield f"{INDENT}return value.clone()"
        yield ""
        yield "@staticmethod"
        yield "def backward(ctx, g):"
        if saved:
            names = ", ".join(saved) if len(saved) > 1 else f"({saved[0]},)"
            yield f"{INDENT}{names} = ctx.saved_tensors"
        yield from (f"{INDENT}{one}" for one in text)
        yield f"{INDENT}return {', '.join(parts)}"

    @staticmethod
    def _custom(
        order: list[str], saved: list[str], text: list[str], parts: list[str]
    ) -> Iterator[str]:
        yield "def grad(g):"
        yield from (f"{INDENT}{one}" for one in text)
        yield f"{INDENT}return {', '.join(parts)}"
        yield ""
        yield "return tf.identity(value), grad"


def _at(line: Line, node: int) -> Line:
    return Line(line.text, node=node) if line.text else line
