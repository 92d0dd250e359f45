"""What goes wrong with number types, shapes and indices, and what to change."""

from app.engine import N_
from app.language.advice.rows import Row

ARRAYS = [
    Row(
        r"dtype, but got:? (?P<left>double|Double)(?: !=| and) (?P<right>\w+)",
        r"^(?P<x>[^\W\d]\w*)\s*@",
        None,
        N_("{x} is float64 (double), the other side float32: PyTorch multiplies like with like."),
        N_("Numbers from NumPy are float64: write {x} = {x}.float() first."),
    ),
    Row(
        r"dtype, but got:? (?P<left>\w+)(?: !=| and) (?P<right>double|Double)",
        r"@\s*(?P<x>[^\W\d]\w*)$",
        None,
        N_("{x} is float64 (double), the other side float32: PyTorch multiplies like with like."),
        N_("Numbers from NumPy are float64: write {x} = {x}.float() first."),
    ),
    Row(
        r"dtype, but got:? (?P<left>\w+)(?: !=| and) (?P<right>\w+)",
        None,
        None,
        N_("One side holds {left}, the other {right}: PyTorch multiplies like with like."),
        N_("Write x.float() for what comes from NumPy (float64) or holds whole numbers."),
    ),
    Row(
        r"Found dtype (?P<left>\w+) but expected (?P<right>\w+)",
        None,
        None,
        N_("The targets are {left}, the predictions {right}."),
        N_("Write y.float() for the targets."),
    ),
    Row(
        (
            r"expected to be an? (?P<left>\w+) tensor but is an? (?P<right>int\w*) tensor|"
            r"expected to be an? (?P<other>int\w*) tensor"
        ),
        None,
        None,
        N_(
            "A tensor of whole numbers meets one with fractions: TensorFlow converts neither "
            "by itself."
        ),
        N_("Write the numbers with a decimal point, 2.0 for 2, or tf.cast(x, tf.float32)."),
    ),
    Row(
        (
            r"expected to be an? (?P<left>double|float) tensor but is an? (?P<right>double|"
            r"float) tensor"
        ),
        None,
        None,
        N_(
            "One side is float64 (double), the other float32: TensorFlow converts neither by "
            "itself."
        ),
        N_(
            "Numbers from NumPy are float64: write tf.cast(x, tf.float32) for them, or "
            "tf.constant(x, tf.float32)."
        ),
    ),
    Row(
        r"Cannot cast ufunc .*from dtype\('(?P<new>\w+)'\) to dtype\('(?P<old>\w+)'\)",
        r"^(?P<x>[^\W\d]\w*)\s*(?:[-+*/%@&|^<>]{1,2})=",
        None,
        N_(
            "{x} holds whole numbers ({old}), and the result has fractions ({new}): it "
            "cannot be written into {x}."
        ),
        N_(
            "Make {x} of numbers with a decimal point: np.array([1.0, 2.0]), or {x} = "
            "{x}.astype(float)."
        ),
    ),
    Row(
        (
            r"Cannot cast ufunc .*from dtype\('(?P<new>\w+)'\) to dtype\('(?P<old>\w+)'\)|"
            r"result type (?P<a>\w+) can't be cast"
        ),
        None,
        None,
        N_("Whole numbers are changed in place, and the result has fractions."),
        N_("Make the array of numbers with a decimal point: 1.0 for 1."),
    ),
    Row(
        r"could not infer output dtype|mean\(\): .*dtype.*Long",
        None,
        None,
        N_("The mean of whole numbers is not taken."),
        N_("Write x.float().mean()."),
    ),
    Row(
        (
            r"mat1 and mat2 shapes cannot be multiplied \(\d+x(?P<given>\d+) and (?P<wanted>"
            r"\d+)x\d+\)"
        ),
        r"^(?P<layer>[^\W\d][\w.]*(?:\[\d+\])?)\((?!.*@)",
        r"Linear\(",
        N_(
            "A linear layer in {layer} takes rows of length {wanted}, and is given rows of "
            "length {given}."
        ),
        N_(
            "Give it in_features={given}, as nn.Linear({given}, …), or let what comes before "
            "it give rows of length {wanted}; images are flattened first, x.flatten(1)."
        ),
    ),
    Row(
        (
            r"mat1 and mat2 shapes cannot be multiplied \(\d+x(?P<left>\d+) and (?P<right>\d"
            r"+)x\d+\)|\(size (?P<right_n>\d+) is different from (?P<left_n>\d+)\)|"
            r"not aligned: (?P<left_d>\d+) \(dim \d+\) != (?P<right_d>\d+)|"
            r"In\[0\]: \[(?:\d+,)*(?P<left_t>\d+)\], In\[1\]: \[(?P<right_t>\d+)"
        ),
        None,
        None,
        None,
        N_(
            "A matrix product needs as many columns on the left ({left}) as rows on the "
            "right ({right}): transpose one side, x.T, or change their order."
        ),
    ),
    Row(
        (
            r"expected axis -1 of input shape to have value (?P<wanted>\d+), but received in"
            r"put with shape (?P<shape>\([^)]*\))"
        ),
        None,
        None,
        N_("This layer was built for rows of length {wanted}, and is given the shape {shape}."),
        N_(
            "A layer keeps the width of its first call: use a new layer, or give it rows of "
            "length {wanted}."
        ),
    ),
    Row(
        r"min_ndim=2, found ndim=1",
        None,
        None,
        N_("A Dense layer takes a batch of rows, and is given a single row."),
        N_("Give it an axis for the batch: x[None, :], or tf.expand_dims(x, 0)."),
    ),
    Row(
        (
            r"shape '(?P<shape>\[[^]]*\])' is invalid for input of size (?P<size>\d+)|"
            r"array of size (?P<size_n>\d+) into shape (?P<shape_n>\([^)]*\))"
        ),
        None,
        None,
        N_("An array of size {size} does not fill the shape {shape}."),
        N_(
            "Its lengths, multiplied, must give {size}; one of them may be -1, which is then "
            "worked out."
        ),
    ),
    Row(
        r"tensor with (?P<size>\d+) values, but the requested shape has (?P<wanted>\d+)",
        None,
        None,
        N_(
            "The shape has room for another number of entries ({wanted}) than the tensor has "
            "({size})."
        ),
        N_(
            "Its lengths, multiplied, must give {size}; one of them may be -1, which is then "
            "worked out."
        ),
    ),
    Row(
        r"expected input\[?.* to have (?P<wanted>\d+) channels, but got (?P<given>\d+)",
        None,
        None,
        N_(
            "The convolution is made for another number of channels ({wanted}) than the "
            "images have ({given})."
        ),
        N_(
            "Give it as many: nn.Conv2d({given}, …); images have the shape (batch, channels, "
            "height, width)."
        ),
    ),
    Row(
        (
            r"must match the size of tensor b|could not be broadcast together|"
            r"Incompatible shapes"
        ),
        None,
        None,
        None,
        N_(
            "Lengths are compared from the right: each pair must be equal, or one of the two "
            "1. An axis is added by y[:, None]."
        ),
    ),
    Row(
        r"0D or 1D target tensor expected",
        None,
        None,
        N_("The classes have an axis too many."),
        N_("Give one number per example: y.squeeze(1), or y.view(-1)."),
    ),
    Row(
        (
            r"batch_size \((?P<left>\d+)\) to match target batch_size \((?P<right>\d+)\)|"
            r"cardinality is ambiguous.*sizes: (?P<left_k>\d+)\s*'y' sizes: (?P<right_k>\d+)"
        ),
        None,
        None,
        N_("Examples and targets are not equally many: {left} and {right}."),
        N_("Give every example its own target: the first lengths of x and y must agree."),
    ),
    Row(
        (
            r"Target (?P<at>-?\d+) is out of bounds|"
            r"label value of (?P<at_t>-?\d+) which is outside"
        ),
        None,
        None,
        N_("Class {at} has no score: there are fewer classes than that."),
        N_(
            "Classes count from 0: subtract 1 where yours begin at 1, or give the last layer "
            "one output more."
        ),
    ),
    Row(
        (
            r"index (?P<at>-?\d+) is out of bounds for (?:axis|"
            r"dimension) \d+ with size (?P<size>\d+)"
        ),
        None,
        None,
        N_("There is no index {at} on an axis of length {size}."),
        N_("Indices count from 0; the last one is -1."),
    ),
    Row(
        r"too many indices",
        None,
        None,
        N_("More indices are given than there are axes."),
        N_("Print the shape: each axis takes one index."),
    ),
    Row(
        r"index out of range in self",
        None,
        None,
        N_("An index is beyond the last row of the table."),
        N_("Give the embedding as many rows as the largest index plus one."),
    ),
    Row(
        r"list indices must be integers or slices, not tuple",
        None,
        None,
        N_("A list of lists takes one index at a time."),
        N_("Write xs[0][1], or make an array of it."),
    ),
    Row(
        r"(?:list|tuple|string) ind\w+ must be integers.*not '?(?P<kind>float|str)",
        None,
        None,
        N_("An index is a whole number, and this is of type {kind}."),
        N_("Write int(i), or // for a whole quotient; names are keys of a dictionary."),
    ),
    Row(
        r"only integers, slices|cannot be indexed by",
        None,
        None,
        N_("An index is a whole number, and this is none."),
        N_("Write int(i), or // for a whole quotient."),
    ),
]
