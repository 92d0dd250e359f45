"""Two operands of different number types: what NumPy, PyTorch and TensorFlow make of them."""

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from app.engine import OPS, Op, Tensor
from app.engine import primitives as p
from app.language.errors import ProgramError, overflow_error, type_error
from app.language.misfits import tf_op
from app.language.number_types import MASK, REFUSED, refuse, takes, tf_type, torch_type
from app.language.values import NUMPY, TENSORFLOW, TORCH, Array, Value, type_name

if TYPE_CHECKING:
    from app.language.machine import Machine

FLOAT32 = np.dtype(np.float32)
STANDS = {  # the Op of a framework's own convention
    TENSORFLOW: {
        "power": OPS["power_plain"],
        "floor_divide": OPS["floor_of_ratio"],
        "remainder": OPS["remainder_once"],
    },
    TORCH: {"remainder": OPS["remainder_signed"]},
}
RANKS = {"b": 0, "u": 1, "i": 1, "f": 2}  # PyTorch's categories of types
DIVISIBLE = "uint8 int8 uint16 int16 uint32 int32 uint64 int64 bfloat16 float16 float32 float64 "
DIVISIBLE += "complex64 complex128"
INVERTED = {
    TORCH: "~ (operator.invert) is only implemented on integer and Boolean-type tensors",
    NUMPY: "ufunc 'invert' not supported for the input types, and the inputs could not be safely "
    "coerced to any supported types according to the casting rule ''safe''",
}
NEGATIVE_POWER = "Integers to negative integer powers are not allowed"


def combined(m: "Machine", op: Op, left: Value, right: Value) -> Array:
    """An operation of two operands, at least one an array, with the framework's own rules."""
    kind = m.kind([x for x in (left, right) if isinstance(x, Array)])
    if kind == TENSORFLOW:
        return _by_tensorflow(m, op, left, right)
    left, right = _listed(m, left, kind), _listed(m, right, kind)
    if kind == TORCH:
        if op.name == "power" and type(right) in (int, float) and is_float(left):
            op = _power_by_number(op, right)
        return _by_torch(m, op, left, right)
    if op.name == "power" and _whole_power(left, right):
        raise negative_power(NUMPY)
    return m.apply(op, _beside(m, left, right, op), _beside(m, right, left, op), kind=kind)


def is_float(x: Value) -> bool:
    return isinstance(x, Array) and x.tensor.dtype.kind == "f"


def _power_by_number(op: Op, exponent: Value) -> Op:
    """PyTorch's power by a plain number."""
    if exponent % 1 == 0.5:
        return OPS["power_rooted"]
    return OPS["power_multiplied"] if exponent in p.powers.MULTIPLIED else op


def _whole_power(left: Value, right: Value) -> bool:
    """Whether a whole number is raised to a negative whole number."""
    base, exponent = (x.tensor.data if isinstance(x, Array) else x for x in (left, right))
    if not all(isinstance(x, np.ndarray | np.generic | int | float) for x in (base, exponent)):
        return False  # what is no number is told by who reads it
    both = np.result_type(base, exponent).kind in "iu"
    return both and bool(np.any(np.less(exponent, 0)))


def _listed(m: "Machine", x: Value, kind: str) -> Value:
    return m.leaf(m.numbers(x), kind) if isinstance(x, list | tuple) else x


def _beside(m: "Machine", x: Value, other: Value, op: Op) -> Value:
    """A plain number as the engine takes it beside an array."""
    if isinstance(x, Array):
        return x
    if not isinstance(x, int | float):
        raise type_error(f"unsupported operand for {op.name}: {type_name(x)}")
    if isinstance(x, bool):
        return m.leaf(x, other.kind) if other.tensor.dtype.kind == "b" else int(x)
    if isinstance(x, float) or abs(x) < 2**63:
        return x
    if other.kind == TORCH:
        raise overflow_error("int too big to convert")
    return _as_float(x)


def _as_float(x: int) -> float:
    try:
        return float(x)
    except OverflowError as problem:
        raise overflow_error(str(problem)) from None


def of_one(m: "Machine", name: str, x: Array) -> Array:
    """-x, +x, ~x. name: Python's, such as __neg__."""
    kind, dtype = m.kind([x]), x.tensor.dtype
    if name == "__pos__":
        return x
    if name == "__neg__":
        return m.apply(OPS["negative"], takes("negative", kind, x))
    if dtype.kind == "b":
        return m.apply(OPS["logical_not"], x)
    if dtype.kind == "f":
        takes("invert", kind, x)
        refuse("TypeError: " + INVERTED[kind], dtype)
    return m.binary(OPS["subtract"], m.apply(OPS["negative"], x), 1)


