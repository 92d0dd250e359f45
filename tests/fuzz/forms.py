"""The forms of the fuzzer's programs: templates by the kind of value, with <kinds> in their holes.

The first form of a kind has no hole. Names of functions, methods and properties come from the
language's own tables, so that what is added there is tried here.
"""

from app.language.attributes import METHODS, PROPERTIES
from app.language.dialects import KNOWN, MODULES
from app.language.scope import BUILTINS
from app.language.values import Namespace, Value

START = """import torch, math
import torch.nn.functional as F
import numpy as np, tensorflow as tf
import copy, collections, dataclasses, functools, itertools, os, random, sys
from tqdm import tqdm, trange
n, s, xs, d, z = 3, 'ab', [1, 2.5, 3], {1: 'a', 'b': [2.0]}, {1, 2}
x = torch.randn(2, 3, requires_grad=True); y = x.sum()
v = tf.Variable([[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]]); t = tf.constant([1.0, 2.0, 3.0])
p, q = np.ones((2, 3)), np.arange(3.0)
def f(a=1, *b, **c): return a
class A(torch.nn.Module):
    def __init__(self, a=2): super().__init__(); self.w = torch.nn.Parameter(torch.ones(3)); self.a = a
    def forward(self, x): return (self.w * x).sum()
class B(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k=2): ctx.save_for_backward(x); ctx.k = k; return x * k
    @staticmethod
    def backward(ctx, g): return g * ctx.k, None
@tf.custom_gradient
def C(x): return x * x, lambda g: 2 * x * g
def Y(a=3):
    for i in range(a): yield i
    yield x
def E(a=1):
    try: raise ValueError(a)
    finally: a = 2
@dataclasses.dataclass
class D:
    a: int = 1
    b: list = dataclasses.field(default_factory=list)
    @classmethod
    def made(cls, a=1): return cls(a)
net, o = A(), torch.optim.SGD([x], lr=0.1)
r = torch.optim.lr_scheduler.StepLR(o, 2)
tape = tf.GradientTape(persistent=True)
with tape: u = tf.reduce_sum(v * v)"""  # noqa: E501


def reached(name: str, value: Value) -> list[str]:
    """The names that lead to something that is no module."""
    if not isinstance(value, Namespace):
        return [name]
    keys = sorted(key for key in value.members if key[0] != "_")
    return [one for key in keys for one in reached(f"{name}.{key}", value.members[key])]


def attributes(tables: dict[object, dict[str, object]], *kinds: object) -> list[str]:
    return sorted({name for kind in kinds for name in tables.get(kind, ()) if name[0] != "_"})


PLAIN_MODULES = [
    "collections",
    "copy",
    "dataclasses",
    "functools",
    "itertools",
    "os",
    "random",
    "sys",
]
EVERY = [one for name in ("math", "np", "tf", "torch") for one in reached(name, KNOWN[name])]
EVERY_PLAIN = [one for name in PLAIN_MODULES for one in reached(name, MODULES[name])]
NN, KERAS = KNOWN["torch"].members["nn"].members, MODULES["keras"].members
STEPS = KNOWN["torch"].members["optim"].members
OWN = sorted(BUILTINS)
OBJECTS = ["detach", "zero_grad", "step", "parameters", "named_parameters", "state_dict", "train"]
OBJECTS += ["get_last_lr", "load_state_dict", "get_config", "made", "b", "add_param_group"]
OBJECTS += ["eval", "to", "apply_gradients", "trainable_variables", "param_groups", "lr", "w", "a"]
TORCH = attributes(METHODS, "torch")
TF = attributes(METHODS, "tensorflow", "variable")
NP = attributes(METHODS, "numpy")
SEEN = attributes(PROPERTIES, *PROPERTIES)
PLAIN = attributes(METHODS, *(kind for kind in METHODS if not isinstance(kind, str)))

BINARY = ["+", "-", "*", "/", "//", "%", "**", "@"]
COMPARED = ["<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"]

