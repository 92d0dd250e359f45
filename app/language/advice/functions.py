"""What goes wrong inside functions of Python and of the frameworks, and what to change."""

from app.engine import N_
from app.language.advice.rows import Row

FUNCTIONS = [
    Row(
        r"%[a-z] format: a real number is required, not str",
        None,
        None,
        N_("A format such as %d writes a number, and is given a text."),
        N_("Write %s for a text, or give float(x)."),
    ),
    Row(
        r"Replacement index \d+ out of range|not enough arguments for format string",
        None,
        None,
        N_("The text has more places than values are given for them."),
        N_("Give a value for each place, or write an f-string."),
    ),
    Row(
        r"negative dimensions are not allowed",
        None,
        None,
        N_("A length is below zero."),
        N_("Print the number that the shape is made of."),
    ),
    Row(
        r"'dict' object has no attribute '(?P<name>\w+)'",
        None,
        None,
        N_("The entries of a dictionary are no attributes."),
        N_("Write params['{name}']."),
    ),
    Row(
        (
            r"'(?P<sign>[<>]=?)' not supported between instances of '(?P<left>[\w.]+)' and '"
            r"(?P<right>[\w.]+)'"
        ),
        None,
        None,
        N_("{left} and {right} have no order between them."),
        N_("Make numbers of both: float('1') of a text, len(xs) of a list."),
    ),
    Row(
        r"(?:max|min)\(\) arg is an empty sequence|zero-size array to reduction",
        None,
        None,
        N_("There is nothing in it: of no values there is no largest and no smallest."),
        N_("See where it should have been filled."),
    ),
    Row(
        r"(?:float|int)\(\) argument must be .*not '(?P<kind>\w+)'",
        None,
        None,
        N_("A number is made of a text or a number, and this is of type {kind}."),
        N_("Take one entry, x[0], or make an array: np.array(xs)."),
    ),
    Row(
        r"can only concatenate tuple \(not \"(?P<kind>[^\"]+)\"\) to tuple",
        None,
        None,
        N_("This is a tuple: several values in one, as a function with return a, b gives them."),
        N_("Take it apart: a, b = f(x)."),
    ),
    Row(
        (
            r"'(?P<kind>set|generator|map|zip|filter|dict_keys|"
            r"dict_values)' object is not subscriptable"
        ),
        None,
        None,
        N_("A value of type {kind} has no places."),
        N_("Make a list of it first: list(x)[0]."),
    ),
    Row(
        r"'(?P<kind>\w+)' object does not support item assignment",
        None,
        None,
        N_("The entries of a value of type {kind} cannot be changed."),
        N_("Make a list of it first: list(x)."),
    ),
    Row(
        r"<lambda>\(\) missing \d+ required \S+ arguments?: (?P<names>.+)",
        None,
        None,
        N_("The lambda is not given all it needs: {names}."),
        N_("Give each of them a value in the call."),
    ),
    Row(
        r"invalid value for `units`",
        None,
        None,
        N_("The number of units is a whole number above 0."),
        N_("Write Dense(2)."),
    ),
    Row(
        r"ndims must be >= 2|must be a matrix|matrices expected",
        None,
        None,
        N_("A matrix is needed, and this is a vector."),
        N_("Give it a second axis: x[None, :] for a row, x[:, None] for a column."),
    ),
    Row(
        (
            r"Shape mismatch\.The variable shape (?P<old>\([^)]*\)), and the assigned value "
            r"shape (?P<new>\([^)]*\))"
        ),
        None,
        None,
        N_("A variable keeps its shape, {old}, and is given the shape {new}."),
        N_("Reshape the value, or make a new variable."),
    ),
    Row(
        (
            r"except in dimension (?P<axis>\d+)|"
            r"ConcatOp : Dimension \d+ in both shapes must be equal|"
            r"except for the concatenation axis"
        ),
        None,
        None,
        None,
        N_(
            "Joined arrays may differ in length on the axis of joining alone: print the "
            "shapes, or choose another axis."
        ),
    ),
    Row(
        (
            r"stack expects each tensor to be equal size|"
            r"input arrays must have the same shape|Shapes of all inputs must match"
        ),
        None,
        None,
        None,
        N_(
            "stack needs equal shapes; cat or concatenate joins along an axis that is there "
            "already."
        ),
    ),
    Row(
        (
            r"target size \(torch\.Size\((?P<given>\[[^]]*\])\)\) that is different to the i"
            r"nput size \(torch\.Size\((?P<wanted>\[[^]]*\])\)"
        ),
        None,
        None,
        N_("Predictions and targets have different shapes: {wanted} and {given}."),
        N_("Give both the same: y.view(-1, 1), or prediction.squeeze(1)."),
    ),
    Row(
        r"Invalid learning rate: (?P<rate>\S+)",
        None,
        None,
        N_("The learning rate is below zero: {rate}."),
        N_("Write a positive one: the optimizer itself goes down the slope."),
    ),
    Row(
        r"should be an iterable of Tensors or dicts",
        None,
        None,
        N_("The parameters are given to an optimizer as a list."),
        N_("Write SGD([w], lr=0.1), or SGD(model.parameters(), lr=0.1)."),
    ),
    Row(
        r"can't optimize a non-leaf Tensor",
        None,
        None,
        N_("This parameter is the result of an operation, and an optimizer moves leaves only."),
        N_(
            "Make it directly: torch.randn(3, requires_grad=True); scale it inside of "
            "torch.no_grad() before."
        ),
    ),
    Row(
        r"batch_size should be a positive integer",
        None,
        None,
        N_("A batch has at least one example."),
        N_("Write batch_size=1 or more."),
    ),
    Row(
        r"object of type '(?P<kind>\w+)' has no len\(\)",
        None,
        r"^class {kind}\b",
        N_("{kind} does not say how many entries it has."),
        N_("Give the class a method: def __len__(self): return len(self.x)"),
    ),
    Row(
        r"dropout probability has to be between 0 and 1",
        None,
        None,
        N_("A probability lies between 0 and 1."),
        N_("Write 0.5 for half of the entries."),
    ),
    Row(
        r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d",
        None,
        None,
        N_("A convolution takes images of the shape (batch, channels, height, width)."),
        N_("Add the axes that are missing: x[None, None]."),
    ),
    Row(
        r"Kernel size can't be greater than actual input size",
        None,
        None,
        N_("The kernel is larger than the image."),
        N_("Use a smaller kernel, padding, or a larger image."),
    ),
    Row(
        r"loading state_dict for (?P<kind>\w+)",
        None,
        None,
        N_("The saved weights are not those of this model."),
        N_("Compare the keys: model.state_dict().keys()."),
    ),
    Row(
        r"boolean index did not match|shape of the mask",
        None,
        None,
        N_("The mask is not as long as what it is laid over."),
        N_("Make it of the array itself: x[x > 0]."),
    ),
    Row(
        (
            r"could not broadcast input array from shape (?P<new>\([^)]*\)) into shape (?P<o"
            r"ld>\([^)]*\))"
        ),
        None,
        None,
        N_("The place has the shape {old}, and is given the shape {new}."),
        N_("Cut or reshape the value first."),
    ),
    Row(
        r"larger sample than population",
        None,
        None,
        N_("More are drawn than there are."),
        N_("Draw fewer, or allow repeats: replace=True."),
    ),
]