def unequal(kernel: str, mine: Any, theirs: Any, at: int) -> str:
    """TensorFlow's words on an input whose type is not the first one's. at: which input, from 0."""
    words = f"cannot compute {kernel} as input #{at}(zero-based) was expected to be a "
    return f"{words}{tf_type(mine)} tensor but is a {tf_type(theirs)} tensor"


def _has_zero(x: Value) -> bool:
    return not np.all(x.tensor.data if isinstance(x, Array) else x)


# -- PyTorch


def torch_promoted(*values: Value) -> np.dtype[Any]:
    """PyTorch's result type: categories first, then tensors with axes before those without, and
    plain numbers last."""
    strengths = [_strength(x) for x in values]
    top = max(one[:2] for one in strengths)
    return np.result_type(*(one[2] for one in strengths if one[:2] == top))


def _strength(x: Value) -> tuple[int, int, np.dtype[Any]]:
    if isinstance(x, Array):
        return RANKS[x.tensor.dtype.kind], 2 if x.tensor.ndim else 1, x.tensor.dtype
    kind = "b" if isinstance(x, bool) else "i" if isinstance(x, int) else "f"
    return RANKS[kind], 0, {"b": np.dtype(bool), "i": np.dtype(np.int64), "f": FLOAT32}[kind]


def alike(m: "Machine", *values: Value) -> list[Value]:
    """Arrays of one type, beside numbers that keep to it: what PyTorch's where and clamp take."""
    common = torch_promoted(*(one for one in values if one is not None))
    return [_as_common(m, one, common) for one in values]


C_TYPES = {"Double": "double", "Float": "float", "Int": "int", "Long": "long int", "Bool": "bool"}


def matrices(left: Array, right: Array) -> None:
    """Raises where TensorFlow's matrix product is given an array with fewer than two axes."""
    if left.tensor.ndim < 2 or right.tensor.ndim < 2:
        words = f"In[{int(left.tensor.ndim > 1)}] ndims must be >= 2 [Op:MatMul]"
        shapes = f"{left.tensor.shape}, {right.tensor.shape}"
        raise ProgramError("shape", framework=f"InvalidArgumentError: {words}", detail=shapes)


def factors(left: Array, right: Array, kind: str) -> None:
    """Raises where a matrix product does not take factors of these types together."""
    mine, theirs = left.tensor.dtype, right.tensor.dtype
    if kind == TENSORFLOW:
        takes("matmul", kind, left)
        if mine != theirs and NUMPY not in (left.kind, right.kind):
            kernel = "_MklMatMul" if mine == np.float32 else "MatMul"
            refuse(f"InvalidArgumentError: {unequal(kernel, mine, theirs, 1)} [Op:MatMul]", mine)
    elif kind == TORCH and mine != theirs:
        first, second = torch_type(mine), torch_type(theirs)
        ranks = left.tensor.ndim, right.tensor.ndim
        words = "expected m1 and m2 to have the same dtype, but got: "
        words += f"{C_TYPES.get(first, first)} != {C_TYPES.get(second, second)}"
        if ranks == (1, 1):
            words = (
                f"dot : expected both vectors to have same dtype, but found {first} and {second}"
            )
        elif ranks == (2, 1):
            words = f"addmv input tensors must have the same dtype, but got {second}, {first}, "
            words += f"and {second}"
        elif min(ranks) > 2:
            words = f"expected scalar type {first} but found {second}"
        refuse(f"RuntimeError: {words}", mine, theirs)
    elif kind == TORCH and left.tensor.ndim == right.tensor.ndim == 1:
        takes("matmul", kind, left)


def _by_torch(m: "Machine", op: Op, left: Value, right: Value) -> Array:
    common = torch_promoted(left, right)
    name = op.name
    if name == "subtract":
        no_masks(left, right)
    kinds, words = REFUSED.get(name, ("", ""))
    if common.kind in kinds and not (name == "power" and isinstance(right, bool)):
        refuse(words.replace("{type}", torch_type(common)), common)
    if name == "divide" and common.kind != "f":
        common = FLOAT32
    if common.kind in "iu" and name in ("floor_divide", "remainder", "fmod") and _has_zero(right):
        raise ProgramError("zero_division", framework="RuntimeError: ZeroDivisionError")
    if common.kind in "iu" and name == "power":
        if isinstance(right, int) and right < 0:
            raise negative_power(TORCH)
        if isinstance(right, Array) and np.any(right.tensor.data < 0):
            return _truncated_power(m, left, right, common)
    both = isinstance(left, Array) and isinstance(right, Array)
    if both or common.kind == "f" or name == "power":  # else NumPy's own promotion is the same
        left, right = (_as_common(m, x, common) for x in (left, right))
    op = STANDS[TORCH].get(name, op)
    if common.kind == "b" and name == "power":  # NumPy makes int8 of it
        found = m.apply(op, left, _beside(m, right, left, op), kind=TORCH)
        return m.apply(lambda t: p.selection.cast_to_integer(t, common), found, kind=TORCH)
    return m.apply(op, _beside(m, left, right, op), _beside(m, right, left, op), kind=TORCH)


