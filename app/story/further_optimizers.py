"""The steps of optimizers beside the usual ones, written out as formulas: see optimizers.py."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.story.optimizers import Formulas

Lines = Iterator[tuple[str, str]]
CLIPS = {"numpy": "np.clip", "torch": "torch.clamp", "tensorflow": "tf.clip_by_value"}


def _clip(f: "Formulas", text: str, low: float, high: float) -> str:
    return f"{CLIPS[f.language]}({text}, {low!r}, {high!r})"


def _mean(f: "Formulas", name: str, beta: float) -> tuple[str, tuple[str, str]]:
    """A running mean of the gradient: its name, and its line."""
    m = f.memory(name)
    return m, (m, f"{beta!r} * {m} + (1 - {beta!r}) * {f.g}")


def _square(f: "Formulas", name: str, beta: float) -> tuple[str, tuple[str, str]]:
    v = f.memory(name)
    return v, (v, f"{beta!r} * {v} + (1 - {beta!r}) * {f.g} * {f.g}")


def _adadelta(names: tuple[str, str], small: str) -> Callable[["Formulas"], Lines]:
    def lines(f: "Formulas") -> Lines:
        rho, eps = f.stepped.options["rho"], f.stepped.options[small]
        v, line = _square(f, names[0], rho)
        yield line
        u, delta = f.memory(names[1]), f.named("delta")
        roots = [f.call("sqrt", f"{name} + {eps!r}") for name in (u, v)]
        yield delta, f"{roots[0]} / {roots[1]} * {f.g}"
        yield u, f"{rho!r} * {u} + (1 - {rho!r}) * {delta} * {delta}"
        yield f.next(delta)

    return lines


def _adamax(f: "Formulas") -> Lines:
    o = f.stepped.options
    b1, b2 = o["betas"]
    m, line = _mean(f, "exp_avg", b1)
    yield line
    top = f.memory("exp_inf")
    yield top, f.call("maximum", f"{b2!r} * {top}", f"{f.call('abs', f.g)} + {o['eps']!r}")
    yield f.next(f"{m} / (1 - {f.power(b1)}) / {top}")


def _keras_adamax(f: "Formulas") -> Lines:
    o = f.stepped.options
    m, line = _mean(f, "momentum", o["beta_1"])
    yield line
    top = f.memory("norm")
    yield top, f.call("maximum", f"{o['beta_2']!r} * {top}", f.call("abs", f.g))
    yield f.next(f"{m} / ((1 - {f.power(o['beta_1'])}) * ({top} + {o['epsilon']!r}))")


def _apart(f: "Formulas", move: str) -> tuple[str, str]:
    """The step, with the weight decay beside it."""
    o = f.stepped.options
    if o["decoupled_weight_decay"] and o["weight_decay"]:
        move = f"({move} + {o['weight_decay']!r} * {f.x})"
    return f.next(move)


def _ahead(
    f: "Formulas", name: str, b1: float, decay: float
) -> tuple[str, str, str, list[tuple[str, str]]]:
    """The shares of the mean now and in the next step, the product of all so far; their lines."""
    now, later, product = f.named("now"), f.named("later"), f.memory(name)
    shares = [f"{b1!r} * (1 - 0.5 * 0.96 ** ({t} * {decay!r}))" for t in (f.t, f"({f.t} + 1)")]
    lines = [(now, shares[0]), (later, shares[1]), (product, f"{product} * {now}")]
    return now, later, product, lines


def _nadam(f: "Formulas") -> Lines:
    o = f.stepped.options
    b1, b2 = o["betas"]
    now, later, product, lines = _ahead(f, "mu_product", b1, o["momentum_decay"])
    yield from lines
    m, line = _mean(f, "exp_avg", b1)
    yield line
    v, line = _square(f, "exp_avg_sq", b2)
    yield line
    mean = f"((1 - {now}) / (1 - {product}) * {f.g} + {later} / (1 - {product} * {later}) * {m})"
    root = f.call("sqrt", f"{v} / (1 - {f.power(b2)})")
    yield _apart(f, f"{mean} / ({root} + {o['eps']!r})")


def _keras_nadam(f: "Formulas") -> Lines:
    o = f.stepped.options
    now, later, product, lines = _ahead(f, "u_product", o["beta_1"], 1.0)
    yield from lines
    m, line = _mean(f, "momentum", o["beta_1"])
    yield line
    v, line = _square(f, "velocity", o["beta_2"])
    yield line
    mean = f"({later} * {m} / (1 - {product} * {later}) + (1 - {now}) * {f.g} / (1 - {product}))"
    root = f.call("sqrt", f"{v} / (1 - {f.power(o['beta_2'])})")
    yield f.next(f"{mean} / ({root} + {o['epsilon']!r})")


def _radam(f: "Formulas") -> Lines:
    o = f.stepped.options
    b1, b2 = o["betas"]
    m, line = _mean(f, "exp_avg", b1)
    yield line
    v, line = _square(f, "exp_avg_sq", b2)
    yield line
    most, length, share = 2 / (1 - b2) - 1, f.named("length"), f.named("share")
    rest = f"(1 - {f.power(b2)})"
    yield length, f"{most!r} - 2 * {f.t} * {f.power(b2)} / {rest}"
    rect = f"({length} - 4) * ({length} - 2) * {most!r}"
    rect = f"({rect} / ({(most - 4) * (most - 2)!r} * {length}) * {rest}) ** 0.5"
    yield share, f"{rect} / ({f.call('sqrt', v)} + {o['eps']!r}) if {length} > 5 else 1"
    yield _apart(f, f"{m} / (1 - {f.power(b1)}) * {share}")


def _asgd(f: "Formulas") -> Lines:
    """Without the average of the positions, which moves nothing."""
    o, eta = f.stepped.options, f.memory("eta")
    yield f.x, f"{f.x} - {o['lambd']!r} * {eta} * {f.x} - {eta} * {f.g}"
    later = f"{f.rate} / (1 + {o['lambd']!r} * {f.rate} * {f.t}) ** {o['alpha']!r}"
    yield eta, later


def _rprop(f: "Formulas") -> Lines:
    (less, more), (low, high) = f.stepped.options["etas"], f.stepped.options["step_sizes"]
    last, size, turn = f.memory("prev"), f.memory("step_size"), f.named("turn")
    yield turn, f.call("sign", f"{f.g} * {last}")
    up, down = _clip(f, turn, 0.0, 1.0), _clip(f, turn, -1.0, 0.0)
    factor = f"(1 + ({more!r} - 1) * {up} + (1 - {less!r}) * {down})"
    yield size, _clip(f, f"{size} * {factor}", float(low), float(high))
    yield last, f"{f.g} * (1 + {down})"
    yield f.x, f"{f.x} - {f.call('sign', last)} * {size}"


def _lion(f: "Formulas") -> Lines:
    o = f.stepped.options
    b1, b2, m = o["beta_1"], o["beta_2"], f.memory("momentum")
    yield f.next(f.call("sign", f"{b1!r} * {m} + (1 - {b1!r}) * {f.g}"))
    yield m, f"{b2!r} * {m} + (1 - {b2!r}) * {f.g}"


def _ftrl(f: "Formulas") -> Lines:
    o, s, z = f.stepped.options, f.memory("accumulator"), f.memory("linear")
    power, l1 = -o["learning_rate_power"], float(o["l1_regularization_strength"])
    shrink, l2 = o["l2_shrinkage_regularization_strength"], o["l2_regularization_strength"]
    pulled = f"{f.g} + 2 * {shrink!r} * {f.x}" if shrink else f.g
    new = f.named("new")
    yield new, f"{s} + {f.g} * {f.g}"
    yield z, f"{z} + {pulled} - ({new} ** {power!r} - {s} ** {power!r}) / {f.rate} * {f.x}"
    yield s, new
    bent = f"2 * {l2!r}" + (f" + {o['beta']!r} / {f.rate}" if o["beta"] else "")
    yield f.x, f"({_clip(f, z, -l1, l1)} - {z}) / ({s} ** {power!r} / {f.rate} + {bent})"


FURTHER: dict[tuple[str, str], Callable[["Formulas"], Lines]] = {
    ("torch", "Adadelta"): _adadelta(("square_avg", "acc_delta"), "eps"),
    ("torch", "Adamax"): _adamax,
    ("torch", "NAdam"): _nadam,
    ("torch", "RAdam"): _radam,
    ("torch", "ASGD"): _asgd,
    ("torch", "Rprop"): _rprop,
    ("tensorflow", "Adadelta"): _adadelta(("accumulated_grad", "accumulated_delta_var"), "epsilon"),
    ("tensorflow", "Adamax"): _keras_adamax,
    ("tensorflow", "Nadam"): _keras_nadam,
    ("tensorflow", "Lion"): _lion,
    ("tensorflow", "Ftrl"): _ftrl,
}
