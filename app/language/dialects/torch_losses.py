"""The losses of torch.nn.functional, checked and reduced as PyTorch does."""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.engine import N_, OPS
from app.engine import primitives as p
from app.language.dialects.common import array, cast
from app.language.dialects.tables import called
from app.language.errors import ProgramError, type_error, unsupported, value_error
from app.language.grad_fn import called as said
from app.language.grad_fn import goes_on, named
from app.language.machine import Machine
from app.language.number_types import REFUSED, takes, torch_type
from app.language.promotion import no_masks, torch_promoted
from app.language.values import TORCH, Array, BackwardStep, Value


def reduced(m: Machine, x: Array, how: Value) -> Array:
    """The losses of all entries as one number, or as they are."""
    if how == "none":
        return x
    if how not in ("mean", "sum"):
        raise value_error(f"{how} is not a valid value for reduction")
    if how == "mean":
        takes("mean", TORCH, x)
    return m.apply(lambda t: p.reductions.reduce(OPS[how], t), x)


WARNED = {"squared_error", "absolute_error_or_zero", "huber", "smooth_l1"}  # where sizes differ


def _entrywise(op: str, **defaults: float) -> Callable[..., Array]:
    """A loss of each entry, reduced. defaults: its settings by PyTorch's names."""

    def loss(
        m: Machine, x: Value, target: Value, reduction: Value = "mean", **named: Value
    ) -> Array:
        for name in named:
            if name not in defaults:
                raise type_error(f"got an unexpected keyword argument '{name}'")
        numbers = [float(named.get(name, default)) for name, default in defaults.items()]
        x, target = array(m, x, TORCH), array(m, target, TORCH)
        if op in REFUSED and torch_promoted(x, target).kind != "f":
            takes(op, TORCH, max(x, target, key=lambda one: one.tensor.dtype))
        if op in WARNED and x.tensor.shape != target.tensor.shape:
            size, other = (f"torch.Size({list(one.tensor.shape)})" for one in (target, x))
            m.note("target_size", f"({size}) that is different to the input size ({other})")
            types = [one.tensor.dtype for one in (x, target)]
            if types[0].kind == types[1].kind:  # both are spread first, so none is the stronger
                x, target = (cast(m, one, np.result_type(*types)) for one in (x, target))
        if op == "absolute_error_or_zero":
            no_masks(x, target)
        if not numbers:
            return reduced(m, m.binary(OPS[op], x, target), reduction)
        common = torch_promoted(x, target)  # PyTorch's, before NumPy finds a wider one
        if op == "huber" and x.tensor.dtype.kind == "f":
            common = x.tensor.dtype
        x, target = (array(m, one, TORCH, common) for one in (x, target))
        return reduced(m, m.apply(OPS[op], x, target, *numbers), reduction)

    return loss


def _poisson(
    m: Machine,
    x: Value,
    target: Value,
    log_input: Value = True,
    full: Value = False,
    reduction: Value = "mean",
) -> Array:
    """exp(x) - t x, of the logarithm of a rate."""
    if not log_input or full:
        raise unsupported(N_("poisson_nll_loss with log_input=False or full=True"))
    return _entrywise("poisson_nll")(m, x, target, reduction)


def _same_size(x: Array, target: Array, words: str) -> None:
    mine, other = list(x.tensor.shape), list(target.tensor.shape)
    if mine != other:
        text = words.format(target=f"torch.Size({other})", input=f"torch.Size({mine})")
        raise ProgramError("shape", framework=f"ValueError: {text}", detail=f"{mine}, {other}")


AS_INPUT = N_("The targets are probabilities, of the input's number type: write y.float() for y.")


def _answers_wanted(words: str) -> ProgramError:
    """Targets of another number type than the probabilities or logits."""
    return ProgramError("dtype", framework=f"RuntimeError: {words}", advice=AS_INPUT, detail=words)


def bce(
    m: Machine, x: Value, target: Value, weight: Value = None, reduction: Value = "mean"
) -> Array:
    """- t ln x - (1 - t) ln(1 - x), times a weight of each entry."""
    x, target = array(m, x, TORCH), array(m, target, TORCH)
    words = "Using a target size ({target}) that is different to the input size ({input}) is "
    _same_size(x, target, f"{words}deprecated. Please ensure they have the same size.")
    if not np.all((x.tensor.data >= 0) & (x.tensor.data <= 1)):
        words = "all elements of input should be between 0 and 1"
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    takes("bce", TORCH, x)
    if target.tensor.dtype != x.tensor.dtype and not m.formula:
        mine, wanted = (torch_type(one.tensor.dtype) for one in (target, x))
        raise _answers_wanted(f"Found dtype {mine} but expected {wanted}")
    return reduced(m, _times(m, m.binary(OPS["bce"], x, target), weight), reduction)