def _as_common(m: "Machine", x: Value, common: np.dtype[Any]) -> Value:
    if not isinstance(x, Array) or x.tensor.dtype == common:
        return x
    return m.apply(lambda t: p.selection.cast(t, common), x, kind=TORCH)


def _truncated_power(m: "Machine", left: Value, right: Array, common: np.dtype[Any]) -> Array:
    """Whole numbers to negative powers: PyTorch cuts 1/4 off to 0."""
    double = np.dtype(np.float64)
    base, exponent = _as_common(m, left, double), _as_common(m, right, double)
    power = m.apply(OPS["power"], _beside(m, base, exponent, OPS["power"]), exponent, kind=TORCH)
    finite = m.apply(lambda t: p.selection.where(np.isfinite(t), t, 0), power, kind=TORCH)
    return m.apply(lambda t: p.selection.cast_to_integer(t, common), finite, kind=TORCH)


def no_masks(left: Value, right: Value) -> None:
    masks = [_strength(x)[0] == 0 for x in (left, right)]
    if all(masks):
        words = "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^`"
        refuse(f"RuntimeError: {words} or `logical_xor()` operator instead.", np.dtype(bool))
    if any(masks):
        refuse(f"RuntimeError: Subtraction, the `-` operator, with a bool tensor {MASK}", bool)


def negative_power(kind: str) -> ProgramError:
    """Whole numbers to a negative power, in the framework's words."""
    words = {
        NUMPY: f"ValueError: {NEGATIVE_POWER}.",
        TORCH: f"RuntimeError: {NEGATIVE_POWER}.",
        TENSORFLOW: f"InvalidArgumentError: {NEGATIVE_POWER} [Op:Pow]",
    }
    return ProgramError("value", framework=words[kind], detail=NEGATIVE_POWER)


# -- TensorFlow


def _by_tensorflow(m: "Machine", op: Op, left: Value, right: Value) -> Array:
    name = op.name
    if name == "divide" and _is_mask(left) and isinstance(right, Array) and right.kind == NUMPY:
        left = Array(Tensor(left.tensor.data), NUMPY)  # TensorFlow leaves it to the other side
        return m.binary(op, left, right)
    if name == "add" and isinstance(left, Array) and not isinstance(right, Array | list | tuple):
        _added(left, right)
    mine, theirs = _tf_pair(m, op, left, right)
    first = mine if isinstance(mine, Array) else theirs
    types = [x.tensor.dtype for x in (mine, theirs) if isinstance(x, Array)]
    if name == "divide":
        divisible(*types)
    takes(name, TENSORFLOW, first)
    if types[0] != types[-1]:
        words = unequal(tf_op(name), types[0], types[1], 1)
        refuse(f"InvalidArgumentError: {words} [Op:{tf_op(name)}]", *types)
    if name in ("floor_divide", "remainder") and types[0].kind in "iu" and _has_zero(theirs):
        words = f"InvalidArgumentError: Integer division by zero [Op:{tf_op(name)}]"
        raise ProgramError("zero_division", framework=words)
    if name == "power" and types[0].kind in "iu":
        exponent = theirs.tensor.data if isinstance(theirs, Array) else theirs
        if np.any(np.less(exponent, 0)):
            raise negative_power(TENSORFLOW)
    return m.apply(STANDS[TENSORFLOW].get(name, op), mine, theirs, kind=TENSORFLOW)


def _added(left: Array, right: Value) -> None:
    """A sum takes its second term as it is where the first one's type cannot hold it."""
    takes("add", TENSORFLOW, left)
    if isinstance(right, float) and left.tensor.dtype.kind != "f":
        words = unequal("AddV2", left.tensor.dtype, FLOAT32, 1)
        refuse(f"InvalidArgumentError: {words} [Op:AddV2]", left.tensor.dtype, FLOAT32)


