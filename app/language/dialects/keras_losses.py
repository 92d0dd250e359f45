"""tf.keras.losses: functions of (y_true, y_pred), and the objects that average them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.dialects.common import FLOAT32, array, by_name, cast
from app.language.dialects.keras_further_losses import FURTHER, FURTHER_OBJECTS, FURTHER_SETTINGS
from app.language.dialects.keras_pairs import EPSILON, TF, floats, mean, pair, smoothed, squeezed
from app.language.errors import ProgramError, unexpected_keyword, unsupported, value_error
from app.language.machine import Machine
from app.language.values import Array, Builtin, Record, Value


def _of(op: str, **defaults: float) -> Callable[..., Array]:
    """A loss of each entry, averaged over the last axis. The engine takes the prediction first."""

    def loss(m: Machine, y_true: Value, y_pred: Value, **named: Value) -> Array:
        for name in named:
            if name not in defaults:
                raise unexpected_keyword(op, name, defaults)
        true, pred = pair(m, y_true, y_pred)
        numbers = [float(named.get(name, default)) for name, default in defaults.items()]
        if numbers:
            return mean(m, m.apply(OPS[op], pred, true, *numbers, kind=TF))
        return mean(m, m.binary(OPS[op], pred, true))

    return loss


def _hinge(op: str) -> Callable[..., Array]:
    """Labels of 0 and 1 are taken for -1 and 1."""

    def loss(m: Machine, y_true: Value, y_pred: Value) -> Array:
        true, pred = pair(m, y_true, y_pred)
        if np.all((true.tensor.data == 0) | (true.tensor.data == 1)):
            true = m.binary(OPS["subtract"], m.binary(OPS["multiply"], true, 2), 1)
        return mean(m, m.binary(OPS[op], pred, true))

    return loss


def _divergence(m: Machine, y_true: Value, y_pred: Value) -> Array:
    """The Kullback-Leibler divergence, summed over the last axis; both are clipped."""
    true, pred = pair(m, y_true, y_pred)
    found = m.apply(OPS["kl_div_clipped"], pred, true, EPSILON, kind=TF)
    return m.apply(lambda t: p.reductions.reduce(OPS["sum"], t, -1), found)


def _binary(
    m: Machine,
    y_true: Value,
    y_pred: Value,
    from_logits: Value = False,
    label_smoothing: Value = 0.0,
) -> Array:
    true, pred = pair(m, y_true, y_pred)
    true = smoothed(m, true, label_smoothing, 2)
    if from_logits:
        return mean(m, m.binary(OPS["bce_with_logits_cut"], pred, true))
    return mean(m, m.apply(OPS["bce_clipped"], pred, true, EPSILON, kind=TF))


def _categorical(
    m: Machine,
    y_true: Value,
    y_pred: Value,
    from_logits: Value = False,
    label_smoothing: Value = 0.0,
) -> Array:
    true, pred = pair(m, y_true, y_pred)
    shapes = [tuple(one.tensor.shape) for one in (true, pred)]
    if shapes[0] != shapes[1]:
        what = "rank (ndim)" if len(shapes[0]) != len(shapes[1]) else "shape"
        words = f"Arguments `target` and `output` must have the same {what}. "
        raise value_error(f"{words}Received: target.shape={shapes[0]}, output.shape={shapes[1]}")
    true = smoothed(m, true, label_smoothing, pred.tensor.shape[-1] if pred.tensor.ndim else 1)
    if from_logits:
        return m.binary(OPS["cross_entropy_shares"], pred, true)
    whole = m.apply(lambda t: p.reductions.reduce(OPS["sum"], t, -1, True), pred)
    shares = m.apply(
        OPS["clip_low_last"], m.binary(OPS["divide"], pred, whole), EPSILON, 1 - EPSILON
    )
    product = m.binary(OPS["multiply"], true, m.apply(OPS["log"], shares))
    summed = m.apply(lambda t: p.reductions.reduce(OPS["sum"], t, -1), product)
    return m.apply(OPS["negative"], summed)


def _sparse(m: Machine, y_true: Value, y_pred: Value, from_logits: Value = False) -> Array:
    pred, true = floats(m, y_pred), array(m, y_true, TF)
    if true.tensor.dtype.kind == "f":
        true = cast(m, true, np.dtype(np.int64))
    true = squeezed(m, true, _row(m, pred))
    labels: Any = np.ravel(true.tensor.data)
    count = pred.tensor.shape[-1] if pred.tensor.ndim else 1
    wrong = labels[(labels < 0) | (labels >= count)]
    if wrong.size:
        words = f"Received a label value of {wrong[0]} which is outside the valid range of "
        words += f"[0, {count})."
        framework = f"InvalidArgumentError: {words}"
        raise ProgramError("index", framework=framework, detail=str(wrong[0]))
    if not from_logits:
        clipped = m.apply(OPS["clip_low_last"], pred, EPSILON, 1 - EPSILON)
        pred = m.apply(OPS["log"], clipped)
    return m.apply(OPS["cross_entropy"], pred, true, kind=TF)


def _row(m: Machine, x: Array) -> Array:
    """An array with one axis less, to compare shapes with."""
    return Array(x.tensor[..., 0], TF) if x.tensor.ndim else x  # type: ignore[index]


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "mean_squared_error": _of("squared_error"),
    "mean_absolute_error": _of("absolute_error"),
    "huber": _of("huber_within", delta=1.0),
    "log_cosh": _of("log_cosh"),
    "hinge": _hinge("hinge"),
    "squared_hinge": _hinge("squared_hinge"),
    "kl_divergence": _divergence,
    **FURTHER,
    "binary_crossentropy": _binary,
    "categorical_crossentropy": _categorical,
    "sparse_categorical_crossentropy": _sparse,
}
SHORT = {
    **dict.fromkeys(("mse", "MSE"), "mean_squared_error"),
    **dict.fromkeys(("mae", "MAE"), "mean_absolute_error"),
    **dict.fromkeys(("mape", "MAPE"), "mean_absolute_percentage_error"),
    **dict.fromkeys(("msle", "MSLE"), "mean_squared_logarithmic_error"),
    **dict.fromkeys(("kld", "KLD", "kullback_leibler_divergence"), "kl_divergence"),
    **dict.fromkeys(("bce", "BCE"), "binary_crossentropy"),
    "logcosh": "log_cosh",
}
OBJECTS = {
    "MeanSquaredError": "mean_squared_error",
    "MeanAbsoluteError": "mean_absolute_error",
    "Huber": "huber",
    "LogCosh": "log_cosh",
    "Hinge": "hinge",
    "KLDivergence": "kl_divergence",
    "SquaredHinge": "squared_hinge",
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    **FURTHER_OBJECTS,
}


SETTINGS: dict[str, dict[str, Value]] = {
    "Huber": {"delta": 1.0},
    "BinaryCrossentropy": {"from_logits": False, "label_smoothing": 0.0, "axis": -1},
    "CategoricalCrossentropy": {"from_logits": False, "label_smoothing": 0.0, "axis": -1},
    "SparseCategoricalCrossentropy": {"from_logits": False, "ignore_class": None, "axis": -1},
    **FURTHER_SETTINGS,
}
ONLY = {  # settings that have but their default here
    "BinaryCrossentropy": ("axis",),
    "CategoricalCrossentropy": ("axis",),
    "SparseCategoricalCrossentropy": ("ignore_class", "axis"),
}
ORDER = {  # where Keras has another than the settings first
    "SparseCategoricalCrossentropy": (
        "from_logits",
        "ignore_class",
        "reduction",
        "axis",
        "name",
        "dtype",
    ),
    "Dice": ("reduction", "name", "axis", "dtype"),
}
MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")


def _object(kind: str, name: str) -> Callable[..., Record]:
    """A loss object: called with (y_true, y_pred), it averages over all examples."""
    settings = SETTINGS.get(kind, {})
    order = ORDER.get(kind, (*settings, "reduction", "name", "dtype"))
    defaults = {**settings, "reduction": "sum_over_batch_size", "name": None, "dtype": None}

    def make(m: Machine, *given: Value, **named: Value) -> Record:
        for key in named:
            if key not in defaults:
                raise unexpected_keyword(f"{kind}.__init__", key, order, framework="keras")
        values = defaults | by_name(f"{kind}.__init__", order, given, named)
        reduction = values.pop("reduction")
        if reduction not in (*MEANS, "sum", "none", None):
            known = (
                '{"sum", None, "none", "mean", "sum_over_batch_size", "mean_with_sample_weight"}'
            )
            words = "Invalid value for argument `reduction`. Expected one of "
            raise value_error(f"{words}{known}. Received: reduction={reduction}")
        for key in ONLY.get(kind, ()):
            if values.pop(key) != defaults[key]:
                raise unsupported(N_("{kind} with {key}"), kind=kind, key=key)
        if values.pop("dtype") not in (None, "float32"):
            raise unsupported(N_("{kind} with dtype"), kind=kind)
        values.pop("name")

        def call(m: Machine, y_true: Value, y_pred: Value, sample_weight: Value = None) -> Array:
            true, pred = array(m, y_true, TF), floats(m, y_pred, FLOAT32)  # whatever is given
            found = FUNCTIONS[name](m, true, pred, **values)
            return reduced(m, found, sample_weight, reduction)

        return Record(kind, dict(values), call)

    return make


def reduced(m: Machine, values: Array, sample_weight: Value, reduction: Value) -> Array:
    """The losses of the examples as one, each by its weight. Weights count for themselves, not in
    what is divided by, but for mean_with_sample_weight."""
    weight = None
    if sample_weight is not None:
        weight = cast(m, array(m, sample_weight, TF), FLOAT32)
        mine, its = values.tensor.ndim, tuple(weight.tensor.shape)
        if len(its) == mine + 1 and its[-1] == 1:
            weight = m.apply(lambda t: p.shaping.reshape(t, its[:-1]), weight)
        elif len(its) == mine - 1:
            weight = m.apply(lambda t: p.shaping.reshape(t, (*its, 1)), weight)
        values = m.binary(OPS["multiply"], values, weight)
    if reduction in ("none", None):
        return values
    if reduction == "sum":
        return m.apply(lambda t: p.reductions.reduce(OPS["sum"], t), values)
    if reduction == "mean_with_sample_weight" and weight is not None:
        sums = (m.apply(lambda t: p.reductions.reduce(OPS["sum"], t), x) for x in (values, weight))
        return m.binary(OPS["divide"], *sums)
    return m.apply(lambda t: p.reductions.reduce(OPS["mean"], t), values)


def _get(m: Machine, identifier: Value) -> Value:
    """keras.losses.get("mse"): the function of this name, or the object of a class's name."""
    if not isinstance(identifier, str):
        return identifier
    if identifier not in LOSSES:
        raise value_error(f"Could not interpret loss identifier: {identifier}")
    found = LOSSES[identifier]
    return found(m) if identifier in OBJECTS else Builtin(f"keras.losses.{identifier}", found)


LOSSES: dict[str, Callable[..., Any]] = {
    **FUNCTIONS,
    **{short: FUNCTIONS[name] for short, name in SHORT.items()},
    "get": _get,
    **{kind: _object(kind, name) for kind, name in OBJECTS.items()},
}
