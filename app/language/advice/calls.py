"""What goes wrong with operators, calls and objects, and what to change."""

from app.engine import N_
from app.language.advice.rows import Row

CALLS = [
    Row(
        (
            r"for \^=?: '(?:float|int)' and '(?:float|int)'|for \^=?: '(?:\w+\.)?(?:Tensor|"
            r"ndarray)'|ufunc 'bitwise_xor'"
        ),
        None,
        None,
        N_("^ is no power in Python."),
        N_("Write **, as in x ** 2."),
    ),
    Row(
        r"(?:'list'|sequence by non-int)",
        r"(?P<name>[^\W\d]\w*)",
        r"^[ \t]*{name}[ \t]*=[^\n]*\.gradient\([^\n]*(?:\[|variables|weights)",
        N_("{name} is a list: one gradient for each of the sources."),
        N_(
            "Take them apart: dw, db = tape.gradient(loss, [w, b]); or walk through "
            "zip(gradients, variables)."
        ),
    ),
    Row(
        (
            r"unsupported operand type\(s\) for .*'list'|can't multiply sequence by non-int|"
            r"bad operand type for unary -: 'list'"
        ),
        None,
        None,
        N_("Lists are not calculated with."),
        N_("Make an array of the list: np.array(xs), torch.tensor(xs) or tf.constant(xs)."),
    ),
    Row(
        r"can only concatenate list \(not \"(?P<kind>[^\"]+)\"\) to list",
        None,
        None,
        N_("+ joins a list to a list, and the other side is of type {kind}."),
        N_("Write xs.append(x) to add one entry; to calculate, np.array(xs) + x."),
    ),
    Row(
        r"can only concatenate str \(not \"(?P<kind>[^\"]+)\"\) to str",
        None,
        None,
        N_("A text and a value of type {kind} are not joined by +."),
        N_("Write print('x =', x), or str(x) for the text of it."),
    ),
    Row(
        r"unsupported operand type\(s\) for .*'str'|can't multiply sequence by non-int",
        None,
        None,
        N_("A text is not calculated with."),
        N_("Make a number of it first: float('0.5')."),
    ),
    Row(
        r"'(?:int|float)' object is not callable",
        r"^(?P<name>[^\W\d]\w*)\s*\(",
        None,
        N_("{name} is a number here, and is called like a function."),
        N_(
            "Write {name} * (…) for a product; a function of that name has been replaced by "
            "an assignment."
        ),
    ),
    Row(
        r"'(?:int|float)' object is not callable",
        None,
        None,
        N_("A number stands before a bracket, as if it were a function."),
        N_("Write the product with its sign: 3 * (x + 1)."),
    ),
    Row(
        r"object is not callable",
        (
            r"\.(?P<name>T|shape|dtype|ndim|grad|data|mT|H|weight|bias|is_leaf|"
            r"requires_grad)\(\s*\)$"
        ),
        None,
        N_(".{name} is a value, no method."),
        N_("Leave its brackets out: .{name}"),
    ),
    Row(
        (
            r"'(?:Tensor|(?:numpy\.)?ndarray|[\w.]*EagerTensor|ResourceVariable|list|tuple|"
            r"dict)' object is not callable"
        ),
        None,
        None,
        N_("A value is called as if it were a function."),
        N_("Square brackets take an entry, x[0]; a product has its sign, x * (y + 1)."),
    ),
    Row(
        r"'module' object is not callable",
        None,
        None,
        N_("A module is called as if it were a function."),
        N_("Name the function or class in it: random.random(), torch.optim.SGD(…)."),
    ),
    Row(
        (
            r"'(?P<kind>SGD|Adam\w*|RMSprop|Adagrad|Adadelta|NAdam|"
            r"RAdam)' object is not callable"
        ),
        None,
        None,
        N_("An optimizer is called as if it were a function."),
        N_("Write optimizer.step()."),
    ),
    Row(
        (
            r"'(?:builtin_function_or_method|method|function)' object (?:is not|cannot)|"
            r"unsupported operand type\(s\) for .*'(?:builtin_function_or_method|method|"
            r"function)'"
        ),
        r"(?P<name>[^\W\d]\w*)(?=\s*(?:\[|\)|,|$|[-+*/<>]))",
        None,
        N_("A function stands here without its brackets, so it was not called."),
        N_("Write {name}(), or {name}(0) where it takes a value."),
    ),
    Row(
        r"cannot unpack non-iterable (?P<kind>\w+) object",
        r"^for\b",
        None,
        N_("Each turn gives a single value, and two names are waiting for it."),
        N_("Write for i, x in enumerate(xs): to count along."),
    ),
    Row(
        r"'(?:int|float|(?:numpy\.)?float\d+|(?:numpy\.)?int\d+)' object is not iterable",
        r"(?:^for\b.*\bin\s+|^)(?P<name>[^\s:]+)$",
        None,
        N_("A number is no row of values to walk through."),
        N_("Write range({name}) to count up to it."),
    ),
    Row(
        r"'(?:int|float)' object is not iterable",
        None,
        None,
        N_("A number is no row of values to walk through."),
        N_("Put it in a list, [x], or write range(n) to count."),
    ),
    Row(
        r"'float' object cannot be interpreted as an integer",
        r"(?<!/)/(?!/)",
        None,
        N_("/ gives a number with a fraction, and a whole one is needed."),
        N_("Write // for a whole quotient."),
    ),
    Row(
        r"'list' object cannot be interpreted as an integer",
        None,
        None,
        N_("range counts up to a number, and this is a list."),
        N_("Write range(len(xs)), or walk through the list itself: for x in xs:"),
    ),
    Row(
        (
            r"'(?P<kind>[\w.]+)' object cannot be interpreted as an integer|"
            r"only integer (?:tensors|scalar arrays)"
        ),
        None,
        None,
        N_("A whole number is needed here."),
        N_("Write int(n)."),
    ),
    Row(
        r"(?P<function>[\w.]+)\(\) missing \d+ required \S+ arguments?: (?P<names>.+)",
        None,
        None,
        N_("{function}() is not given all it needs: {names}."),
        N_("Give each of them a value in the call, or a default in the def."),
    ),
    Row(
        (
            r"(?P<kind>\w+)\.(?P<name>(?!__init__)\w+)\(\) takes \d+ positional arguments? b"
            r"ut"
        ),
        None,
        r"^[ \t]+def {name}\((?![ \t]*self\b)",
        N_("{name} is a method, and its first parameter is not self."),
        N_("Write def {name}(self, x): with self first."),
    ),
    Row(
        (
            r"(?P<kind>\w*Loss|\w*LU|Sigmoid|Tanh|Softmax|Softplus|Flatten|"
            r"Dropout)\.__init__\(\) takes"
        ),
        None,
        None,
        N_("{kind} is a class, and is given tensors where it takes options."),
        N_("Make the object first, then call it: {kind}()(…)."),
    ),
    Row(
        (
            r"(?P<kind>\w+)\.__init__\(\) takes (?:from \d+ to )?\d+ positional arguments? b"
            r"ut"
        ),
        None,
        r"^class {kind}\b",
        N_("{kind}(…) makes an object, and its __init__ does not take what is given."),
        N_("Make it first, model = {kind}(); then call it: model(x)."),
    ),
    Row(
        (
            r"(?P<function>[\w.]+)\(\) takes (?:from \d+ to )?(?P<most>\d+) positional argum"
            r"ents? but (?P<given>\d+)"
        ),
        None,
        None,
        N_("{function}() is called with {given} arguments; its limit is {most}."),
        N_("Leave some out, or put them in one list."),
    ),
    Row(
        r"missing the required \"forward\" function",
        None,
        (
            r"def (?P<name>for?wa?r?d\w*|foward\w*|forwad\w*|forard\w*|Forward|call|"
            r"__call__)\("
        ),
        N_("The model has no method called forward."),
        N_("Write def forward(self, x): for {name}."),
    ),
    Row(
        r"missing the required \"forward\" function",
        None,
        None,
        N_("The model has no method called forward."),
        N_("Write def forward(self, x): in the class."),
    ),
    Row(
        r"'(?P<kind>\w+)' object has no attribute '(?P<name>\w+)'",
        None,
        r"^[ \t]+def (?P<wrong>_init_|__int__|init|_init__|__init_|__init)\(",
        N_("{kind} has no {name}: its {wrong} is never called by itself."),
        N_("Write __init__, with two underscores on each side."),
    ),
    Row(
        r"'(?P<kind>\w+)' object has no attribute '(?P<name>\w+)'",
        r"^self\.",
        r"^[ \t]{2,}{name}[ \t]*=(?!=)",
        N_("{kind} has no {name}: {name} = … in a method is a name of that method alone."),
        N_("Write self.{name} = …"),
    ),
]
