"""Operations and gradient rules written as code, in NumPy, PyTorch and TensorFlow.

A rule is run on stand-ins for its operands, and what it builds is written down, as in formulas:
code, formula and number come from the same text.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.engine import Op, Recording, Tensor, ones_like, record
from app.engine.literal import literal
from app.engine.primitives.own import again
from app.story.segment import Item
from app.story.spellings import SPECIAL

TITLES = {"numpy": "NumPy", "torch": "PyTorch", "tensorflow": "TensorFlow"}
# Straight-line code has no batch axes in front: these need no function of the engine's.
STRAIGHT = {
    ("numpy", "cast"): "{0}.astype(np.{1})",
    ("numpy", "cast_to_integer"): "{0}.astype(np.{1})",
    ("numpy", "reshape"): "np.reshape({0}, {1})",
    ("numpy", "broadcast_to"): "np.broadcast_to({0}, {1})",
    ("numpy", "transpose"): "np.transpose({0}, {1})",
    ("torch", "transpose"): "torch.permute({0}, {1})",
    ("tensorflow", "transpose"): "tf.transpose({0}, {1})",
    ("numpy", "product_or_zero"): "np.where({0} == 0, 0, {0} * {1})",
    ("numpy", "put"): "put({0}, np.s_[{1}], {2})",
    ("numpy", "take"): "np.take({0}, {1}, axis={2})",
    ("numpy", "embedding"): "{0}[{1}]",
    ("numpy", "setitem"): "setitem({0}, {1}, np.s_[{2}], {3}, {4})",
    ("torch", "product_or_zero"): "torch.where({0} == 0, 0, {0} * {1})",
    ("tensorflow", "product_or_zero"): "tf.math.multiply_no_nan({1}, {0})",
}


# whose functions want both operands in one shape
SAME_SHAPE = {
    "bce",
    "bce_with_logits",
    "bce_with_logits_cut",
    "cosine_similarity",
    "cross_entropy_shares",
    "cross_entropy_soft",
    "kl_div",
    "kl_div_log",
    "poisson_nll",
}
# what else takes no Python number for an operand in TensorFlow, whatever its place
TENSORFLOW_TENSORS = {
    "bce_clipped",
    "bce_slope",
    "clip_low_last",
    "dropout",
    "fmod",
    "kl_div_clipped",
    "product_or_zero",
}
# whose operand of this number PyTorch reads as places or classes: as int64 only
PLACES = {
    "cross_entropy": 1,
    "less_one_hot": 1,
    "nll": 1,
    "nll_back": 1,
    "one_hot": 0,
    "put_along": 1,
    "take_along": 1,
}
# that make another type of what they are given
OWN_TYPES = {"cast", "cast_to_integer", "one_hot"}
ARRAYS = {  # what makes an array, and the type that it makes of plain floats
    "numpy": ("np.array", "np", np.float64),
    "torch": ("torch.tensor", "torch", np.float32),
    "tensorflow": ("tf.constant", "tf", np.float32),
}
FLIPPED = {"numpy": "{0}.T", "torch": "{0}.T", "tensorflow": "tf.transpose({0})"}
BOUNDED = {False: "tf.maximum({0}, {1})", True: "tf.minimum({0}, {2})"}  # clip's, without both
KEPT = re.compile(r", keepdims?=False")
DEFAULTS = re.compile(r", (axis|dim)=\([-\d, ]*\), keepdims?=False")


class Unspoken(ValueError):
    """An operation that the language has no function for."""

    def __init__(self, op: str, library: str, span: Any):
        super().__init__(op)
        self.op, self.library, self.span = op, library, span


class Code(str):
    """An expression that is written already."""

    __slots__ = ()


def operation(item: Item, language: str, names: Mapping[Item, str]) -> tuple[str, str] | None:
    """What the operation `item` computes, and where that follows another convention than the
    program (nowhere: ""). None where the language has no way to say it."""
    assert item.op is not None
    inputs = [Code(names[x]) if isinstance(x, Item) else x for x in item.inputs]
    places = PLACES.get(item.op.name)
    if places is not None and language == "torch":
        x = item.inputs[places]
        if isinstance(x, Item) and x.data.dtype != np.int64:
            inputs[places] = Code(f"{names[x]}.long()")
    if language != "numpy":
        for slot, code in cast_operands(item, language, names).items():
            inputs[slot] = code
    special = SPECIAL.get((language, item.op.name))
    if special is not None:
        text = special([written(x, language) for x in inputs], item.inputs)
        return None if text is None else (tidy(text), item.op.differs.get(language, ""))
    found = convention(item.op, language)
    if found is None:
        return None
    op, where = found
    if op.name.startswith("power") and is_number(item.inputs[1]) and item.values[1] > 0:
        where = ""  # no convention is needed there
    first = item.inputs[0]
    ndim = first.data.ndim if isinstance(first, Item) else 0
    for slot in range(len(inputs)):
        if is_number(item.inputs[slot]) and needs_tensor(op, language, slot, item.inputs):
            inputs[slot] = tensor_of(item, slot, op, language, names)
        elif language == "tensorflow" and is_whole_alone(op, item, slot):
            x = item.inputs[slot]
            inputs[slot] = Code(f"float({names[x]})") if isinstance(x, Item) else float(x)
    return tidy(spelled(op, language, inputs, ndim)), where


def cast_operands(item: Item, language: str, names: Mapping[Item, str]) -> dict[int, Code]:
    """The operands, by their place, that the language wants in the type of the result first: NumPy
    takes types as they come, TensorFlow wants one type, PyTorch does where products are summed."""
    op = item.op
    assert op is not None
    if op.name in OWN_TYPES or item.left:  # Python's numbers have no type to keep
        return {}
    tensors = {
        slot: x
        for slot, x in enumerate(item.inputs)
        if isinstance(x, Item) and not (is_number(x) or x.left) and is_operand(op, slot)
        if not (slot == 0 and op.name == "where")
    }
    types = [x.data.dtype for x in tensors.values()]
    if not types:
        return {}
    number = any(isinstance(x, Item) and isinstance(x.value, float) for x in item.inputs)
    number = number or (op.elementwise and any(isinstance(x, float) for x in item.inputs))
    target = item.data.dtype
    flags = all(dtype.kind == "b" for dtype in types)
    if target.kind != "f" and not (flags and target.kind in "iu" and language == "tensorflow"):
        target = np.result_type(*types, *[float] * (number and op.elementwise))
    alike = len(set(types)) == 1 and not (target.kind == "f" or flags)
    if alike or all(dtype == target for dtype in types):
        return {}
    if language == "torch" and op.elementwise and (target in types or item.data.dtype.kind != "f"):
        return {}
    write = {"torch": "{0}.to(torch.{1})", "tensorflow": "tf.cast({0}, tf.{1})"}[language]
    return {
        slot: Code(write.format(names[x], target.name))
        for slot, x in tensors.items()
        if x.data.dtype != target
    }


def is_operand(op: Op, slot: int) -> bool:
    """Whether it is what the operation computes with, and no setting and no place."""
    return slot == 0 or op.passes(slot) or (not op.rules and slot == 1)


def needs_tensor(op: Op, language: str, slot: int, inputs: Sequence[Any]) -> bool:
    """Whether a Python number cannot stand for this operand."""
    template = op.spelled[language]
    operand = is_operand(op, slot) and (op.elementwise or op.name in SAME_SHAPE)
    if language == "numpy" or not operand or op.name == "where":
        return False
    if language == "tensorflow":
        bound = op.name == "clip_low_last" and slot > 0
        return op.name in SAME_SHAPE or (op.name in TENSORFLOW_TENSORS and not bound)
    if op.name.startswith("clip"):  # both bounds as numbers, or both as tensors
        return slot == 0 or any(isinstance(x, Item) and not is_number(x) for x in inputs[1:3])
    return "torch." in template or (language, op.name) in STRAIGHT


def is_whole_alone(op: Op, item: Item, slot: int) -> bool:
    """Whether it is a whole number of Python's, without a tensor beside it, that a function of
    floats is given: TensorFlow would make a tensor of whole numbers of it."""
    function = op.elementwise and "tf." in op.spelled["tensorflow"] and is_operand(op, slot)
    alone = all(is_number(x) for x in item.inputs)
    value = getattr(item.inputs[slot], "value", item.inputs[slot])
    return function and alone and isinstance(value, int) and item.data.dtype.kind == "f"


def tensor_of(item: Item, slot: int, op: Op, language: str, names: Mapping[Item, str]) -> Code:
    """A Python number as a tensor of the other operand's type, or of the result's beside none."""
    x = item.inputs[slot]
    text = names[x] if isinstance(x, Item) else literal(x)
    number = x.value if isinstance(x, Item) else x
    among = (y for y in item.inputs if isinstance(y, Item) and not is_number(y) and y is not x)
    other = next(among, item)
    module = {"torch": "torch", "tensorflow": "tf"}[language]
    if op.name in SAME_SHAPE and other is not item:
        if language == "torch":
            return Code(f"torch.full_like({names[other]}, {text})")
        return Code(f"{text} * tf.ones_like({names[other]})")
    dtype = other.data.dtype
    usual = dtype.kind != "f" or (dtype == np.float32 and isinstance(number, float))
    maker = "torch.tensor" if language == "torch" else "tf.constant"
    return Code(f"{maker}({text}{'' if usual else f', dtype={module}.{dtype.name}'})")


def is_number(x: Any) -> bool:
    """Whether it is one of Python's own numbers, which are no tensors elsewhere either: what comes
    from a tensor is one in a script, which has no item()."""
    if isinstance(x, Item) and x.left:
        return False
    value = x.value if isinstance(x, Item) else x
    return isinstance(value, int | float) and not isinstance(value, np.generic)


def is_spelled(op: Op, language: str) -> bool:
    """Whether the language has it; in NumPy, what it lacks is defined (see helpers)."""
    template = STRAIGHT.get((language, op.name)) or op.spelled[language]
    return bool(template) and not template.startswith(f"{op.name}(")


def convention(op: Op, language: str) -> tuple[Op, str] | None:
    """The Op as the language has it, and where that differs: itself, or its twin of equal values
    whose gradient at kinks and ties is that framework's own. None where it has neither."""
    if language == "numpy" or is_spelled(op, language):
        return op, op.differs.get(language, "")
    if op.twin is not None and is_spelled(op.twin[0], language):
        return op.twin
    return None