def _tf_pair(m: "Machine", op: Op, left: Value, right: Value) -> tuple[Value, Value]:
    """Both as TensorFlow takes them: what is no tensor gets the type of the one that is."""
    if isinstance(left, Array) and not isinstance(right, Array | list | tuple):
        return left, as_type(m, left.tensor.dtype, right, op, op.name == "divide")
    if isinstance(right, Array) and not isinstance(left, Array | list | tuple):
        return as_type(m, right.tensor.dtype, left, op), right
    if isinstance(left, list | tuple):
        return _of_list(m, left, right), right
    if isinstance(right, list | tuple):
        return left, _of_list(m, right, left)
    if left.kind == NUMPY:
        return _of_numpy(left, right), right
    return left, _of_numpy(right, left) if right.kind == NUMPY else right


def _of_numpy(x: Array, other: Array) -> Array:
    return Array(Tensor(x.tensor.data.astype(other.tensor.dtype)), NUMPY)


def _of_list(m: "Machine", x: Value, other: Array) -> Array:
    made = m.leaf(m.numbers(x), TENSORFLOW)
    return Array(Tensor(made.tensor.data.astype(other.tensor.dtype)), TENSORFLOW)


def _is_mask(x: Value) -> TypeGuard[Array]:
    return isinstance(x, Array) and x.tensor.dtype.kind == "b"


def as_type(m: "Machine", dtype: np.dtype[Any], x: Value, op: Op, divisor: bool = False) -> Value:
    """A plain number beside a tensor of this type.

    divisor: where it does not fit it keeps a type of its own, which is then refused."""
    if not isinstance(x, int | float):
        raise type_error(f"unsupported operand for {op.name}: {type_name(x)}")
    if isinstance(x, bool):
        return m.leaf(x, TENSORFLOW) if dtype.kind == "b" else int(x)
    if (isinstance(x, float) and dtype.kind != "f") or dtype.kind == "b":
        if divisor:
            divisible(dtype, np.dtype(np.float32 if isinstance(x, float) else np.int32))
        refuse(
            f"TypeError: Cannot convert {x} to EagerTensor of dtype {dtype}", dtype, type_name(x)
        )
    return _as_float(x) if isinstance(x, int) and abs(x) >= 2**63 else x


def divisible(mine: np.dtype[Any], theirs: np.dtype[Any] | None = None) -> None:
    if theirs is not None and mine != theirs:
        words = f"`x` and `y` must have the same dtype, got tf.{mine} != tf.{theirs}."
        refuse(f"TypeError: {words}", mine, theirs)
    if mine.kind == "b":
        types = ", ".join(f"tf.{one}" for one in DIVISIBLE.split())
        words = f"Invalid dtype tf.bool in __truediv__. Expected one of {{{types}}}."
        refuse(f"TypeError: {words}", mine)


def branches(m: "Machine", x: Value, y: Value) -> tuple[Value, Value]:
    """What tf.where chooses from: a number or a list gets the type of the tensor beside it."""
    if not isinstance(x, Array) and not isinstance(y, Array):
        made = [m.numbers(one) for one in (x, y)]
        kinds = {"f": FLOAT32, "i": np.dtype(np.int32)}
        common = np.result_type(*made)
        common = kinds.get(common.kind, common)
        return m.leaf(made[0].astype(common), TENSORFLOW), m.leaf(
            made[1].astype(common), TENSORFLOW
        )
    left, right = _tf_pair(m, OPS["where"], x, y)
    types = [one.tensor.dtype for one in (left, right) if isinstance(one, Array)]
    if types[0] != types[-1]:
        words = unequal("SelectV2", types[0], types[1], 2)
        refuse(f"InvalidArgumentError: {words} [Op:SelectV2]", *types)
    return left, right


def masks_product(m: "Machine", left: Value, right: Value) -> Array | None:
    """left * right where TensorFlow takes both for truth values: a tensor of them is a factor."""
    given = [x for x in (left, right) if isinstance(x, Array)]
    tensors = [x for x in given if x.kind not in (NUMPY, TORCH)]
    if not any(x.tensor.dtype.kind == "b" for x in tensors):
        return None
    if not isinstance(left, Array | bool):  # 2 * mask is refused, mask * 2 is not
        return None

    def truth(x: Value) -> Value:
        if not isinstance(x, Array):
            return m.leaf(bool(x), TENSORFLOW)
        whole = np.dtype(bool)
        cast = p.selection.cast_to_integer
        return x if x.tensor.dtype.kind == "b" else m.apply(lambda t: cast(t, whole), x)

    return m.apply(OPS["logical_and"], truth(left), truth(right), kind=TENSORFLOW)
