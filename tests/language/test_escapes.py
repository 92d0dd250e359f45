"""Attempts to reach something of the host, or to hold it up: each is refused with a place, or
bounded; nothing is reached. More of them, by threat, are in threats.txt."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sections import sections

from app.engine import Tensor
from app.language import budget
from app.language.attributes import METHODS, PROPERTIES, SETTERS
from app.language.errors import Refused
from app.language.run import KNOWN
from app.language.scope import BUILTINS
from app.language.values import Builtin, Namespace
from app.work import walls

ATTEMPTS = [
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__",
    "(lambda: 0).__globals__",
    "print.__self__",
    "f'{().__class__}'",
    "'{0.__class__}'.format(1)",
    "'{0.tensor}'.format(tf.ones(1))",
    "'{0[__class__]}'.format({})",
    "'%(__class__)s' % {}",
    "x = '{a.__class__}'.format_map({'a': 1})",
    "__import__('os')",
    "__builtins__",
    "__loader__",
    "__spec__",
    "import os\nos.name2",
    "import sys as s\ns.modules",
    "from builtins import open",
    "import numpy.ctypeslib",
    "from numpy import os",
    "from tensorflow.python import pywrap",
    "import torch.multiprocessing",
    "from math import __doc__",
    "from numpy import *",
    "from . import x",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('x = 1')",
    "compile('1', '', 'eval')",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "getattr(1, '__real__')",
    "setattr([], 'a', 1)",
    "hasattr(1, '__a__')",
    "type(1)('a', (), {})",
    "object().__class__",
    "super()",
    "input()",
    "breakpoint()",
    "memoryview(b'')",
    "id(1)",
    "help()",
    "np.load('/etc/passwd')",
    "np.fromfile('/etc/passwd')",
    "np.loadtxt('/etc/passwd')",
    "np.memmap('/etc/passwd')",
    "np.lib.npyio.os",
    "np.f2py",
    "np.array(1).tofile('/tmp/gradtape')",
    "np.array(1).dump('/tmp/gradtape')",
    "np.array([print])",
    "np.array(1).ctypes",
    "np.array(1).base",
    "np.array(1).data",
    "torch.load('/etc/passwd')",
    "torch.save(1, '/tmp/gradtape')",
    "torch.ops",
    "torch.utils.cpp_extension",
    "torch.hub.load('a', 'b')",
    "tf.io.read_file('/etc/passwd')",
    "tf.py_function",
    "tf.keras.utils.get_file('a', 'b')",
    "tf.ones(1).tensor",
    "tf.ones(1).kind",
    "tf.Variable(1.0).tensor",
    "torch.ones(1).retains",
    "torch.ones(1).shares",
    "tf.GradientTape().engine",
    "tf.GradientTape().engine.intervals",
    "math.members",
    "math.name",
    "tf.float32.text",
    "tf.ones(2).shape.lengths",
    "print.call",
    "print.name",
    "(lambda: 0).run",
    "def f(): pass\nf.run",
    "def f(): pass\nf.func_code",
    "x = [].append\nx.call",
    "[].sort.call",
    "np.random.default_rng().random.bit_generator",
    "np.random.default_rng().random(2).tensor",
    "torch.device('cpu').name2",
    "plt.plot.__class__",
    "torch.no_grad().enter",
    "torch.no_grad().leave()",
    "with open('/etc/passwd') as f: pass",
    "with print: pass",
    "import matplotlib.os.path\nmatplotlib.x.__y",
    "def f(x=__import__): pass",
    "x: __import__('os').system('true') = 1\nx.y",
    "def f() -> open('/tmp/gradtape', 'w'): pass\nf.z",
    "@open\ndef f(): pass",
    "@print\ndef f(): pass\nf.call",
    "lambda: (yield)",
    "async def f(): await g()",
    "class A(type): pass",
    "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__",
    "raise SystemExit",
    "exit()",
    "quit()",
    "x = 1\nx.real.imag.__class__",
    "x = (1).real.conjugate.__self__",
    "'a'.encode('idna')",
    "'a'.translate({})",
    "(1).to_bytes(1)",
    "[].__init__()",
    "tf.constant(print)",
    "torch.tensor([lambda: 0])",
    "max([print, len], key=lambda f: f.call)",
    "{print: 1}",
    "sorted([print, len])",
    "list(map(open, ['/etc/passwd']))",
    "np.array('a')",
    "np.ones(2, dtype='object')",
    "np.array([1], dtype=object)",
    "np.zeros(1, 'O')",
    "tf.cast(tf.ones(1), tf.string)",
    "np.ones(2)['a']",
    "np.ones(2)[print]",
    "np.ones(2)[[[0]]]['f']",
    "torch.ones(1).grad_fn.next_functions",
    "torch.ones(1, requires_grad=True).sum().grad_fn.metadata.x",
    "f'{print.call}'",
    "'{}'.format.call",
    "print(end=print)\nprint.x",
    "print(file=open('/tmp/gradtape', 'w'))",
    "print('x', file=1).y",
    "__name__.__class__",
    "import __main__",
    "import app.language.run",
    "import numpy as np\nnp.os.system('true')",
    "_ = 1\n__ = 2",
    "x = '\\u005f\\u005fclass\\u005f\\u005f'\n().x",
    "().＿＿class＿＿",
]


@pytest.mark.parametrize("source", ATTEMPTS)
def test_nothing_is_reached(traced, source):
    try:
        answer = traced(source)
    except Refused as refused:
        assert refused.diagnostic()["message"]
        return
    assert answer["status"] == "error"
    assert answer["diagnostic"]["span"] is not None
    assert "root:" not in str(answer)
    assert not os.path.exists("/tmp/gradtape")


def threats() -> list[tuple[str, bool, str]]:
    """(threat, whether it may run within bounds, program) for every program of threats.txt."""
    found = []
    for head, programs in sections(Path(__file__).parent / "threats.txt"):
        name, _, mark = head.partition(" | ")
        found += [(name, mark == "bounded", one.strip("\n")) for one in programs.split("\n---\n")]
    return found


@pytest.fixture
def little_memory() -> Iterator[None]:
    """As much address space as a worker has."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (walls.mapped() + walls.MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize(
    ("threat", "bounded", "source"),
    threats(),
    ids=[f"{threat} {i}" for i, (threat, _, _) in enumerate(threats())],
)
def test_a_threat_is_refused_or_bounded(traced, little_memory, threat, bounded, source):
    before = time.process_time()
    seconds = 0.1 if threat == "time" else 0.3  # what never ends need not be waited for
    try:
        answer = traced(source, budget.Limits(seconds=seconds))
    except Refused as refused:
        told = refused.diagnostic()
        assert told["message"]
        assert told["span"] is not None
        return
    assert time.process_time() - before < 4
    assert bounded or answer["status"] != "ok"
    if answer["status"] != "ok":
        assert answer["diagnostic"]["message"] and answer["diagnostic"]["span"] is not None
    assert "root:" not in str(answer["stdout"])
    assert " at 0x" not in str(answer)
    assert not os.path.exists("/tmp/gradtape")


