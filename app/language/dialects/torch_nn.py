"""torch.nn: layers, activations and losses as objects, and how their parameters begin."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import OPS
from app.engine import primitives as p
from app.language.builtins import call
from app.language.classes import make
from app.language.dialects import torch_agreeing
from app.language.dialects.common import FLOAT32, array, dtype_of, floating, namespace
from app.language.dialects.tables import called
from app.language.dialects.torch_attention import product as attention
from app.language.dialects.torch_attention import several_heads
from app.language.dialects.torch_containers import CONTAINERS
from app.language.dialects.torch_decoder import decoders
from app.language.dialects.torch_encoder import Parts, encoders
from app.language.dialects.torch_functional import FUNCTIONS as LAYER_FUNCTIONS
from app.language.dialects.torch_functions import ACTIVATIONS
from app.language.dialects.torch_gates import GATED, SOFTMAX
from app.language.dialects.torch_init import INIT
from app.language.dialects.torch_layers import LAYERS as MORE_LAYERS
from app.language.dialects.torch_losses import LOSSES
from app.language.dialects.torch_modules import (
    MODULE,
    begin,
    children,
    is_module,
    layer,
    parameter,
)
from app.language.dialects.torch_recurrent import recurrent
from app.language.dialects.torch_steps import normalize
from app.language.dialects.torch_utils import UTILS
from app.language.errors import ProgramError, type_error, unexpected_keyword, value_error
from app.language.grad_fn import called as said
from app.language.grad_fn import goes_on
from app.language.items import inside
from app.language.machine import Machine
from app.language.misfits import reshape_misfit
from app.language.torch_stream import as_kept
from app.language.values import TORCH, Array, BackwardStep, Class, Instance, Value, Walk, type_name


def linear(m: Machine, x: Value, weight: Value, bias: Value = None) -> Array:
    """x Wᵀ + b"""
    if not isinstance(x, Array) or x.kind != TORCH:
        words = "linear(): argument 'input' (position 1) must be Tensor, not "
        raise type_error(words + type_name(x))
    x, weight = array(m, x, TORCH), array(m, weight, TORCH)
    torch_agreeing.of_a_product(x, weight, bias is not None)
    product = m.apply(p.linear.matmul, x, m.apply(p.shaping.transpose, weight))
    if bias is None:
        return product
    step = "AddmmBackward0" if x.tensor.ndim == 2 else "ViewBackward0"
    made = said(m.binary(OPS["add"], product, bias), step)
    if isinstance(bias, Array) and x.tensor.ndim == 2:
        goes_on(made, bias.tensor, x.tensor, BackwardStep("TBackward0", (weight.tensor,)))
    return made


def dropout(
    m: Machine, x: Value, p: Value = 0.5, training: Value = True, inplace: Value = False
) -> Array:
    """Each entry is dropped with probability p; the others make up for it."""
    if not isinstance(p, int | float) or not 0 <= p <= 1:
        raise value_error(f"dropout probability has to be between 0 and 1, but got {p}")
    found = array(m, x, TORCH)
    if training and p:
        found = floating(m, found, TORCH)
    if not training or p == 0:
        return found
    m.budget.array(found.tensor.shape)
    shape = found.tensor.shape
    data: Any = found.tensor.data
    drawn = as_kept(data, lambda shape: m.torch_random.happens(1 - p, shape)) if p < 1 else None
    kept = m.leaf(np.zeros(shape, bool) if drawn is None else drawn, TORCH)
    made = said(m.apply(OPS["dropout"], found, kept, float(p)), "MulBackward0")
    return inside(m, x, made, inplace)


def flatten(m: Machine, x: Value, start_dim: Value = 0, end_dim: Value = -1) -> Array:
    """Some axes as one."""
    found = array(m, x, TORCH)
    shape = found.tensor.shape
    if len(shape) == 1:
        return found
    first, last = (axis % max(1, len(shape)) for axis in (start_dim, end_dim))
    merged = (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])

    def reshape(t: Any) -> Any:
        try:
            return p.shaping.reshape(t, merged)
        except ValueError as problem:
            raise reshape_misfit(TORCH, t.size, merged, problem) from None

    return m.apply(reshape, found)


# -- layers


def _linear(
    m: Machine,
    layer: Instance,
    in_features: Value,
    out_features: Value,
    bias: Value = True,
    device: Value = None,
    dtype: Value = None,
) -> None:
    """Weights begin as PyTorch's do: uniform within 1 / √(number of inputs)."""
    for length in (in_features, out_features):
        if not isinstance(length, int) or length < 0:
            raise type_error(f"Linear() takes whole numbers of features, not {type_name(length)}")
    m.budget.array((out_features, in_features))
    bound = 1 / math.sqrt(in_features) if in_features else 0.0

    def drawn(shape: tuple[int, ...]) -> Array:
        data = m.torch_random.uniform(-bound, bound, shape, dtype_of(dtype, FLOAT32))
        return parameter(m, m.leaf(data, TORCH))

    begin(
        m,
        layer,
        in_features=in_features,
        out_features=out_features,
        weight=drawn((out_features, in_features)),
        bias=drawn((out_features,)) if bias else None,
    )


