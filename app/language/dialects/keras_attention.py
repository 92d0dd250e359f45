"""keras.layers that look at places: MultiHeadAttention, Attention and AdditiveAttention.

Sources: Vaswani et al., "Attention Is All You Need", 2017; Luong et al. 2015; Bahdanau et al. 2014.
"""

import math
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.classes import make
from app.language.dialects.common import array, number_of
from app.language.dialects.drawing import whole
from app.language.dialects.keras_modules import LAYER, TF, begun_variable, start
from app.language.dialects.keras_normalizing import NORMALIZING
from app.language.dialects.recurrent_steps import add, affine, times
from app.language.errors import unsupported, value_error
from app.language.machine import Machine
from app.language.paths import named
from app.language.values import Array, Class, Instance, Value

FAR = 1.0e9  # what is taken from the score of a place that is not seen
Shape = tuple[int, ...]


def _reshaped(m: Machine, x: Array, shape: Shape) -> Array:
    return m.apply(lambda t: p.shaping.reshape(t, shape), x)


def _turned(m: Machine, x: Array, first: int, second: int) -> Array:
    return m.apply(lambda t: p.shaping.swapaxes(t, first, second), x)


def _wide(m: Machine, x: Array, axis: int) -> Array:
    return m.apply(lambda t: p.shaping.expand_dims(t, axis), x)


def _seen(m: Machine, mask: Value) -> Any:
    return np.asarray(array(m, mask, TF).tensor.data) != 0


def _hidden(m: Machine, scores: Array, seen: Any) -> Array:
    """The scores, far below all others where a place is not seen."""
    if seen is None:
        return scores
    m.budget.array(np.broadcast_shapes(np.shape(seen), scores.tensor.shape))
    far = np.where(seen, np.float32(0), np.float32(-FAR))
    return add(m, scores, m.leaf(far.astype(np.float32), TF))


def _mixed(
    m: Machine, layer: Instance, scores: Array, value: Array, training: Value
) -> tuple[Array, Array]:
    """What is read by the weights of the scores, and these weights."""
    weights: Value = m.apply(OPS["softmax"], scores)
    kept = weights
    if layer.values["dropout"] and training:
        kept = call(m, layer.values["_drop"], weights, training=True)
    return m.apply(p.linear.matmul, kept, value, kind=TF), weights


def _dropping(m: Machine, layer: Instance, rate: Value, seed: Value) -> None:
    layer.values["dropout"] = share = float(number_of(rate))
    if share:
        drop = make(m, NORMALIZING["Dropout"], share, seed=seed)
        layer.values["_drop"] = drop


# -- several heads

PARTS = ("query", "key", "value", "attention_output")


def _heads(
    m: Machine,
    layer: Instance,
    num_heads: Value,
    key_dim: Value,
    value_dim: Value = None,
    dropout: Value = 0.0,
    use_bias: Value = True,
    output_shape: Value = None,
    attention_axes: Value = None,
    sliding_window: Value = None,
    flash_attention: Value = None,
    kernel_initializer: Value = "glorot_uniform",
    bias_initializer: Value = "zeros",
    seed: Value = None,
    **settings: Value,
) -> None:
    for name, length in (("num_heads", num_heads), ("key_dim", key_dim)):
        if not isinstance(length, int) or length <= 0:
            words = f"Received an invalid value for argument `{name}`, expected a positive "
            raise value_error(f"{words}integer. Received: {name}={length}")
    if sliding_window is not None or flash_attention or attention_axes not in (None, 1, [1], (1,)):
        raise unsupported(
            N_("MultiHeadAttention with attention_axes, sliding_window or flash_attention")
        )
    out = None if output_shape is None else whole(output_shape)
    if isinstance(out, tuple) and len(out) != 1:
        raise unsupported(N_("MultiHeadAttention with an output_shape of several axes"))
    start(m, layer, **settings)
    layer.values |= {"num_heads": num_heads, "key_dim": key_dim, "use_bias": bool(use_bias)}
    layer.values |= {"value_dim": key_dim if value_dim is None else whole(value_dim)}
    layer.values["output_shape"] = out[0] if isinstance(out, tuple) else out
    layer.values["_begins"] = (kernel_initializer, bias_initializer)
    _dropping(m, layer, dropout, seed)