def test_there_are_many_threats():
    assert len({source for _, _, source in threats()} | set(ATTEMPTS)) > 600


def reachable() -> list[tuple[str, object]]:
    """Everything that a name or a module's name leads to."""
    found, waiting = [], [*KNOWN.items(), *BUILTINS.items()]
    while waiting:
        name, value = waiting.pop()
        found.append((name, value))
        if isinstance(value, Namespace):
            waiting += [(f"{name}.{key}", one) for key, one in value.members.items()]
    return found


def test_every_reachable_value_is_of_our_own_types_or_plain():
    plain = (int, float, str, bool, type(None), type(...))
    for name, value in reachable():
        own = type(value).__module__ == "app.language.values"
        assert own or type(value) in plain, name
        assert not isinstance(value, Builtin) or callable(value.call)


def test_no_name_begins_with_an_underscore():
    names = [name for name, _ in reachable()]
    for table in (METHODS, PROPERTIES, SETTERS):
        names += [name for methods in table.values() for name in methods]
    private = [name for name in names if name.split(".")[-1].startswith("_")]
    assert {name.split(".")[-1] for name in private} <= {"__name__", "__version__"}


def test_array_data_is_never_written_into(traced):
    answer = traced(
        "a = np.array([1.0, 2.0])\nb = a\nt = tf.constant(a)\na[0] = 9.0\n"
        "x = torch.ones(2)\ny = x.numpy()\nprint(b[0], t.numpy()[0], y[0])"
    )
    assert answer["status"] == "ok"
    assert not Tensor([1.0, 2.0]).data.flags.writeable