def _linear_forward(m: Machine, layer: Instance, input: Value) -> Array:
    return linear(m, input, layer.values["weight"], layer.values["bias"])


def _linear_text(layer: Instance) -> str:
    sizes = (f"{name}={layer.values[name]}" for name in ("in_features", "out_features"))
    return f"{', '.join(sizes)}, bias={layer.values['bias'] is not None}"


def _sequential(m: Machine, whole: Instance, *layers: Value) -> None:
    named = {str(i): one for i, one in enumerate(layers)}
    if len(layers) == 1 and isinstance(layers[0], dict):
        named = layers[0]
    for one in named.values():
        if not is_module(one):
            raise type_error(f"{type_name(one)} is not a Module subclass")
    begin(m, whole, **named)


def _in_turn(m: Machine, whole: Instance, input: Value) -> Value:
    for _, one in children(whole):
        input = call(m, one, input)
    return input


def _chosen(m: Machine, whole: Instance, key: Value) -> Value:
    entries = [one for _, one in children(whole)]
    if isinstance(key, slice):
        return make(m, whole.of, *entries[key])
    if not isinstance(key, int) or not -len(entries) <= key < len(entries):
        words = f"IndexError: index {key} is out of range"
        raise ProgramError("index", framework=words, detail=str(key))
    return entries[key]


def _flatten(m: Machine, layer: Instance, start_dim: Value = 1, end_dim: Value = -1) -> None:
    begin(m, layer, start_dim=start_dim, end_dim=end_dim)


def _dropout(m: Machine, layer: Instance, p: Value = 0.5, inplace: Value = False) -> None:
    dropout(m, 0.0, p, False)  # says what is wrong with p
    begin(m, layer, p=p, inplace=inplace)


def _prelu(m: Machine, layer: Instance, num_parameters: Value = 1, init: Value = 0.25) -> None:
    m.budget.array((num_parameters,))
    weight = parameter(m, m.leaf(np.full(num_parameters, init, np.float32), TORCH))
    begin(m, layer, num_parameters=num_parameters, weight=weight)


def _texts(*names: str) -> Callable[[Instance], str]:
    return lambda layer: ", ".join(f"{name}={layer.values[name]!r}" for name in names)


def _settings(kind: str, defaults: dict[str, Value]) -> Callable[..., None]:
    """The __init__ of a module that keeps settings."""

    def start(m: Machine, layer: Instance, *given: Value, **named: Value) -> None:
        settings = defaults | dict(zip(defaults, given, strict=False)) | named
        wrong = next((name for name in settings if name not in defaults), None)
        if wrong is not None:
            raise unexpected_keyword(f"{kind}.__init__", wrong, defaults, framework="torch")
        if len(given) > len(defaults):
            words = (
                f"takes {len(defaults) + 1} positional arguments but {len(given) + 1} were given"
            )
            raise type_error(f"{kind}.__init__() {words}")
        begin(m, layer, **settings)

    return start


def _activation(kind: str, function: Callable[..., Value], **defaults: Value) -> Class:
    """A function as a layer. defaults: its settings, printed with their names."""
    if kind in CHANGING:
        defaults["inplace"] = False

    def forward(m: Machine, layer: Instance, input: Value) -> Value:
        return function(m, input, **{name: layer.values[name] for name in defaults})

    def shown(layer: Instance) -> str:
        values = [(name, layer.values[name]) for name in defaults]
        values = [(name, value) for name, value in values if name != "inplace" or value]
        bare = kind in ("Hardshrink", "Softshrink")
        return ", ".join(f"{value!r}" if bare else f"{name}={value!r}" for name, value in values)

    return layer(kind, _settings(kind, defaults), forward, shown)


def _loss(kind: str, name: str, **defaults: Value) -> Class:
    """A loss as a module, called with the prediction and the target."""
    settings = {"reduction": "mean", **defaults}

    def forward(m: Machine, loss: Instance, input: Value, target: Value) -> Value:
        return LOSSES[name](m, input, target, **{key: loss.values[key] for key in settings})

    return layer(kind, _settings(kind, settings), forward, lambda loss: "")


