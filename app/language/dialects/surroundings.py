"""os and sys as far as a program can see them here: there are no files, and it runs alone."""

import posixpath
import sys
from collections.abc import Callable

from app.language.dialects.common import namespace
from app.language.errors import key_error, type_error
from app.language.machine import Machine
from app.language.text import repr_of
from app.language.values import Class, Fields, Instance, Namespace, Skipped, Value, type_name
from app.language.walks import iterate, walk


def _store(m: Machine, environ: Instance, key: Value, value: Value) -> None:
    for one in (key, value):
        if not isinstance(one, str):
            raise type_error(f"str expected, not {type_name(one)}")
    m.budget.container(len(m.environ) + 1)
    m.environ[key] = value


def _read(m: Machine, environ: Instance, key: Value) -> str:
    if not isinstance(key, str):
        raise type_error(f"str expected, not {type_name(key)}")
    if key not in m.environ:
        raise key_error(repr_of(key))
    return m.environ[key]


def _get(m: Machine, key: Value, default: Value = None) -> Value:
    return m.environ.get(key, default) if isinstance(key, str) else default


def _set_default(m: Machine, environ: Instance, key: Value, value: Value) -> str:
    if key not in m.environ:
        _store(m, environ, key, value)
    return _read(m, environ, key)


def _fixed(m: Machine, owner: Value, name: str, value: Value) -> None:
    raise type_error(f"cannot set '{name}' of os.environ: write os.environ['{name}'] = '…'")


ENVIRON = Class(  # the program's own, empty at first: it is kept by the machine
    "_Environ",
    store=_fixed,
    methods={
        "__getitem__": _read,
        "__setitem__": _store,
        "__contains__": lambda m, environ, key: key in m.environ,
        "__len__": lambda m, environ: len(m.environ),
        "__iter__": lambda m, environ: walk("generator", iterate(m, list(m.environ))),
        "get": lambda m, environ, key, default=None: _get(m, key, default),
        "setdefault": _set_default,
    },
)


def _of_path(name: str) -> Callable[..., Value]:
    function = getattr(posixpath, name)

    def call(m: Machine, *parts: Value) -> Value:
        for part in parts:
            if not isinstance(part, str):
                words = f"expected str, bytes or os.PathLike object, not {type_name(part)}"
                raise type_error(words)
            m.budget.container(len(part))
        found = function(*parts)
        m.budget.container(len(found))
        return found

    return call


OS: Namespace = namespace(
    "os",
    {
        "environ": Instance(ENVIRON),
        "getenv": _get,
        "sep": "/",
        "linesep": "\n",
        **{name: Skipped(f"os.{name}") for name in ("makedirs", "mkdir")},
        "path": namespace(
            "os.path",
            {
                **{name: _of_path(name) for name in ("join", "basename", "dirname")},
                **dict.fromkeys(("exists", "isfile", "isdir"), lambda m, path: False),
            },
        ),
    },
)


def _write(m: Machine, text: Value) -> int:
    if not isinstance(text, str):
        raise type_error(f"write() argument must be str, not {type_name(text)}")
    m.write(text)
    return len(text)


_VERSION = dict(zip(("major", "minor", "micro"), sys.version_info, strict=False))
SYS: Namespace = namespace(
    "sys",
    {
        "maxsize": sys.maxsize,
        "float_info": Namespace(
            "sys.float_info",
            {
                name: getattr(sys.float_info, name)
                for name in ("max", "min", "epsilon", "dig", "mant_dig", "max_exp", "min_exp")
            },
        ),
        "version_info": Fields.named("sys.version_info", **_VERSION),
        "path": Skipped("sys.path"),
        "stdout": namespace("sys.stdout", {"write": _write, "flush": lambda m: None}),
        "stderr": namespace(
            "sys.stderr", {"write": lambda m, text: len(text), "flush": lambda m: None}
        ),
    },
)
