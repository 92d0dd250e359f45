"""What goes wrong with a value where another is needed, and what to change."""

from app.engine import N_
from app.language.advice.rows import Row

VALUES = [
    Row(
        r"(?:Boolean value of Tensor|truth value of an array) with more than one",
        r"^(?P<name>(?:torch\.)?nn\.\w*(?:Loss|ReLU|Softmax|Sigmoid|Tanh))\(",
        None,
        N_("{name} is a class, and is given tensors where it takes options."),
        N_("Make the object first: {name}()(…)."),
    ),
    Row(
        r"(?:Boolean value of Tensor|truth value of an array) with more than one",
        None,
        None,
        N_("One yes or no is asked of many numbers."),
        N_(
            "Write (x > 0).all() or .any(); to choose entry by entry, np.where, torch.where "
            "or tf.where."
        ),
    ),
    Row(
        (
            r"elements? cannot be converted to Scalar|can only convert an array of size 1|"
            r"only (?:0-dimensional|length-1|size-1) arrays"
        ),
        r"^math\.(?P<name>\w+)\(",
        None,
        N_("math calculates with single numbers, and this is an array."),
        N_("Write np.{name}, torch.{name} or tf.{name}."),
    ),
    Row(
        (
            r"elements? cannot be converted to Scalar|can only convert an array of size 1|"
            r"only (?:0-dimensional|length-1|size-1) arrays|only one element tensors"
        ),
        None,
        None,
        N_("One number is wanted, and this holds several."),
        N_("Take one entry, x[0], or reduce it with sum or mean; x.tolist() gives all."),
    ),
    Row(
        r"unsupported format string passed to",
        None,
        None,
        N_("A format such as .3f writes one number, and this is none."),
        N_("Take one entry or a mean first, with .item() or float()."),
    ),
    Row(
        r"EagerTensor' object does not support item assignment",
        None,
        None,
        N_("A tensor of TensorFlow is never changed."),
        N_("Make a variable of it, x = tf.Variable(x); then x[0].assign(1.0) changes an entry."),
    ),
    Row(
        r"ResourceVariable' object does not support item assignment",
        r"^(?P<x>[^=]+?\])\s*=\s*(?P<value>[^=].*)$",
        None,
        N_("An entry of a variable is not given a value with =."),
        N_("Write {x}.assign({value})."),
    ),
    Row(
        r"'(?P<kind>tuple|str)' object does not support item assignment",
        None,
        None,
        N_("A value of type {kind} is never changed."),
        N_("Make a list of it, list(x), or a new value."),
    ),
    Row(
        (
            r"unexpected keyword argument '(?:learning_rate|learningrate|learn_rate|rate|"
            r"eta)'"
        ),
        None,
        r"optim",
        None,
        N_("PyTorch calls the learning rate lr: SGD(parameters, lr=0.1)."),
    ),
    Row(
        r"unexpected keyword argument '(?:dim|axes|dims)'",
        None,
        None,
        None,
        N_("Write axis=1 in NumPy and TensorFlow, dim=1 in PyTorch."),
    ),
    Row(
        (
            r"(?:too many|"
            r"not enough) values to unpack \(expected (?:at least )?(?P<names>\d+)(?:, got ("
            r"?P<count>\d+))?\)"
        ),
        None,
        None,
        N_("The names on the left are not as many as the values on the right. Names: {names}."),
        N_("Print the right side; write a name for each value, or *rest for those that are left."),
    ),
    Row(
        r"invalid literal for int\(\) with base 10: '(?P<text>[-+]?\d*\.\d+)'",
        None,
        None,
        N_("The text {text} is no whole number."),
        N_("Write int(float('{text}')), or float alone."),
    ),
    Row(
        r"invalid literal for int|could not convert string to float",
        None,
        None,
        N_("This text is no number."),
        N_("Print it: blanks around are fine, other signs are not."),
    ),
    Row(
        r"'(?:int|float)' object is not subscriptable",
        None,
        None,
        N_("A number has no entries."),
        N_("Look at what the name holds: an index needs a list or an array."),
    ),
    Row(
        r"object of type '(?:int|float)' has no len",
        None,
        None,
        N_("A number has no length."),
        N_("Give len a list or an array; the number itself is already the count."),
    ),
    Row(
        (
            r"len\(\) of (?:a 0-d tensor|unsized object)|iteration over a 0-d|"
            r"Scalar tensor has no"
        ),
        None,
        None,
        N_("A single number has no length and no entries."),
        N_("Write x.item() for the number."),
    ),
    Row(
        r"Data cardinality",
        None,
        None,
        N_("x and y have different lengths."),
        N_("Give every example its own target."),
    ),
    Row(
        r"You must call `compile\(\)`",
        None,
        None,
        N_("The model does not know its loss and its optimizer yet."),
        N_("Write model.compile(optimizer='sgd', loss='mse') before fit."),
    ),
    Row(
        (
            r"Could not interpret (?P<what>optimizer|loss|activation function|activation|"
            r"metric) identifier: (?P<name>\w+)"
        ),
        None,
        None,
        N_("Keras knows no {name} here."),
        N_(
            "Check its spelling: 'sgd', 'adam'; 'mse', 'binary_crossentropy'; 'relu', "
            "'tanh', 'sigmoid'."
        ),
    ),
    Row(
        r"all elements of input should be between 0 and 1",
        None,
        None,
        N_("This loss takes probabilities, and some numbers are not between 0 and 1."),
        N_("Put them through torch.sigmoid first, or use binary_cross_entropy_with_logits."),
    ),
    Row(
        r"inhomogeneous shape|ragged|expected sequence of length",
        None,
        None,
        N_("The rows of this list are not equally long."),
        N_("Give every row as many numbers."),
    ),
    Row(
        r"must be Tensor, not (?P<kind>list|float|int|tuple|numpy\.ndarray)",
        None,
        None,
        N_("A tensor is needed here, and this is of type {kind}."),
        N_("Write torch.tensor(x), with dtype=torch.float32 for what comes from NumPy."),
    ),
    Row(
        (
            r"Cannot interpret '(?P<what>[^']+)' as a data type|(?:int|"
            r"float) is not a number type"
        ),
        None,
        None,
        N_("The second value is read as the type of the numbers."),
        N_(
            "Put a shape or several numbers in one bracket: np.zeros((2, 3)), np.array([1.0, 2.0])."
        ),
    ),
    Row(
        r"(?:Expected|expected) .*scalar types?: Long, Int; but got",
        None,
        None,
        N_("The indices of an embedding are whole numbers."),
        N_("Write x.long()."),
    ),
    Row(
        r"Integers to negative integer powers",
        None,
        None,
        N_("Whole numbers to a negative power would have fractions."),
        N_("Write the numbers with a decimal point, 2.0 for 2."),
    ),
    Row(
        r"Argument `target` should be|NoneType is not a tensor",
        None,
        None,
        N_("The tape is asked for the gradient of None."),
        N_("See whether the function that computes the loss ends with return."),
    ),
    Row(
        (
            r"can only concatenate tuple \(not|"
            r"unsupported operand type\(s\) for .*'torch\.return_types\.\w+'"
        ),
        None,
        r"torch\.(?:max|min|sort|topk|median)\(|\.(?:max|min|sort|topk|median)\(",
        N_("max, min and sort along an axis give two things: the values and their places."),
        N_("Take them apart: values, places = torch.max(x, dim=1); or write .values."),
    ),
    Row(
        r"'(?P<name>\w+)' is an invalid keyword argument for print",
        None,
        None,
        N_("print takes sep and end by name, and no {name}."),
        N_("Write print('{name} =', {name}) to show a value with its name."),
    ),
    Row(
        r"got multiple values for argument '(?P<name>\w+)'",
        None,
        None,
        N_("{name} is given twice: once by its place and once by its name."),
        N_("Leave one of the two out."),
    ),
    Row(
        (
            r"a shape consists of whole numbers, not (?P<kind>\w+)|"
            r"Linear\(\) takes whole numbers of features, not (?P<kind_n>\w+)"
        ),
        None,
        None,
        N_("A length is a whole number, and this is of type {kind}."),
        N_(
            "Write int(n), or // for a whole quotient; options are given by name, as "
            "requires_grad=True."
        ),
    ),
    Row(
        r"a whole number is needed here, not (?:Tensor|numpy\.ndarray|[\w.]*EagerTensor)",
        r"(?P<name>cat|concatenate|concat|stack|hstack|vstack)\(",
        None,
        N_("{name} is given its arrays one by one, and takes them as one list."),
        N_("Write {name}([a, b])."),
    ),
    Row(
        r"Size mismatch between tensors",
        None,
        None,
        N_("The tensors of this data set have different first lengths."),
        N_("Give every example its own target."),
    ),
    Row(
        r"(?P<name>\w+) is a number, not (?P<kind>\w+)",
        None,
        None,
        N_("{name} is a number, and is given a value of type {kind}."),
        N_("Write it without quotes or brackets: {name}=0.1"),
    ),
    Row(
        r"only one dimension can be inferred",
        None,
        None,
        N_("Two lengths of the shape are -1."),
        N_("Only one can be worked out: write the others as numbers."),
    ),
    Row(
        (
            r"expected scalar type Long for the index|"
            r"arrays used as indices must be of integer"
        ),
        None,
        None,
        N_("Indices are whole numbers."),
        N_("Write x.long(), or x.astype(int) in NumPy."),
    ),
    Row(
        r"apply_gradients\(\) takes|moves variables, not",
        None,
        None,
        N_("apply_gradients takes pairs: each gradient with its variable."),
        N_("Write optimizer.apply_gradients(zip(gradients, variables))."),
    ),
    Row(
        r"str is not a number type",
        None,
        None,
        N_("There is no number type of this name."),
        N_("Write np.float32, tf.float32 or torch.float32."),
    ),
    Row(
        r"str is not an array or number",
        None,
        None,
        N_("A text stands where numbers are needed."),
        N_("Make a number of it first: float('0.5')."),
    ),
    Row(
        (
            r"axis (?P<axis>-?\d+) is out of bounds for array|"
            r"Dimension out of range \(expected .*, but got (?P<axis_n>-?\d+)\)|"
            r"Invalid reduction dimension \((?P<axis_t>-?\d+) for"
        ),
        None,
        None,
        N_("The array has no axis {axis}."),
        N_("Axes count from 0, and -1 is the last: a vector has axis 0 only."),
    ),
    Row(
        r"append\(\) takes exactly one",
        None,
        None,
        N_("append takes one value."),
        N_("Write xs.append((a, b)) for a pair, or xs.extend([a, b]) for two."),
    ),
    Row(
        (
            r"'(?:type|"
            r"builtin_function_or_method)' object does not support the context manager proto"
            r"col"
        ),
        r"(?P<name>[\w.]+)",
        None,
        N_("{name} stands here without its brackets."),
        N_("Write with {name}():"),
    ),
    Row(
        r"got an unexpected keyword argument '(?P<name>\w+)'",
        None,
        None,
        N_("This function has no option called {name}."),
        N_("Leave it out, or look at its name in the framework's manual."),
    ),
]