def _times(m: Machine, losses: Array, weight: Value) -> Array:
    return losses if weight is None else m.binary(OPS["multiply"], losses, weight)


def bce_with_logits(
    m: Machine,
    x: Value,
    target: Value,
    weight: Value = None,
    reduction: Value = "mean",
    pos_weight: Value = None,
) -> Array:
    """(1 - t) x - ln sigmoid(x). pos_weight: how much more an answer of 1 counts."""
    x, target = array(m, x, TORCH), array(m, target, TORCH)
    takes("bce_with_logits", TORCH, x)
    _same_size(x, target, "Target size ({target}) must be the same as input size ({input})")
    if target.tensor.dtype.kind in "iu":
        mine, wanted = (torch_type(one.tensor.dtype) for one in (x, target))
        raise _answers_wanted(
            f"result type {mine} can't be cast to the desired output type {wanted}"
        )
    no_masks(target, target)  # PyTorch takes it from 1
    if pos_weight is None:
        found = m.binary(OPS["bce_with_logits"], x, target)
    else:
        found = m.apply(
            lambda t, y, w: p.criteria.answers(t, y, None, w, "none"),
            *(x, target, array(m, pos_weight, TORCH)),
        )
    return reduced(m, _times(m, found, weight), reduction)


WHOLE_CLASSES = N_("The targets are numbers of classes, so whole: write y.long() for y.")


def _classes(x: Array, target: Array, ignored: Value = None) -> None:
    """Raises what PyTorch does for classes that do not fit. x: (classes), (examples, classes), or
    (examples, classes, …) with a class for each of the places behind."""
    shape, wanted = tuple(x.tensor.shape), tuple(target.tensor.shape)
    if target.tensor.dtype not in (np.int64, np.uint8):
        words = "expected target dtype to be Long or Byte, but got "
        words += torch_type(target.tensor.dtype)
        told = f"RuntimeError: {words}"
        raise ProgramError("dtype", framework=told, advice=WHOLE_CLASSES, detail=words)
    if not shape:
        raise unsupported(N_("a loss of classes of a single number"))
    if len(shape) > 1 and wanted[:1] != shape[:1]:
        words = f"Expected input batch_size ({shape[0]}) to match target batch_size "
        words += f"({wanted[0] if wanted else 1})."
        raise ProgramError("shape", framework=f"ValueError: {words}", detail=f"{shape}, {wanted}")
    if len(shape) == 2 and len(wanted) == 2:
        words = "0D or 1D target tensor expected, multi-target not supported"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=f"{shape}, {wanted}")
    if len(shape) > 1 and wanted[1:] != shape[2:]:
        words = f"Expected target size {[shape[0], *shape[2:]]}, got {list(wanted)}"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=f"{shape}, {wanted}")
    labels = np.ravel(target.tensor.data)
    count = shape[1] if len(shape) > 1 else shape[0]
    wrong = labels[((labels < 0) | (labels >= count)) & (labels != ignored)]
    if wrong.size:
        words = f"IndexError: Target {wrong[0]} is out of bounds."
        raise ProgramError("index", framework=words, detail=str(wrong[0]))


def _axis(x: Array) -> int:
    """Where the classes lie."""
    return 1 if x.tensor.ndim > 1 else 0


def _weights(m: Machine, x: Array, weight: Value) -> Array | None:
    """One per class."""
    if weight is None:
        return None
    found, count = array(m, weight, TORCH), x.tensor.shape[_axis(x)]
    if found.tensor.shape != (count,):
        words = f"weight tensor should be defined either for all {count} classes or no classes "
        words += f"but got weight tensor of shape: {list(found.tensor.shape)}"
        raise ProgramError("shape", framework=f"RuntimeError: {words}", detail=words)
    return found


