"""The number types that a layer's input has to share with its parameters."""

import numpy as np

from app.language.number_types import refuse, torch_type
from app.language.promotion import C_TYPES, factors
from app.language.values import TORCH, Array, Value

FLOATS = (np.float32, np.float64)
KERNELS = {"layer_norm": "LayerNormKernelImpl", "group_norm": "GroupNormKernelImpl"}


def of_a_product(x: Array, weight: Array, biased: bool) -> None:
    """Raises where x Wᵀ (+ b) has no form for these two."""
    if not biased:
        factors(x, weight, TORCH)
    mine, theirs = (torch_type(t.tensor.dtype) for t in (x, weight))
    if mine != theirs:
        words = f"mat1 and mat2 must have the same dtype, but got {mine} and {theirs}"
        refuse(f"RuntimeError: {words}", mine, theirs)


def of_steps(x: Array, weight: Array) -> None:
    """Raises where a recurrent layer with this weight does not take this input."""
    mine, theirs = (f"torch.{t.tensor.dtype}" for t in (x, weight))
    if mine != theirs:
        words = f"RNN input dtype ({mine}) does not match weight dtype ({theirs}). Convert input: "
        words += f"input.to({theirs}), or convert model: model.to({mine})"
        refuse(f"ValueError: {words}", mine, theirs)


def of_states(kind: str, states: list[Array], weight: Array, biased: bool) -> None:
    """Raises where a recurrent layer with this weight does not begin from these states."""
    types = [t.tensor.dtype for t in (weight, *states)]
    if kind == "LSTM" and types[0] == np.float32 and len(set(types)) > 1:
        refuse("RuntimeError: get_mkldnn_dtype: unsupported data type", *types)
    of_a_product(states[0], weight, biased)


def of_a_norm(name: str, x: Array, *parts: Value) -> None:
    """Raises where a normalization does not take an input with these parameters."""
    mine = x.tensor.dtype
    theirs = [part.tensor.dtype for part in parts if isinstance(part, Array)]
    whole = mine.kind in "iub"
    if whole and (name in ("batch_norm", "rms_norm") or not theirs):
        kernel = KERNELS.get(name, name)
        refuse(f"NotImplementedError: \"{kernel}\" not implemented for '{torch_type(mine)}'", mine)
    if name != "rms_norm" and (whole or mine in FLOATS) and any(one != mine for one in theirs):
        words = "all inputs must share same datatype."
        if any(one != np.float32 for one in theirs):
            words = "expect parameter to have scalar type of Float"
        refuse(f"RuntimeError: mixed dtype (CPU): {words}", mine, *theirs)


def of_attention(*given: Array) -> None:
    """Raises where query, key and value are of several types, or are no floats."""
    types = [torch_type(x.tensor.dtype) for x in given]
    if len(set(types)) > 1:
        names = [C_TYPES.get(one, one) for one in types]
        words = "Expected query, key, and value to have the same dtype, but got query.dtype: "
        words += f"{names[0]} key.dtype: {names[1]} and value.dtype: {names[2]} instead."
        refuse(f"RuntimeError: {words}", *types)
    if given[0].tensor.dtype.kind in "iu":
        refuse(f"RuntimeError: expected scalar type Float but found {types[0]}", types[0])


def of_a_mask(mask: Array, query: Array) -> None:
    """Raises where scores of the query's type do not take this mask."""
    mine, theirs = mask.tensor.dtype, query.tensor.dtype
    if mine not in (bool, np.float32, theirs):
        names = [C_TYPES.get(torch_type(one), str(one)) for one in (mine, theirs)]
        words = "Expected attn_mask dtype to be bool or float or to match query dtype, but got "
        words += f"attn_mask.dtype: {names[0]} and  query.dtype: {names[1]} instead."
        refuse(f"RuntimeError: {words}", *names)
