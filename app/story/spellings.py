"""Operations written where no template does: the text depends on axes, shapes or keys.

Each function gets the operands as they are written, and as they are; None where there is no way.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine.literal import literal
from app.story.segment import Item
from app.story.windowed import TENSORFLOW_WINDOWS, TORCH_WINDOWS, pulled, shape_of, zeros

Spelling = Callable[[Sequence[str], Sequence[Any]], str | None]
ALL = slice(None)

# What a script defines because neither framework has it in one expression; by its name in a call.
HELPERS = {
    ("torch", "set_entries"): """\
def set_entries(x, places, value):
    places = torch.as_tensor(places)
    values = torch.broadcast_to(torch.as_tensor(value, dtype=x.dtype), places.shape)
    flat = x.reshape(-1).index_put((places.reshape(-1),), values.reshape(-1))
    return flat.reshape(x.shape)""",
    ("tensorflow", "set_entries"): """\
def set_entries(x, places, value):
    places = np.asarray(places)
    values = tf.reshape(tf.broadcast_to(tf.cast(value, x.dtype), places.shape), [-1])
    flat = tf.tensor_scatter_nd_update(tf.reshape(x, [-1]), places.reshape(-1, 1), values)
    return tf.reshape(flat, x.shape)""",
    ("tensorflow", "pull_back"): """\
def pull_back(function, x, upstream):
    with tf.GradientTape() as inner:
        inner.watch(x)
        y = function(x)
    return tf.convert_to_tensor(inner.gradient(y, x, upstream))""",
    ("tensorflow", "running_maximum"): """\
def running_maximum(x, axis):
    rows = tf.scan(tf.maximum, tf.experimental.numpy.moveaxis(x, axis, 0))
    return tf.experimental.numpy.moveaxis(rows, 0, axis)""",
    ("torch", "recurrence"): """\
def recurrence(a, b, axis):
    factors, terms = a.unbind(axis), b.unbind(axis)
    rows = [terms[0]]
    for factor, term in zip(factors[1:], terms[1:]):
        rows.append(term + factor * rows[-1])
    return torch.stack(rows, axis)""",
    ("tensorflow", "recurrence"): """\
def recurrence(a, b, axis):
    factors, terms = tf.unstack(a, axis=axis), tf.unstack(b, axis=axis)
    rows = [terms[0]]
    for factor, term in zip(factors[1:], terms[1:]):
        rows.append(term + factor * rows[-1])
    return tf.stack(rows, axis)""",
}


# -- entries by key


def named(key: tuple[Any, ...], shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The key without an Ellipsis and without whole axes at its end, as one would write it."""
    widths = [
        part.ndim if isinstance(part, np.ndarray) and part.dtype == bool else part is not None
        for part in key
        if part is not Ellipsis
    ]
    rest = (ALL,) * (len(shape) - sum(widths))
    at = next((i for i, part in enumerate(key) if part is Ellipsis), len(key))
    parts = [*key[:at], *rest, *key[at + 1 :]]
    while len(parts) > 1 and isinstance(parts[-1], slice) and parts[-1] == ALL:
        parts.pop()
    return tuple(parts) or (Ellipsis,)


def indexed(key: tuple[Any, ...]) -> str:
    """The key between its brackets."""
    if len(key) == 1:
        return literal(key[0].tolist() if isinstance(key[0], np.ndarray) else key[0])
    return literal((Ellipsis, *key)).removeprefix("..., ")


def _forwards(x: str, key: tuple[Any, ...], shape: tuple[int, ...]) -> str:
    """PyTorch has no negative steps: the axes that have one are turned round first."""
    key = named(key, shape)
    turned, parts, axis = [], list(key), 0
    for i, part in enumerate(key):
        if part is None or part is Ellipsis:
            continue
        if isinstance(part, slice) and (part.step or 1) < 0:
            n, (start, stop, step) = shape[axis], part.indices(shape[axis])
            parts[i] = slice(n - 1 - start, n - 1 - stop, -step)
            turned.append(axis - len(shape))
        axis += part.ndim if isinstance(part, np.ndarray) and part.dtype == bool else 1
    text = f"torch.flip({x}, {literal(tuple(turned))})" if turned else x
    if len(parts) == 1 and isinstance(parts[0], np.ndarray) and parts[0].ndim > 1:
        return f"{text}[torch.tensor({parts[0].tolist()})]"  # PyTorch reads rows as several keys
    return f"{text}[{indexed(tuple(parts))}]"