def _heads_build(m: Machine, layer: Instance, *shapes: Value) -> None:
    """shapes: of the query, of the value, of the key; those that are not given are the last."""
    v = layer.values
    given = [tuple(one) for one in shapes]
    query, value, key = (*given, *[given[-1]] * 2)[:3] if len(given) < 3 else given
    heads, wide, out = v["num_heads"], v["value_dim"], v["output_shape"] or query[-1]
    kernel, bias = v["_begins"]
    kernels = {
        "query": ((query[-1], heads, v["key_dim"]), (heads, v["key_dim"])),
        "key": ((key[-1], heads, v["key_dim"]), (heads, v["key_dim"])),
        "value": ((value[-1], heads, wide), (heads, wide)),
        "attention_output": ((heads, wide, out), (out,)),
    }
    for part, (shape, short) in kernels.items():
        m.budget.array(shape)
        for name, how, lengths in (("kernel", kernel, shape), ("bias", bias, short)):
            if name == "bias" and not v["use_bias"]:
                continue
            made = begun_variable(m, f"{v['name']}/{part}/{name}", how, lengths)
            v[f"{part}_{name}"] = made
            named(m, layer, f"{part}_{name}", made.tensor)
    v["built"] = True


def _projected(m: Machine, layer: Instance, part: str, x: Array) -> Array:
    """x through the weights of a part, as (batch, head, place, feature)."""
    v = layer.values
    kernel = v[f"{part}_kernel"]
    size, heads, wide = kernel.tensor.shape
    if x.tensor.ndim != 3 or x.tensor.shape[-1] != size:
        words = f"MultiHeadAttention: {part} of shape {tuple(x.tensor.shape)} does not fit a kernel"
        raise value_error(f"{words} of shape {(size, heads, wide)}: (batch, place, feature)")
    made = affine(m, x, _reshaped(m, kernel, (size, heads * wide)))
    made = _reshaped(m, made, (*x.tensor.shape[:2], heads, wide))
    if v["use_bias"]:
        made = add(m, made, v[f"{part}_bias"])
    return _turned(m, made, 1, 2)


def _heads_call(
    m: Machine,
    layer: Instance,
    query: Value,
    value: Value,
    key: Value = None,
    query_mask: Value = None,
    value_mask: Value = None,
    key_mask: Value = None,
    attention_mask: Value = None,
    return_attention_scores: Value = False,
    training: Value = None,
    use_causal_mask: Value = False,
) -> Value:
    v = layer.values
    places = [array(m, one, TF) for one in (query, value, value if key is None else key)]
    if "query_kernel" not in v:
        _heads_build(m, layer, *(one.tensor.shape for one in places))
    q, its, keys = (
        _projected(m, layer, part, one)
        for part, one in zip(("query", "value", "key"), places, strict=True)
    )
    product = m.apply(p.linear.matmul, q, _turned(m, keys, -1, -2), kind=TF)
    scores = times(m, product, 1.0 / math.sqrt(v["key_dim"]))
    batch, heads, rows, columns = scores.tensor.shape
    seen = None
    masks = [(query_mask, (batch, 1, rows, 1)), (value_mask, (batch, 1, 1, columns))]
    if key is not None:
        masks.append((key_mask, (batch, 1, 1, columns)))
    for mask, shape in masks:
        if mask is not None:
            now = _seen(m, mask).reshape(shape)
            seen = now if seen is None else seen & now
    if attention_mask is not None:
        given = _seen(m, attention_mask)
        now = given[:, None] if given.ndim == 3 else given
        seen = now if seen is None else seen & now
    if use_causal_mask:
        m.budget.array((rows, columns))
        now = np.tri(rows, columns, dtype=bool)
        seen = now if seen is None else seen & now
    trains = m.training if training is None else training
    mixed, weights = _mixed(m, layer, _hidden(m, scores, seen), its, trains)
    wide = heads * v["value_dim"]
    mixed = _reshaped(m, _turned(m, mixed, 1, 2), (batch, rows, wide))
    last = v["attention_output_kernel"]
    flat = _reshaped(m, last, (wide, last.tensor.shape[-1]))
    made = affine(m, mixed, flat, v["attention_output_bias"] if v["use_bias"] else None)
    return (made, weights) if return_attention_scores else made


def _heads_shape(m: Machine, layer: Instance, shape: Value) -> tuple[Value, ...]:
    return (*tuple(shape)[:-1], layer.values["output_shape"] or shape[-1])


# -- without heads


def _look(adds: bool) -> Any:
    def begin(
        m: Machine,
        layer: Instance,
        use_scale: Value = adds,
        score_mode: Value = "dot",
        dropout: Value = 0.0,
        seed: Value = None,
        **settings: Value,
    ) -> None:
        start(m, layer, **settings)
        if score_mode not in ("dot", "concat"):
            words = "Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. "
            raise value_error(f"{words}Received: score_mode={score_mode}")
        layer.values |= {"use_scale": bool(use_scale), "score_mode": score_mode}
        _dropping(m, layer, dropout, seed)

    def begin_adding(
        m: Machine,
        layer: Instance,
        use_scale: Value = True,
        dropout: Value = 0.0,
        **settings: Value,
    ) -> None:
        begin(m, layer, use_scale, "dot", dropout, **settings)

    return begin_adding if adds else begin


