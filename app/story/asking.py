"""How a script asks for its gradients: backward() and .grad, torch.autograd.grad, or a tape."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from app.story.code import Line, Names, shortest
from app.story.segment import Call, Item

if TYPE_CHECKING:
    from app.story.telling import Telling

MODULES = {"numpy": "np", "torch": "torch", "tensorflow": "tf"}


class Asking:
    """The gradient calls of a pass in one language. most: the numbers of a seed that are written
    out."""

    def __init__(self, told: "Telling", language: str, names: Names, most: int):
        self.told, self.language, self.names, self.most = told, language, names, most
        self.calls = [call for call in told.calls if call.targets]
        self.sliced: set[Item] = set()  # whose gradient TensorFlow may give as IndexedSlices

    @property
    def by_backward(self) -> bool:
        """Whether PyTorch's backward() does: one call, of one target, by leaves."""
        leaves = all(source.op is None for call in self.calls for source in call.sources)
        return (
            self.language == "torch"
            and len(self.calls) == 1
            and len(self.calls[0].targets) == 1
            and leaves
        )

    def torch(self) -> Iterator[Line]:
        if not any(True for _ in self._found()):
            return
        if self.by_backward:
            (target, seed), *_ = self.calls[0].targets
            yield Line(f"{self.names.of[target]}.backward({self._seed(target, seed)})")
            return
        for k, call in self._found():
            asked = [self.names.of[target] for target, _ in call.targets]
            seeds = [self._seed(target, seed) for target, seed in call.targets]
            given = f", [{', '.join(seed or 'None' for seed in seeds)}]" if any(seeds) else ""
            more = f"[{', '.join(asked)}], [{', '.join(self._sources(call))}]{given}"
            names = self._gradients(k, call)
            yield Line(f"{names} = torch.autograd.grad({more}, retain_graph=True)")

    def read(self, item: Item, text: str) -> None:
        """The operation `item` is written as `text`: rows that TensorFlow gathers go back alone."""
        x = item.inputs[0]
        if isinstance(x, Item):
            name = self.names.of[x]
            gathered = text.startswith(f"tf.gather({name},") and text.endswith("axis=0)")
            if gathered or text.startswith(f"tf.nn.embedding_lookup({name},"):
                self.sliced.add(x)

    def tape(self) -> Iterator[Line]:
        for k, call in self._found():
            asked = [self.names.of[target] for target, _ in call.targets]
            target = asked[0] if len(asked) == 1 else f"[{', '.join(asked)}]"
            seeds = [self._seed(target, seed) for target, seed in call.targets]
            given = ""
            if any(seeds):
                ones = [
                    seed or f"tf.ones_like({name})" for seed, name in zip(seeds, asked, strict=True)
                ]
                given = (
                    f", output_gradients={ones[0] if len(ones) == 1 else f'[{chr(44).join(ones)}]'}"
                )
            sources = f"[{', '.join(self._sources(call))}]"
            yield Line(f"{self._gradients(k, call)} = tape.gradient({target}, {sources}{given})")
            for source in call.sources:
                if source in self.sliced and source in call.arrived:
                    name = self.names.gradient(source, k)
                    yield Line(f"{name} = tf.convert_to_tensor({name})")

    def _found(self) -> Iterator[tuple[int, Call]]:
        """The calls that gave a gradient, by their number."""
        for k, call in enumerate(self.told.calls):
            if any(source in call.arrived for source in call.sources):
                yield k, call

    def _sources(self, call: Call) -> list[str]:
        return [self.names.of[x] for x in call.sources if x in call.arrived]

    def _gradients(self, k: int, call: Call) -> str:
        names = [self.names.gradient(x, k) for x in call.sources if x in call.arrived]
        return f"{', '.join(names)}{',' * (len(names) == 1)}"

    def _seed(self, target: Item, seed: Any) -> str:
        """What a gradient starts from, where that is not 1."""
        data = np.asarray(seed)[()]
        if np.all(data == 1) and (data.ndim == 0 or self.language != "torch"):
            return ""
        if data.size > self.most or (data.ndim and np.all(data == 1)):
            return f"{MODULES[self.language]}.ones_like({self.names.of[target]})"
        text, dtype = shortest(data), f"{MODULES[self.language]}.{data.dtype.name}"
        maker = "torch.tensor" if self.language == "torch" else "tf.constant"
        return f"{maker}({text}, dtype={dtype})"