def _older(size_average: Value, reduce: Value, reduction: Value) -> Value:
    """The reduction, from the two older options where one of them is given."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is not None and not reduce:
        return "none"
    return "mean" if size_average is None or size_average else "sum"


def _known(reduction: Value) -> str:
    if reduction not in ("none", "mean", "sum"):
        raise value_error(f"{reduction} is not a valid value for reduction")
    return str(reduction)


def nll(
    m: Machine,
    x: Value,
    target: Value,
    weight: Value = None,
    size_average: Value = None,
    ignore_index: Value = -100,
    reduce: Value = None,
    reduction: Value = "mean",
) -> Array:
    """Minus the log probability of each example's class. weight: one per class."""
    reduction = _older(size_average, reduce, reduction)
    x, target = array(m, x, TORCH), array(m, target, TORCH)
    _classes(x, target, ignore_index)
    if weight is None and x.tensor.ndim < 3 and np.all(target.tensor.data != ignore_index):
        return reduced(m, m.apply(OPS["nll"], x, target), reduction)
    settings = (int(ignore_index), _known(reduction), _axis(x))
    scale = _weights(m, x, weight)
    if scale is None:
        return m.apply(lambda t, y: p.criteria.likelihood(t, y, None, *settings), x, target)
    return m.apply(lambda t, y, w: p.criteria.likelihood(t, y, w, *settings), x, target, scale)


def cross_entropy(
    m: Machine,
    x: Value,
    target: Value,
    weight: Value = None,
    size_average: Value = None,
    ignore_index: Value = -100,
    reduce: Value = None,
    reduction: Value = "mean",
    label_smoothing: Value = 0.0,
) -> Array:
    """Of scores; target: class numbers, or a probability for each class. weight: one per class."""
    reduction = _older(size_average, reduce, reduction)
    takes("log_softmax", TORCH, array(m, x, TORCH))
    x, target = array(m, x, TORCH), array(m, target, TORCH)
    shares = target.tensor.dtype.kind == "f" and target.tensor.shape == x.tensor.shape
    if not shares:
        _classes(x, target, ignore_index)
    plain = weight is None and not label_smoothing and x.tensor.ndim < 3
    if plain and shares:
        soft = reduced(m, m.binary(OPS["cross_entropy_soft"], x, target), reduction)
        return said(soft, "DivBackward1") if reduction == "mean" else soft
    step = "AddBackward0" if label_smoothing else f"NllLoss{'2D' * (x.tensor.ndim > 2)}Backward0"
    if plain and np.all(target.tensor.data != ignore_index):
        found = said(reduced(m, m.apply(OPS["cross_entropy"], x, target), reduction), step)
        return goes_on(found, BackwardStep("LogSoftmaxBackward0", (x.tensor,)))
    if not 0 <= label_smoothing <= 1:
        words = f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}"
        raise ProgramError("value", framework=f"RuntimeError: {words}", detail=words)
    settings = (float(label_smoothing), int(ignore_index), _known(reduction), _axis(x))
    scale = _weights(m, x, weight)
    if scale is None:
        return said(
            m.apply(lambda t, y: p.criteria.classify(t, y, None, *settings), x, target), step
        )
    found = m.apply(lambda t, y, w: p.criteria.classify(t, y, w, *settings), x, target, scale)
    return said(found, step)


def kl_div(
    m: Machine, x: Value, target: Value, reduction: Value = "mean", log_target: Value = False
) -> Array:
    """t (ln t - x), where x are log probabilities."""
    x, target = array(m, x, TORCH), array(m, target, TORCH)
    found = m.binary(OPS["kl_div_log" if log_target else "kl_div"], x, target)
    if reduction != "batchmean":
        return reduced(m, found, reduction)
    return m.binary(OPS["divide"], reduced(m, found, "sum"), max(1, x.tensor.shape[0]))


LOSSES: dict[str, Callable[..., Any]] = named(
    called(
        {
            "mse_loss": _entrywise("squared_error"),
            "l1_loss": _entrywise("absolute_error_or_zero"),
            "huber_loss": _entrywise("huber", delta=1.0),
            "smooth_l1_loss": _entrywise("smooth_l1", beta=1.0),
            "poisson_nll_loss": _poisson,
            "binary_cross_entropy": bce,
            "binary_cross_entropy_with_logits": bce_with_logits,
            "nll_loss": nll,
            "cross_entropy": cross_entropy,
            "kl_div": kl_div,
        },
        input="x",
    )
)