def _look_build(m: Machine, layer: Instance, shapes: Value) -> None:
    v = layer.values
    wanted: dict[str, tuple[Shape, str]]
    if layer.of.name == "AdditiveAttention":
        wanted = {"scale": ((tuple(shapes[0])[-1],), "glorot_uniform")} if v["use_scale"] else {}
    else:
        wanted = {"scale": ((), "ones")} if v["use_scale"] else {}
        if v["score_mode"] == "concat":
            wanted["concat_score_weight"] = ((), "ones")
    for name, (shape, how) in wanted.items():
        v[name] = made = begun_variable(m, f"{v['name']}/{name}", how, shape)
        named(m, layer, name, made.tensor)
    v["built"] = True


def _scores(m: Machine, layer: Instance, query: Array, key: Array) -> Array:
    v = layer.values
    adds = layer.of.name == "AdditiveAttention"
    if v["score_mode"] == "dot" and not adds:
        product = m.apply(p.linear.matmul, query, _turned(m, key, -1, -2), kind=TF)
        return times(m, product, v["scale"]) if v["use_scale"] else product
    both = add(m, _wide(m, query, -2), _wide(m, key, -3))
    if v["use_scale"] and not adds:
        both = times(m, v["scale"], both)
    bent = m.apply(OPS["tanh"], both)
    if v["use_scale"] and adds:
        bent = times(m, v["scale"], bent)
    total = m.apply(lambda t: p.reductions.reduce(OPS["sum"], t, -1), bent)
    return total if adds else times(m, v["concat_score_weight"], total)


def _listed(name: str, inputs: Value, mask: Value) -> None:
    if not isinstance(inputs, list):
        words = f"{name} layer must be called on a list of inputs, namely [query, value] or "
        raise value_error(f"{words}[query, value, key].")
    if not 2 <= len(inputs) <= 3:
        words = f"{name} layer accepts inputs list of length 2 or 3, namely [query, value] or "
        raise value_error(f"{words}[query, value, key]. Received length: {len(inputs)}.")
    if mask is not None and not isinstance(mask, list):
        raise value_error(f"{name} layer mask must be a list, namely [query_mask, value_mask].")


def _look_call(
    m: Machine,
    layer: Instance,
    inputs: Value,
    mask: Value = None,
    training: Value = False,
    return_attention_scores: Value = False,
    use_causal_mask: Value = False,
) -> Value:
    _listed(layer.of.name, inputs, mask)
    query, value, *rest = (array(m, one, TF) for one in inputs)
    if not layer.values.get("built"):
        _look_build(m, layer, [query.tensor.shape])
    scores = _scores(m, layer, query, rest[0] if rest else value)
    seen_query, seen_value = (list(mask) if mask else [None, None])[:2]
    seen = None if seen_value is None else _seen(m, seen_value)[..., None, :]
    if use_causal_mask:
        lengths = scores.tensor.shape[-2:]
        m.budget.array(lengths)
        now = np.tri(lengths[0], lengths[1], dtype=bool)
        seen = now if seen is None else seen & now
    found, weights = _mixed(m, layer, _hidden(m, scores, seen), value, training or m.training)
    if seen_query is not None:
        shown = _seen(m, seen_query)[..., None].astype(np.float32)
        found = times(m, found, m.leaf(shown, TF))
    return (found, weights) if return_attention_scores else found


def _look_shape(m: Machine, layer: Instance, shapes: Value) -> tuple[Value, ...]:
    return (*tuple(shapes[0])[:-1], tuple(shapes[1])[-1])


def _looking(kind: str, adds: bool) -> Class:
    return Class(
        kind,
        base=LAYER,
        methods={
            "__init__": _look(adds),
            "build": _look_build,
            "call": _look_call,
            "compute_output_shape": _look_shape,
        },
    )


ATTENTION: dict[str, Class] = {
    "MultiHeadAttention": Class(
        "MultiHeadAttention",
        base=LAYER,
        methods={
            "__init__": _heads,
            "build": _heads_build,
            "call": _heads_call,
            "compute_output_shape": _heads_shape,
        },
    ),
    "Attention": _looking("Attention", adds=False),
    "AdditiveAttention": _looking("AdditiveAttention", adds=True),
}
