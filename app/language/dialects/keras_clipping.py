"""clipnorm, clipvalue and global_clipnorm of Keras's optimizers: gradients are made shorter first.

What is done to them is done by operations, so that it is seen as any other.
"""

from app.engine import OPS
from app.engine import primitives as p
from app.language.dialects.common import number_of
from app.language.errors import type_error, value_error
from app.language.machine import Machine
from app.language.values import Array, Value, type_name

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


def clips_of(settings: dict[str, Value]) -> dict[str, float]:
    """Takes these options out of those of an optimizer; at most one of them is given."""
    given = {name: settings.pop(name) for name in CLIPS if name in settings}
    found = {name: float(number_of(one)) for name, one in given.items() if one is not None}
    if len(found) > 1:
        words = "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: "
        shown = ", ".join(f"{name}={given.get(name)}" for name in CLIPS)
        raise value_error(f"{words}{shown}")
    return {name: one for name, one in found.items() if one > 0}


def clipped(m: Machine, gradients: list[Value], clips: dict[str, float]) -> list[Value]:
    """The gradients, each or all together, as the options have them; None stays None."""
    if not clips:
        return gradients
    ((name, most),) = clips.items()
    for one in gradients:
        if not isinstance(one, Array | None):
            raise type_error(f"a gradient is a tensor, not {type_name(one)}")
    if name == "global_clipnorm":
        return _together(m, gradients, most)
    act = _by_value if name == "clipvalue" else _by_norm
    return [None if one is None else act(m, one, most) for one in gradients]


def _by_value(m: Machine, gradient: Array, most: float) -> Array:
    return m.apply(OPS["clip"], gradient, -most, most)


def _squares(m: Machine, gradient: Array) -> Array:
    product = m.binary(OPS["multiply"], gradient, gradient)
    return m.apply(lambda t: p.reductions.reduce(OPS["sum"], t), product)


def _by_norm(m: Machine, gradient: Array, most: float) -> Array:
    norm = m.apply(OPS["sqrt"], _squares(m, gradient))
    scaled = m.binary(OPS["multiply"], gradient, most)
    return m.binary(OPS["divide"], scaled, m.binary(OPS["maximum"], norm, most))


def _together(m: Machine, gradients: list[Value], most: float) -> list[Value]:
    total: Array | None = None
    for one in gradients:
        if one is not None:
            more = _squares(m, one)
            total = more if total is None else m.binary(OPS["add"], total, more)
    if total is None:
        return gradients
    norm = m.apply(OPS["sqrt"], total)
    least = m.binary(OPS["minimum"], m.binary(OPS["divide"], 1.0, norm), 1.0 / most)
    share = m.binary(OPS["multiply"], least, most)
    return [None if one is None else m.binary(OPS["multiply"], one, share) for one in gradients]