def _places(key: tuple[Any, ...], shape: tuple[int, ...]) -> str:
    """The numbers of a key's entries when all are counted in a row."""
    return (
        f"np.arange({int(np.prod(shape))}).reshape({literal(shape)})[{indexed(named(key, shape))}]"
    )


def _by_places(x: str, key: tuple[Any, ...], shape: tuple[int, ...]) -> str:
    """TensorFlow's indices take no arrays."""
    key = named(key, shape)
    arrays = [i for i, part in enumerate(key) if isinstance(part, np.ndarray)]
    if not arrays:
        return f"{x}[{indexed(key)}]"
    ahead, rest = key[: arrays[0]], key[arrays[0] + 1 :]
    if len(arrays) == 1 and all(isinstance(one, slice) and one == ALL for one in (*ahead, *rest)):
        array = key[arrays[0]]
        if array.dtype == bool:
            return f"tf.boolean_mask({x}, {array.tolist()}, axis={len(ahead)})"
        if array.size and array.min() >= 0:
            return f"tf.gather({x}, {array.tolist()}, axis={len(ahead)})"
    return f"tf.gather(tf.reshape({x}, [-1]), {_places(key, shape)})"


READ = {"torch": _forwards, "tensorflow": _by_places}


def _put(language: str) -> Spelling:
    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        _, key, shape = inputs
        read = READ[language]("_u", key, shape)
        return pulled(language, read, zeros(language, shape, texts[0]), texts[0])

    return write


