"""Losses of one answer among several classes. Scores or probabilities lie along the last axis.

A class is a whole number that stands for its place; a distribution has one share per class.
"""

from typing import Any

import numpy as np

from app.engine.op import N_, Op, Rule
from app.engine.primitives.apply import apply
from app.engine.primitives.exponentials import xlogy
from app.engine.primitives.softmax import log_softmax, softmax


def _column(classes: Any, ahead: tuple[int, ...], count: int) -> Any:
    """Classes as an index along the last axis. Raises IndexError for one that is not there."""
    if np.min(classes, initial=0) < 0 or np.max(classes, initial=0) >= count:
        raise IndexError(f"classes go from 0 to {count - 1}, got {classes}")
    return np.broadcast_to(classes, ahead)[..., None]


def _picked(x: Any, classes: Any) -> Any:
    """Of each row the entry of its class."""
    return np.take_along_axis(x, _column(classes, x.shape[:-1], x.shape[-1]), -1)[..., 0]


def _along(g: Any) -> Any:
    """A number per row, as a row of one."""
    return np.reshape(g, (*g.shape, 1))


def _put(g: Any, classes: Any, count: int) -> Any:
    ahead = np.broadcast_shapes(g.shape, classes.shape)
    found = np.zeros((*ahead, count), g.dtype)
    np.put_along_axis(found, _column(classes, ahead, count), -np.asarray(g)[..., None], -1)
    return found


def _less_one(p: Any, classes: Any) -> Any:
    ahead = np.broadcast_shapes(p.shape[:-1], classes.shape)
    found = np.array(np.broadcast_to(p, (*ahead, p.shape[-1])))
    at = _column(classes, ahead, p.shape[-1])
    np.put_along_axis(found, at, np.take_along_axis(found, at, -1) - 1, -1)
    return found


nll: Op = Op(
    "nll",
    lambda x, classes: -_picked(x, classes),
    lambda g, z, x, classes: apply(nll_back, g, classes, x.shape[-1]),
    None,
    latex="-{0!}_{1*}",
    level=3,
    sign="-x[y]",
    elementwise=False,
    saves=False,
    torch="-torch.gather({0}, -1, {1}.unsqueeze(-1)).squeeze(-1)",
    tensorflow="-tf.gather({0}, {1}, axis=-1, batch_dims=len({1}.shape))",
    why=N_("Only the right class takes a gradient, minus the upstream one; the others get zero."),
)
nll_back: Op = Op(
    "nll_back",
    _put,
    lambda g, z, y, classes, count: apply(nll, g, classes),
    None,
    latex=r"-{0} \operatorname{onehot} {1!}",
    level=2,
    sign="put",
    elementwise=False,
    saves=False,
    torch="-{0}.unsqueeze(-1) * torch.nn.functional.one_hot({1}, {2})",
    tensorflow="-{0}[..., None] * tf.one_hot({1}, {2}, dtype={0}.dtype)",
    why=N_("The gradient is read back from where the entries were put."),
)
less_one_hot = Op(
    "less_one_hot",
    _less_one,
    lambda g, z, p, classes: g,
    None,
    latex=r"{0} - \operatorname{onehot} {1!}",
    level=1,
    sign="-1",
    elementwise=False,
    saves=False,
    torch="{0} - torch.nn.functional.one_hot({1}, {0}.shape[-1])",
    tensorflow="{0} - tf.one_hot({1}, {0}.shape[-1], dtype={0}.dtype)",
    why=N_("A sum passes the gradient on unchanged to each term."),
)
cross_entropy = Op(
    "cross_entropy",
    lambda x, classes: -_picked(log_softmax.forward(x), classes),
    lambda g, z, x, classes: _along(g) * apply(less_one_hot, apply(softmax, x), classes),
    None,
    latex=r"-\ln \operatorname{softmax}\left({0*}\right)_{1*}",
    level=3,
    sign="cross entropy",
    elementwise=False,
    torch=(
        "torch.nn.functional.cross_entropy("
        "torch.movedim({0}, -1, min({0}.ndim - 1, 1)), {1}, reduction='none')"
    ),
    tensorflow="tf.nn.sparse_softmax_cross_entropy_with_logits({1}, {0})",
    why=N_("The slope by a score is its softmax share, less 1 for the right class."),
)


def _cross_entropy(name: str, rule: Rule, why: str, **more: Any) -> Op:
    return Op(
        name,
        lambda x, y: np.sum(-log_softmax.forward(x) * y, axis=-1),
        rule,
        lambda g, z, x, y: _along(g) * -apply(log_softmax, x),
        latex=r"-\sum {1} \ln \operatorname{softmax}\left({0*}\right)",
        level=2,
        sign="cross entropy",
        elementwise=False,
        why=why,
        **more,
    )


cross_entropy_soft = _cross_entropy(
    "cross_entropy_soft",
    lambda g, z, x, y: _along(g) * (apply(softmax, x) * np.sum(y, axis=-1, keepdims=True) - y),
    N_("The slope by a score is its softmax share less the share that was wanted."),
    torch=(
        "torch.nn.functional.cross_entropy(*(torch.movedim(one, -1, min(one.ndim - 1, 1))"
        " for one in ({0}, {1})), reduction='none')"
    ),
    tensorflow="-tf.reduce_sum({1} * tf.nn.log_softmax({0}), axis=-1)",
)
# TensorFlow takes for granted that the wanted shares sum to 1, and gives this where they do not.
cross_entropy_shares = _cross_entropy(
    "cross_entropy_shares",
    lambda g, z, x, y: _along(g) * (apply(softmax, x) - y),
    N_("The slope by a score is its softmax share less the wanted one, if those sum to 1."),
    tensorflow="tf.nn.softmax_cross_entropy_with_logits({1}, {0})",
    alike=("cross_entropy_soft", N_("where the shares that are wanted do not sum to 1")),
)
kl_div = Op(
    "kl_div",
    lambda x, y: xlogy.forward(y, y) - y * x,
    lambda g, z, x, y: g * -y,
    lambda g, z, x, y: g * (np.log(y) + y / y - x),  # as PyTorch's: nan at 0
    latex=r"{1} \left(\ln {1} - {0!}\right)",
    level=2,
    sign="KL",
    torch="torch.nn.functional.kl_div({0}, {1}, reduction='none')",
    tensorflow="tf.math.xlogy({1}, {1}) - {1} * {0}",
    why=N_("The slope by the logarithm of a share is minus the share that was wanted."),
)
kl_div_log = Op(
    "kl_div_log",
    lambda x, y: np.exp(y) * (y - x),
    lambda g, z, x, y: g * -np.exp(y),
    lambda g, z, x, y: g * (np.exp(y) * (y - x + 1)),
    latex=r"e^{1} \left({1} - {0!}\right)",
    level=2,
    sign="KL",
    code="np.exp({1}) * ({1} - {0})",
    torch="torch.nn.functional.kl_div({0}, {1}, reduction='none', log_target=True)",
    tensorflow="tf.exp({1}) * ({1} - {0})",
    why=N_("The slope by the logarithm of a share is minus the share that was wanted."),
)