def written(x: Any, language: str) -> str:
    """An operand or a setting, in parentheses where it is more than a literal."""
    if isinstance(x, np.ndarray) and x.dtype.kind != "O":
        maker, module, usual = ARRAYS[language]
        kind = "" if x.dtype.kind != "f" or x.dtype == usual else f", dtype={module}.{x.dtype}"
        return f"{maker}({x.tolist()}{kind})"
    if isinstance(x, bool) or not isinstance(x, Code | int | float):
        return literal(x)
    return f"({x})" if isinstance(x, str) or np.isfinite(x) else literal(x)


def spelled(op: Op, language: str, inputs: Sequence[Any], ndim: int) -> str:
    """The operation on its inputs, those that are Code in parentheses; see `tidy`.

    ndim: of its first input."""
    template = STRAIGHT.get((language, op.name))
    if op.name == "transpose":
        axes = tuple(axis % len(inputs[1]) for axis in inputs[1])
        inputs, template = [inputs[0], axes], FLIPPED[language] if axes == (1, 0) else template
    if op.name in ("cast", "cast_to_integer"):
        inputs = [inputs[0], np.dtype(inputs[1])]
    if op.name == "clip" and language == "tensorflow" and None in inputs:
        template = BOUNDED[inputs[1] is None]
    texts = [written(x, language) for x in inputs]
    text = template.format(*texts) if template else op.spell(language, texts)
    assert text is not None
    if inputs[-1] is False and op.name != "logsumexp" and inputs[1] == tuple(range(-ndim, 0)):
        return DEFAULTS.sub("", text)  # of a reduction to one number
    return KEPT.sub("", text)