FORMS: dict[str, list[str]] = {
    "small": ["1", "0", "2", "-1", "3", "n"],
    "number": [
        "2", "0", "0.5", "-1", "3", "n", "1e300", "10**9", "2**63", "float('nan')", "1e-320",
        "True", "float('inf')", "-0.0", "<number> <binary> <number>", "(-<number>)", "(~<small>)",
        "len(<container>)", "sum(<list>)", "abs(<number>)", "round(<number>, <small>)",
        "int(<number>)", "float(<text>)", "int(<text>, 16)", "<torch>.item()", "float(<tf>)",
        "max(<any>, <any>)", "min(<list>, key=<function>, default=<any>)",
        "math.<mathname>(<number>)", "pow(<number>, <small>, <small>)",
        "divmod(<number>, <number>)", "(<number> << <small>)", "(<number> & <number>)",
        "sys.maxsize", "random.random()", "random.randint(<small>, <number>)",
        "(<number> ^ <number>)", "(<number> | <number>)", "(<number> >> <number>)",
    ],
    "mathname": [name.split(".", 1)[1] for name in EVERY if name.startswith("math.")],
    "binary": BINARY,
    "compared": COMPARED,
    "truth": [
        "True", "False", "<any> <compared> <any>", "<number> < <number> <= <number>",
        "not <any>", "(<any> and <any>)", "(<any> or <any>)", "isinstance(<any>, <type>)",
        "all(<list>)", "any(<any> for a in <list>)", "(<tensor> > <number>)",
        "isinstance(<any>, (<type>, <type>))",
    ],
    "type": ["int", "float", "str", "list", "A", "tuple", "dict", "torch.Tensor", "tf.Variable",
             "np.ndarray", "type(<any>)"],
    "text": [
        "'a'", "s", "''", "'{}'", "'{0.x}'", "'한글'", "'a b,c'", "'1.5'", "'ff'", "'a' * <number>",
        "<text> + <text>", "str(<any>)", "repr(<any>)", "<text>[<slice>]", "f'{<inner>}'",
        "f'{<inner>!r:>{<inner>}}'", "f'{<inner>:<spec>} {<inner>=}'",
        "'{:<spec>}'.format(<any>)", "'{0} {1!r} {a:<spec>}'.format(<any>, <any>, a=<any>)",
        "'{:{}}'.format(<any>, <any>)", "'%s %<percent>' % (<any>, <any>)",
        "'%*d' % (<any>, <any>)", "format(<any>, '<spec>')", "<text>.join(<list>)",
        "<text>.join(str(a) for a in <container>)", "<text>.<plainmethod>(<any>)",
        "os.path.join(<text>, <text>)", "os.environ.get(<text>, <text>)",
        "<text>.replace(<text>, <text>)", "'%(a)s' % {'a': <any>}",
    ],
    "inner": ["n", "s", "x", "p", "v", "xs", "net", "1.5", "y", "len(s)", "d[1]", "3 * n", "t"],
    "spec": [
        ".2f", "", "d", "5", ">10", "^8.3", "e", "g", "%", ",", "_x", "#b", "08.3f", "+", "c", "s",
        "*<6", "x", "o", ".3s", "99", "1000000", ".40f", "=+8", "n",
    ],
    "percent": ["d", "s", "r", "5.2f", "e", "g", "x", "c", "%", "-8s", "05d", "i"],
    "list": [
        "xs", "[]", "[<any>, <any>]", "[<number>, <number>, <number>]", "[<any>] * <small>",
        "list(range(<number>))", "[*<container>, <any>]", "sorted(<list>)",
        "sorted(<container>, key=<function>, reverse=<truth>)", "[<any> for a in <container>]",
        "[a <binary> <any> for a in <list> if <truth>]",
        "[a for b in <list> for a in <container>]", "list(<walk>)", "<list>[<slice>]",
        "<list> + <list>", "list(<text>)", "<text>.split(<text>)", "[<list>, <list>]",
        "[(<function>)(a) for a in <list>]", "<torch>.tolist()", "<list>.copy()", "[[0.0] * 3] * 2",
    ],
    "walk": [
        "iter(xs)", "range(3)", "Y()", "Y(<small>)", "np.nditer(<np>)",
        "tf.data.Dataset.range(3)", "zip(<list>, <container>)", "enumerate(<list>, <small>)",
        "map(<function>, <container>)", "filter(<function>, <list>)", "reversed(<list>)",
        "(<any> for a in <container> if <truth>)", "d.items()", "<dict>.values()", "<dict>.keys()",
        "tqdm(<container>)", "tqdm(<container>, desc=<text>, total=<any>)", "trange(<number>)",
        "itertools.<itertool>(<container>)", "itertools.<itertool>(<container>, <small>)",
        "itertools.<itertool>(<function>, <container>)",
        "itertools.<itertool>(<container>, <container>)",
        "itertools.product(<container>, repeat=<small>)",
        "itertools.accumulate(<container>, <function>, initial=<any>)",
        "itertools.islice(<walk>, <small>, <number>, <small>)",
        "itertools.zip_longest(<container>, <walk>, fillvalue=<any>)",
        "range(<number>, <number>, <small>)", "map(<function>, <list>, <list>)", "net.parameters()",
    ],
    "tuple": ["(1, 2)", "()", "(<any>, <any>)", "(<any>,)", "tuple(<container>)",
              "<torch>.shape", "<tf>.shape", "<np>.shape", "divmod(<number>, <number>)"],
    "dict": ["d", "{}", "{<any>: <any>, <text>: <any>}", "dict(a=<any>, b=<any>)",
             "{a: <any> for a in <container>}", "{**<dict>, 'k': <any>}", "dict(<walk>)",
             "<dict> | <dict>", "net.state_dict()", "dict(zip(<list>, <list>))"],
    "set": ["z", "set()", "{<any>, <any>}", "set(<container>)", "{<any> for a in <container>}",
            "<set> | <set>", "<set> - <set>", "<set> & <set>"],
    "container": ["xs", "<list>", "<tuple>", "<dict>", "<set>", "<text>", "<walk>", "<tensor>"],
    "function": [
        "f", "len", "abs", "lambda a=1, *b: <any>", "lambda *a: <any>", "lambda a, b=<any>: a",
        "torch.sigmoid", "tf.exp", "np.sum", "net", "A", "str", "(lambda a: a <binary> <number>)",
        "F.relu", "<list>.append", "<text>.join", "torch.nn.Linear(3, <small>)", "net.forward",
        "torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.<layer>())", "print",
        "tf.keras.layers.Dense(<small>)", "torch.nn.MSELoss()",
        "tf.keras.losses.MeanSquaredError()", "tf.function(<function>)", "E", "D", "D.made",
        "functools.partial(<function>, <any>)", "functools.partial(<function>, a=<any>)",
        "functools.lru_cache(<function>)", "functools.lru_cache(maxsize=<any>)(<function>)",
        "functools.wraps(<function>)(<function>)", "dataclasses.dataclass(<function>)",
    ],
    "layer": ["ReLU", "Tanh", "Sigmoid", "Softmax", "Flatten", "Dropout", "Identity"],
    "shape": [
        "(2, 3)", "3", "(3,)", "(2, <small>)", "(<number>, <small>)", "()", "[2, 3]", "<tuple>",
        "(100000, 100000)",
    ],
    "axis": ["axis=<small>", "dim=<small>", "axis=None", "keepdims=True", "axis=(0, 1)", "0", "1"],
    "torch": [
        "x", "y", "torch.ones(<shape>)", "torch.randn(2, 3, requires_grad=True)",
        "torch.tensor(<list>)", "torch.tensor(<any>, requires_grad=<truth>)", "net.w", "x.grad",
        "<torch> <binary> <torch>", "<torch> <binary> <number>", "<torch>.sum(<axis>)",
        "<torch>.mean()", "(<torch> ** 2).sum()", "torch.arange(<number>)", "<torch>[<index>]",
        "<torch>.reshape(<shape>)", "<torch>.view(<small>, <small>)", "<torch>.T",
        "<torch>.detach()", "<torch>.<torchmethod>()", "<torch>.<torchmethod>(<any>)",
        "<torch>.<torchmethod>(<any>, <any>)", "torch.cat([<torch>, <torch>], <axis>)",
        "torch.stack(<list>)", "F.mse_loss(<torch>, <torch>)", "net(<torch>)",
        "torch.where(<truth>, <torch>, <torch>)", "<torch>.data", "<torch>.clone()",
        "torch.einsum('ij,ij->i', <torch>, <torch>)", "torch.from_numpy(<np>)",
        "F.softmax(<torch>, dim=<small>)", "F.cross_entropy(<torch>, torch.tensor([0, 1]))",
        "torch.matmul(<torch>, <torch>.T)", "torch.ones(2, 3, 4)",
        "torch.multinomial(<torch>, <small>, replacement=<truth>)",
        "F.scaled_dot_product_attention(<torch>, <torch>, <torch>, is_causal=<truth>)",
    ],
    "tf": [
        "v", "t", "u", "tf.ones(<shape>)", "tf.constant(<list>)", "tf.Variable(<any>)",
        "tf.constant(<any>, dtype=tf.<dtype>)", "<tf> <binary> <tf>", "<tf> <binary> <number>",
        "tf.reduce_sum(<tf>, <axis>)", "tf.matmul(<tf>, <tf>, transpose_b=<truth>)",
        "tf.square(<tf>)", "tf.cast(<tf>, tf.<dtype>)", "<tf>[<index>]",
        "tf.reshape(<tf>, <shape>)", "tape.gradient(<tf>, v)", "tape.gradient(<tf>, <any>)",
        "tape.jacobian(<tf>, v)", "<tf>.<tfmethod>(<any>)", "tf.concat([<tf>, <tf>], <axis>)",
        "tf.nn.softmax(<tf>)", "tf.where(<truth>, <tf>, <tf>)", "tf.random.normal(<shape>)",
        "tf.stack([<tf>, <tf>])", "tf.keras.layers.Dense(2)(<tf>)", "tf.convert_to_tensor(<np>)",
        "tf.one_hot([0, 2], <small>)", "tf.ones((2, 3, 4))",
    ],
    "dtype": ["float32", "float64", "int32", "int64", "bool"],
    "np": [
        "p", "q", "np.ones(<shape>)", "np.array(<list>)", "np.array(<any>)",
        "np.arange(<number>)", "<np> <binary> <np>", "<np> <binary> <number>", "<np>.sum(<axis>)",
        "<np>[<index>]", "<np>.<npmethod>(<any>)", "<np>.<npmethod>()", "np.dot(<np>, <np>)",
        "<np>.reshape(<shape>)", "<torch>.detach().numpy()", "<tf>.numpy()", "<np>.T",
        "np.linspace(<number>, <number>, <number>)", "np.concatenate([<np>, <np>])",
        "np.outer(<np>, <np>)", "np.where(<np> > <number>, <np>, 0)",
        "np.random.default_rng(<small>).normal(size=<shape>)",
        "np.zeros(<shape>, dtype=np.<dtype>)", "<np>.astype(np.<dtype>)",
        "np.maximum(<np>, <number>)",
    ],
    "torchmethod": TORCH,
    "tfmethod": TF,
    "npmethod": NP,
    "plainmethod": PLAIN,
    "objectmethod": OBJECTS,
    "tensor": ["x", "<torch>", "<tf>", "<np>"],
    "slice": ["1:", "<small>:<small>", "::-1", "<small>", ":", "::<number>", "<number>"],
    "index": ["0", "<slice>", "<slice>, <slice>", "..., 0", "None", ":, <small>", "<list>",
              "<tensor> > <number>", "[0, 1], [0, 1]", "<np>", "<torch>", "<any>"],
    "every": EVERY,
    "plain": EVERY_PLAIN,
    "itertool": sorted(MODULES["itertools"].members),
    "nn": sorted(NN.keys() - {"functional", "init", "utils"}),
    "keras": sorted(KERAS["layers"].members),
    "recurrent": ["LSTM", "GRU", "SimpleRNN"],
    "cell": ["RNN", "LSTM", "GRU"],
    "torchstep": sorted(STEPS.keys() - {"lr_scheduler"}),
    "torchrate": sorted(STEPS["lr_scheduler"].members),
    "kerasstep": sorted(KERAS["optimizers"].members.keys() - {"schedules"}),
    "kerasrate": sorted(KERAS["optimizers"].members["schedules"].members),
    "error": [
        "ValueError('a')", "ValueError", "KeyError(<any>)", "StopIteration", "IndexError(<any>)",
        "RuntimeError(<text>, <any>)", "KeyboardInterrupt", "e", "<any>", "np.linalg.LinAlgError",
        "(ValueError, TypeError)", "Exception", "BaseException", "type(<any>)", "A",
        "RecursionError",
    ],
    "own": OWN,
    "seen": SEEN,
    "name": [
        "a", "b", "n", "s", "xs", "d", "z", "x", "y", "v", "t", "p", "q", "o", "net", "한", "_",
        "r", "e", "D", "E",
    ],
    "call": [
        "B.apply(<torch>)", "B.apply(<any>, <any>)", "C(<tf>)", "C(<any>)", "Y(<any>)", "list(Y())",
        "copy.copy(<any>)", "copy.deepcopy(<any>)", "collections.OrderedDict(<any>)",
        "collections.defaultdict(<function>, <dict>)", "collections.defaultdict(list)[<any>]",
        "torch.func.grad(<function>)(<torch>)", "torch.func.vmap(<function>)(<torch>)",
        "torch.func.jacrev(<function>, argnums=<small>)(<any>, <any>)",
        "<torch>.register_hook(<function>)", "net.register_forward_hook(<function>)",
        "torch.autograd.functional.jacobian(<function>, <torch>)",
        "tf.data.Dataset.from_tensor_slices(<any>).batch(<any>)",
        "tf.keras.layers.<recurrent>(<small>)(<tf>)", "torch.nn.<cell>(3, <small>)(<torch>)",
        "tf.keras.layers.<recurrent>(2, return_sequences=<truth>, go_backwards=<truth>)(<tf>)",
        "tf.keras.layers.<recurrent>(<small>, return_state=True)(<tf>, initial_state=<any>)",
        "tf.keras.layers.RNN(tf.keras.layers.<recurrent>Cell(<small>))(<tf>)",
        "tf.keras.layers.Bidirectional(tf.keras.layers.<recurrent>(<small>))(<tf>)",
        "tf.keras.layers.<keras>(<any>)", "tf.keras.layers.<keras>()(<tf>)",
        "tf.keras.layers.<keras>(<small>)(<tf>)", "tf.keras.layers.<keras>(<any>, <any>)(<any>)",
        "torch.nn.<cell>(3, 2, num_layers=<small>, batch_first=<truth>)(<torch>, <any>)",
        "torch.nn.<cell>(3, 2, bidirectional=<truth>, dropout=<number>)(<torch>)",
        "torch.nn.<cell>Cell(3, <small>)(<torch>)", "torch.nn.<cell>Cell(3, 2)(<torch>, <any>)",
        "torch.nn.MultiheadAttention(3, <small>)(<torch>, <torch>, <torch>)",
        "torch.nn.MultiheadAttention(3, 3, batch_first=<truth>)(x, x, x, attn_mask=<any>)",
        "torch.nn.TransformerEncoderLayer(3, <small>, <small>, norm_first=<truth>)(<torch>)",
        "torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(3, 1), <small>)(<torch>)",
        "torch.nn.<nn>(<any>)", "torch.nn.<nn>()(<torch>)", "torch.nn.<nn>(<small>)(<torch>)",
        "torch.nn.<nn>(3, <small>)(<torch>)", "torch.nn.<nn>(<any>, <any>)(<any>)",
        "torch.optim.<torchstep>([x], <any>)", "torch.optim.<torchstep>(<any>)",
        "torch.optim.lr_scheduler.<torchrate>(o, <any>)",
        "torch.optim.lr_scheduler.<torchrate>(o, <number>, <number>)",
        "torch.optim.lr_scheduler.<torchrate>(<any>, <list>, <any>)",
        "tf.keras.optimizers.schedules.<kerasrate>(<number>, <number>, <number>)(<any>)",
        "tf.keras.optimizers.schedules.<kerasrate>(<list>, <list>)(<number>)",
        "D(<any>)", "D(<any>, b=<any>)", "D.made(<any>)", "D() == D(<any>)",
        "dataclasses.replace(D(), a=<any>)", "dataclasses.asdict(<any>)", "{D(): <any>}",
        "functools.reduce(<function>, <container>, <any>)", "E(<any>)", "sys.stdout.write(<text>)",
        "<plain>(<any>)", "<plain>(<any>, <any>)", "<plain>(<container>, <any>)", "<plain>()",
        "<plain>(<function>, <container>)", "<plain>(<text>)",
        "f()", "<every>(<any>)", "<every>(<any>, <any>)", "<every>(<tensor>)",
        "<every>(<tensor>, <any>)", "<every>(<any>, <any>, <any>)",
        "<every>(<tensor>, <tensor>, <axis>)", "<every>(<torch>, <torch>)", "<every>(<tf>, <tf>)",
        "<every>(<shape>)", "<own>(<any>)", "<own>(<any>, <any>)",
        "<own>(<container>, key=<function>)", "f(*<container>, **<dict>)", "f(<any>, a=<any>)",
        "(<function>)(<any>)", "(<function>)(<any>, *<list>)", "<every>()", "<every>(**<dict>)",
        "A(<any>)", "net(<any>)", "net.<objectmethod>(<any>)", "o.<objectmethod>()", "<own>()",
    ],
    "any": [
        "n", "<name>", "<number>", "<text>", "<list>", "<tuple>", "<dict>", "<set>", "<function>",
        "<torch>", "<tf>", "<np>", "<truth>", "<walk>", "<call>", "None", "<name>", "<number>",
        "(<any> if <truth> else <any>)", "(k := <any>)", "<any>[<index>]", "(<any>).<seen>",
        "(<any>).<plainmethod>(<any>)", "(<any>).<plainmethod>()", "<every>",
        "(<any> <binary> <any>)", "net", "o", "tape", "f", "A", "torch.<dtype>", "next(<walk>)",
        "next(<walk>, <any>)", "getattr(<any>, 'w', None)", "<plain>", "D(<any>)", "<error>",
    ],
    "method": [
        "def forward(self, x=1):", "def __init__(self, a=1, *b):", "def __call__(self, *a):",
        "def __add__(self, x):", "def __eq__(self, x):", "def __len__(self):",
        "def call(self, x):", "def __getitem__(self, i):", "def __iter__(self):",
        "def __repr__(self):", "@staticmethod\n    def g(x):", "def __lt__(self, x):",
        "def __bool__(self):", "def __rmul__(self, x):", "def __str__(self):",
        "def __contains__(self, x):", "def __setitem__(self, i, x):",
        "@classmethod\n    def made(cls, x=1):", "def __post_init__(self):",
        "def __enter__(self):", "def __exit__(self, *a):",
        "def __next__(self):", "def train_step(self, x):",
        "@staticmethod\n    def forward(ctx, x, *a):", "@staticmethod\n    def backward(ctx, *g):",
    ],
    "member": ["pass", "k = <any>", "w: int = <any>", "'''text'''", "a = xs", "b = torch.ones(2)",
               "a: int", "b: list = dataclasses.field(default_factory=<function>)",
               "k: float = dataclasses.field(default=<any>, repr=<truth>, compare=<truth>)"],
}  # fmt: skip