def _set(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    return f"set_entries({texts[0]}, {_places(inputs[2], inputs[3])}, {texts[1]})"


# -- entries by arrays of places


def _taken(language: str, x: str, index: str, axis: int) -> str:
    if language == "tensorflow":
        return f"tf.gather({x}, {index}, axis={axis})"
    return f"{x}[..., {index}{', :' * (-axis - 1)}]"


def _take(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    if inputs[4] == 1:
        return f"torch.index_select({texts[0]}, {inputs[2]}, {texts[1]})"
    return _taken("torch", texts[0], texts[1], inputs[2])


def _put_index(language: str) -> Spelling:
    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        read = _taken(language, "_u", texts[1], inputs[2])
        return pulled(language, read, zeros(language, inputs[3], texts[0]), texts[0])

    return write


def _take_along(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    x, index, axis = texts[0], texts[1], inputs[2]
    if axis == -1:
        return f"tf.gather({x}, {index}, axis=-1, batch_dims=-1)"
    return f"tf.experimental.numpy.take_along_axis({x}, {index}, {axis})"


def _put_along(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    read = _take_along(["_u", texts[1]], inputs)
    return pulled("tensorflow", read, zeros("tensorflow", inputs[3], texts[0]), texts[0])


def _scattered(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    start = zeros("torch", inputs[3], texts[0])
    return f"{start}.scatter_add({inputs[2]}, {texts[1]}, {texts[0]})"


# -- along axes


def _entries(x: Any, axes: tuple[int, ...]) -> int:
    return int(np.prod([shape_of(x)[axis] for axis in axes]))


def _spread(function: str, power: str) -> Spelling:
    """TensorFlow's variance and deviation divide by the number of entries."""

    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        x, axes, keepdims, ddof = inputs
        text = f"tf.math.{function}({texts[0]}, axis={axes}, keepdims={keepdims})"
        n = _entries(x, axes)
        return text if not ddof else f"{text} * ({n} / {n - ddof}){power}"

    return write


def _product(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    text, (x, axes, keepdims) = texts[0], inputs
    if axes == tuple(range(-len(shape_of(x)), 0)) and not keepdims:
        return f"torch.prod({text})"
    for axis in axes:
        text = f"torch.prod({text}, {axis}, keepdim=True)"
    return text if keepdims or not axes else f"{text}.squeeze({axes})"


def _first(function: str, shared: str) -> Spelling:
    """PyTorch's extreme along one axis also tells its place, so the first of equal ones counts."""

    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        _, axes, keepdims = inputs
        if len(axes) != 1:
            return f"torch.{shared}({texts[0]}, dim={axes}, keepdim={keepdims})"
        return f"torch.{function}({texts[0]}, dim={axes[0]}, keepdim={keepdims}).values"

    return write


def _place(function: str) -> Spelling:
    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        text = f"tf.{function}({texts[0]}, axis={inputs[1]})"
        return f"tf.expand_dims({text}, {inputs[1]})" if inputs[2] else text

    return write


def _ordered(function: str) -> Spelling:
    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        _, axis, descending = inputs
        way = ", direction='DESCENDING'" if descending else ""
        stable = ", stable=True" if function == "argsort" else ""
        return f"tf.{function}({texts[0]}, axis={axis}{way}{stable})"

    return write


def _tiled(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    x, counts, *_ = inputs
    shape = shape_of(x)
    longer = (1,) * (len(counts) - len(shape)) + shape
    text = texts[0] if longer == shape else f"tf.reshape({texts[0]}, {literal(longer)})"
    return f"tf.tile({text}, {literal((1,) * (len(shape) - len(counts)) + tuple(counts))})"


# -- triangles and borders


def _triangle(texts: Sequence[str], inputs: Sequence[Any], upper: bool) -> str:
    x, k = texts[0], inputs[1]
    if upper:
        rest = f"{x} - tf.linalg.band_part({x}, -1, {k - 1})"
        return f"tf.linalg.band_part({x}, {-k}, -1)" if k <= 0 else rest
    rest = f"{x} - tf.linalg.band_part({x}, {-k - 1}, -1)"
    return f"tf.linalg.band_part({x}, -1, {k})" if k >= 0 else rest


def _border(language: str) -> Spelling:
    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        x, widths, value = inputs
        if language == "torch":
            flat = tuple(width for pair in reversed(widths) for width in pair)
            return f"torch.nn.functional.pad({texts[0]}, {literal(flat)}, value={literal(value)})"
        every = ((0, 0),) * (len(shape_of(x)) - len(widths)) + widths
        return f"tf.pad({texts[0]}, {literal(every)}, constant_values={literal(value)})"

    return write


def _copies(language: str) -> Spelling:
    """Borders of copies: the entries inside, read again."""

    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        text, (x, widths, mode) = texts[0], inputs
        for axis, width in zip(range(-len(widths), 0), widths, strict=True):
            if any(width):
                places = np.pad(np.arange(shape_of(x)[axis]), width, mode=mode)
                text = _taken(language, text, str(places.tolist()), axis)
        return text

    return write


# -- single functions


def _smooth(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    x, y, beta = texts
    if not inputs[2]:
        return f"tf.abs({x} - {y})"
    far = f"tf.abs({x} - {y})"
    return f"tf.where({far} < {beta}, tf.square({x} - {y}) / (2 * {beta}), {far} - {beta} / 2)"


def _sinc(language: str) -> Spelling:
    own = {"torch": "torch.sinc", "tensorflow": "tf.experimental.numpy.sinc"}[language]
    module = {"torch": "torch", "tensorflow": "tf"}[language]

    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str:
        text = f"{own}(_u)"
        for _ in range(inputs[1]):
            inner = text.replace("_u", "_v")
            text = pulled(language, inner, "_u", f"{module}.ones_like(_u)", "_v")
        return (
            text.replace("_u", texts[0]) if inputs[1] == 1 else f"(lambda _u: {text})({texts[0]})"
        )

    return write


def _cofactor_slope(language: str) -> Spelling:
    """The way back through the cofactors of the second input."""

    def write(texts: Sequence[str], inputs: Sequence[Any]) -> str | None:
        text = OPS["cofactor"].spell(language, ["_u"])
        return text and pulled(language, text, texts[1], texts[0])

    return write


def _running_place(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    x, axis = inputs
    shape = (-1,) + (1,) * (-axis - 1)
    order = f"tf.reshape(tf.range({shape_of(x)[axis]}), {literal(shape)})"
    best = f"{texts[0]} == running_maximum({texts[0]}, {axis})"
    return f"running_maximum(tf.where({best}, {order}, 0), {axis})"


def _dot(texts: Sequence[str], inputs: Sequence[Any]) -> str:
    """PyTorch's vecdot takes no whole numbers."""
    whole = all(isinstance(x, Item) and x.data.dtype.kind in "iu" for x in inputs)
    pair = " * " if whole else ", "
    made = pair.join(texts)
    return f"torch.sum({made}, -1)" if whole else f"torch.linalg.vecdot({made})"


SPECIAL: dict[tuple[str, str], Spelling] = {
    ("numpy", "getitem"): lambda texts, inputs: (
        f"{texts[0]}[{indexed(named(inputs[1], inputs[2]))}]"
    ),
    ("torch", "getitem"): lambda texts, inputs: _forwards(texts[0], inputs[1], inputs[2]),
    ("tensorflow", "getitem"): lambda texts, inputs: _by_places(texts[0], inputs[1], inputs[2]),
    ("torch", "dot"): _dot,
    ("torch", "put"): _put("torch"),
    ("tensorflow", "put"): _put("tensorflow"),
    ("torch", "setitem"): _set,
    ("tensorflow", "setitem"): _set,
    ("torch", "take"): _take,
    ("torch", "put_index"): _put_index("torch"),
    ("tensorflow", "put_index"): _put_index("tensorflow"),
    ("tensorflow", "take_along"): _take_along,
    ("torch", "put_along"): _scattered,
    ("tensorflow", "put_along"): _put_along,
    ("tensorflow", "var"): _spread("reduce_variance", ""),
    ("tensorflow", "std"): _spread("reduce_std", " ** 0.5"),
    ("tensorflow", "std_or_zero"): _spread("reduce_std", " ** 0.5"),
    ("torch", "prod"): _product,
    ("torch", "prod_divided"): _product,
    ("torch", "max_first"): _first("max", "amax"),
    ("torch", "min_first"): _first("min", "amin"),
    ("tensorflow", "argmax"): _place("argmax"),
    ("tensorflow", "argmin"): _place("argmin"),
    ("tensorflow", "sort"): _ordered("sort"),
    ("tensorflow", "argsort"): _ordered("argsort"),
    ("tensorflow", "tile"): _tiled,
    ("tensorflow", "triu"): lambda texts, inputs: _triangle(texts, inputs, True),
    ("tensorflow", "tril"): lambda texts, inputs: _triangle(texts, inputs, False),
    ("torch", "pad"): _border("torch"),
    ("tensorflow", "pad"): _border("tensorflow"),
    ("torch", "pad_copies"): _copies("torch"),
    ("tensorflow", "pad_copies"): _copies("tensorflow"),
    ("tensorflow", "smooth_l1"): _smooth,
    ("torch", "sinc_derivative"): _sinc("torch"),
    ("tensorflow", "sinc_derivative"): _sinc("tensorflow"),
    ("torch", "cofactor_slope"): _cofactor_slope("torch"),
    ("tensorflow", "cofactor_slope"): _cofactor_slope("tensorflow"),
    ("torch", "recurrence"): lambda texts, _: f"recurrence({', '.join(texts)})",
    ("tensorflow", "recurrence"): lambda texts, _: f"recurrence({', '.join(texts)})",
    ("tensorflow", "cummax"): lambda texts, _: f"running_maximum({', '.join(texts)})",
    ("tensorflow", "cummax_place"): _running_place,
    **{("torch", name): write for name, write in TORCH_WINDOWS.items()},
    **{("tensorflow", name): write for name, write in TENSORFLOW_WINDOWS.items()},
}