def tidy(text: str) -> str:
    """An expression without the parentheses that it does not need."""
    return ast.unparse(ast.parse(text, mode="eval"))


def rule(item: Item, slot: int, names: Mapping[Item, str], gradient: str) -> tuple[str, set[Op]]:
    """The gradient that `item` sends to its input `slot`, as NumPy code of a gradient's name, and
    the operations in it that NumPy lacks. Raises Unspoken where the program's own function gives
    none."""
    op = item.op
    assert op is not None
    upstream, result = Tensor(ones_like(item.data)), Tensor(item.data)
    known = {id(upstream): Code(gradient), id(result): Code(names[item])}
    stands: list[Tensor] = []  # for what else a gradient function of the program has read

    def stand(x: Tensor) -> Tensor | None:
        name = next((name for one, name in names.items() if one.value is x), None)
        if name is None:
            return None
        stands.append(Tensor(x.data))
        known[id(stands[-1])] = Code(name)
        return stands[-1]

    operands = [
        Tensor(value) if isinstance(x, Item) else value
        for x, value in zip(item.inputs, again(item.values, stand), strict=True)
    ]
    for x, operand in zip(item.inputs, operands, strict=True):
        if isinstance(x, Item):
            known[id(operand)] = Code(names[x])
    with record(Recording.EVERYTHING), np.errstate(all="ignore"):
        part = op.rules[slot](upstream, result, *operands)
    if part is None:
        raise Unspoken(op.sign, "NumPy", item.span)
    used: set[Op] = set()
    text = _summed(_built(part, known, used), part.shape, operands[slot].shape)
    return tidy(text), used