BASES = [
    "", "(torch.nn.Module)", "(A)", "(tf.Module)", "(tf.keras.Model)",
    "(torch.autograd.Function)", "(object)", "(tf.keras.layers.Layer)", "(int)",
]  # fmt: skip
DECORATORS = [
    "@dataclasses.dataclass", "@dataclasses.dataclass(frozen=<truth>, order=<truth>)",
    "@dataclasses.dataclass(frozen=True)", "@<function>",
]  # fmt: skip
LOOP_ENDS = ["break", "continue"]
STATEMENTS = [
    "<name> = <any>", "<name> = <any>", "<name> = <torch>", "<name> = <tf>", "<name> = <np>",
    "<name> = <call>", "<name>, *<name> = <container>", "<name> = <name> = <any>", "print(<any>)",
    "print(<any>, <any>, sep=<text>, end=<text>)", "<name> += <any>", "<name> <binary>= <any>",
    "<name>[<index>] = <any>", "<name>[<index>] <binary>= <number>",
    "<name>.<objectmethod> = <any>", "<name>: float = <any>", "del <name>", "del <name>[<index>]",
    "assert <any>, <text>", "<any>", "(<torch> ** 2).sum().backward()",
    "<torch>.backward(retain_graph=<truth>)", "<torch>.backward(<torch>)",
    "o.step(); o.zero_grad()", "x.grad = None", "x.data -= 0.1 * <torch>", "v.assign_sub(<tf>)",
    "v.assign(<any>)", "<name> = torch.optim.<torchstep>(<list>, lr=<number>)", "net.zero_grad()",
    "<name> = torch.optim.<torchstep>(net.parameters(), lr=<number>, weight_decay=<number>)",
    "tf.keras.optimizers.<kerasstep>(<number>).apply_gradients([(<tf>, v)])",
    "<list>.append(<any>)", "<name> = torch.autograd.grad(<torch>, <any>, create_graph=<truth>)",
    "xs.append(xs)", "d['d'] = d", "<name> = (<function>)(<any>)", "x.requires_grad_(<truth>)",
    "y.retain_grad()", "torch.manual_seed(<any>)", "tape.watch(<any>)", "tape.reset()",
    "raise <error>", "raise", "raise <error> from <error>", "r.step()", "o.step(<function>)",
    "<name> = torch.optim.lr_scheduler.<torchrate>(o, <any>)", "os.environ[<text>] = <any>",
    "<name> = tf.keras.optimizers.<kerasstep>(<any>)", "random.seed(<any>)",
    "import torch as <name>", "pass", "<name> = k",
]  # fmt: skip
# a head, whether it is a loop, whether it makes a function
BODIES = [
    ("for <name> in <container>:", True, False),
    ("for <name>, <name> in <walk>:", True, False),
    ("for <name> in range(<small>):", True, False),
    ("while <truth>:", True, False),
    ("if <any>:", False, False),
    ("with tf.GradientTape(persistent=<truth>) as tape:", False, False),
    ("with torch.no_grad():", False, False),
    ("with <any> as <name>:", False, False),
    ("with tape, torch.enable_grad(), tape.stop_recording():", False, False),
    ("def f(a=<any>, *b, k=<any>, **c):", False, True),
    ("def Y(a=<any>):\n    yield <any>", False, True),
    ("try:", False, False),
    ("try:", False, False),
    ("@functools.lru_cache\ndef f(a=<any>, *b):", False, True),
    ("@<function>\ndef f(*a):", False, True),
    ("with trange(<small>) as <name>:", False, False),
    ("@tf.custom_gradient\ndef C(x):", False, True),
    ("def g(x, /, y=<any>):", False, True),
    ("def h():\n    global k", False, True),
    ("@tf.function\ndef g(x=<any>):", False, True),
    ("@torch.no_grad()\ndef f(*a):", False, True),
]
CATCHES = ["except Exception as e:", "except <error>:", "except <error> as <name>:",
           "except (ValueError, <error>) as e:", "except KeyError:"]  # fmt: skip