WALKED: dict[str, Callable[..., Any]] = {
    "__getitem__": _chosen,
    "__iter__": lambda m, whole: Walk("generator", iter([one for _, one in children(whole)])),
    "__len__": lambda m, whole: len(children(whole)),
}
CHANGING = {  # whose layers may work in place
    *("ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "SiLU", "Mish"),
    *("Hardtanh", "Hardsigmoid", "Hardswish"),
}
SMOOTH = ("Sigmoid", "Tanh", "SELU", "SiLU", "Mish", "Softsign")
LAYERS: dict[str, Class] = {
    "Linear": layer("Linear", _linear, _linear_forward, _linear_text),
    "Sequential": layer("Sequential", _sequential, _in_turn, **WALKED),
    "Flatten": layer(
        "Flatten",
        _flatten,
        lambda m, one, x: flatten(m, x, one.values["start_dim"], one.values["end_dim"]),
        _texts("start_dim", "end_dim"),
    ),
    "Dropout": layer(
        "Dropout",
        _dropout,
        lambda m, one, x: dropout(
            m, x, one.values["p"], one.values["training"], one.values["inplace"]
        ),
        _texts("p", "inplace"),
    ),
    "PReLU": layer(
        "PReLU",
        _prelu,
        lambda m, one, x: ACTIVATIONS["prelu"](m, x, one.values["weight"]),
        _texts("num_parameters"),
    ),
    "GLU": _activation("GLU", GATED["glu"], dim=-1),
    "Softmin": _activation("Softmin", SOFTMAX["softmin"], dim=None),
    "CosineSimilarity": layer(
        "CosineSimilarity",
        _settings("CosineSimilarity", {"dim": 1, "eps": 1e-8}),
        lambda m, one, x1, x2: LAYER_FUNCTIONS["cosine_similarity"](
            m, x1, x2, one.values["dim"], one.values["eps"]
        ),
        lambda one: "",
    ),
    "Identity": _activation("Identity", lambda m, x: x),
    "Softmax": _activation("Softmax", SOFTMAX["softmax"], dim=None),
    "LogSoftmax": _activation("LogSoftmax", SOFTMAX["log_softmax"], dim=None),
    "ReLU": _activation("ReLU", ACTIVATIONS["relu"]),
    "ReLU6": _activation("ReLU6", ACTIVATIONS["relu6"]),
    "LeakyReLU": _activation("LeakyReLU", ACTIVATIONS["leaky_relu"], negative_slope=0.01),
    "ELU": _activation("ELU", ACTIVATIONS["elu"], alpha=1.0),
    "CELU": _activation("CELU", ACTIVATIONS["celu"], alpha=1.0),
    "GELU": _activation("GELU", ACTIVATIONS["gelu"], approximate="none"),
    "Softplus": _activation("Softplus", ACTIVATIONS["softplus"], beta=1.0, threshold=20.0),
    "Hardtanh": _activation("Hardtanh", ACTIVATIONS["hardtanh"], min_val=-1.0, max_val=1.0),
    "Hardshrink": _activation("Hardshrink", ACTIVATIONS["hardshrink"], lambd=0.5),
    "Softshrink": _activation("Softshrink", ACTIVATIONS["softshrink"], lambd=0.5),
    "LogSigmoid": _activation("LogSigmoid", ACTIVATIONS["logsigmoid"]),
    **{
        name: _activation(name, ACTIVATIONS[name.lower()])
        for name in (*SMOOTH, "Tanhshrink", "Hardsigmoid", "Hardswish")
    },
    "MSELoss": _loss("MSELoss", "mse_loss"),
    "L1Loss": _loss("L1Loss", "l1_loss"),
    "HuberLoss": _loss("HuberLoss", "huber_loss", delta=1.0),
    "SmoothL1Loss": _loss("SmoothL1Loss", "smooth_l1_loss", beta=1.0),
    "BCELoss": _loss("BCELoss", "binary_cross_entropy", weight=None),
    "BCEWithLogitsLoss": _loss(
        "BCEWithLogitsLoss", "binary_cross_entropy_with_logits", weight=None, pos_weight=None
    ),
    "NLLLoss": _loss("NLLLoss", "nll_loss", weight=None, ignore_index=-100),
    "CrossEntropyLoss": _loss(
        "CrossEntropyLoss", "cross_entropy", weight=None, ignore_index=-100, label_smoothing=0.0
    ),
    "KLDivLoss": _loss("KLDivLoss", "kl_div", log_target=False),
}
FUNCTIONAL: dict[str, Callable[..., Any]] = {
    **ACTIVATIONS,
    **SOFTMAX,
    **LOSSES,
    **LAYER_FUNCTIONS,
    **GATED,
    "scaled_dot_product_attention": attention(dropout),
    **called({"normalize": normalize, "linear": linear, "dropout": dropout}, input="x"),
}
HEADS = several_heads(LAYERS["Linear"], linear, dropout)
PARTS = Parts(
    LAYERS["Linear"],
    MORE_LAYERS["LayerNorm"],
    LAYERS["Dropout"],
    CONTAINERS["ModuleList"],
    HEADS,
)
ENCODERS = encoders(PARTS)
NN = namespace(
    "torch.nn",
    {
        "functional": namespace("torch.nn.functional", FUNCTIONAL),
        "init": namespace("torch.nn.init", INIT),
        "Module": MODULE,
        "Parameter": lambda m, data, requires_grad=True: parameter(m, data, requires_grad),
        "utils": namespace("torch.nn.utils", UTILS),
        **LAYERS,
        **MORE_LAYERS,
        **recurrent(dropout),
        "MultiheadAttention": HEADS,
        **ENCODERS,
        **decoders(PARTS, ENCODERS),
        **CONTAINERS,
    },
)