def _built(x: Any, known: Mapping[int, Code], used: set[Op]) -> Code:
    """What a rule built, as code; factors of one and powers of one are left out."""
    if id(x) in known:
        return known[id(x)]
    if not isinstance(x, Tensor) or x.op is None:
        return Code(literal(x.data if isinstance(x, Tensor) else x))
    inputs = [_built(y, known, used) if isinstance(y, Tensor) else y for y in x.inputs]
    if x.op.name in ("multiply", "product_or_zero"):
        rest = [y for y in inputs if not _is_one(y)]
        if len(rest) == 1:
            return Code(rest[0])
    if x.op.name in ("power", "power_plain", "divide") and _is_one(inputs[1]):
        return Code(inputs[0])
    if x.op.name == "broadcast_to" and _only_leads(x.inputs[0]):
        inputs[0] = _built(x.inputs[0].inputs[0], known, used)
    if not is_spelled(x.op, "numpy"):
        used.add(x.op)
    first = x.inputs[0]
    return Code(spelled(x.op, "numpy", inputs, first.ndim if isinstance(first, Tensor) else 0))


def _only_leads(x: Any) -> bool:
    """Whether x is something with axes of length 1 in front: broadcasting needs none."""
    if not isinstance(x, Tensor) or x.op is None or x.op.name != "reshape":
        return False
    inner = x.inputs[0]
    return isinstance(inner, Tensor) and x.shape == (1,) * (x.ndim - inner.ndim) + inner.shape


def _is_one(x: Any) -> bool:
    return isinstance(x, int | float) and not isinstance(x, bool) and x == 1


def _summed(text: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """The code of a gradient, summed over the axes along which its input had been stretched."""
    if shape == wanted:
        return text
    extra = len(shape) - len(wanted)
    axes = tuple(i for i, n in enumerate(shape) if i < extra or wanted[i - extra] != n)
    if wanted == ():
        return f"np.sum({text})"
    axis = axes[0] if len(axes) == 1 else axes
    if len(axes) == extra:
        return f"np.sum({text}, axis={axis})"
    summed = f"np.sum({text}, axis={axis}, keepdims=True)"
    return f"np.reshape({summed}, {literal(wanted)})" if extra else summed
