"""Programs by chance, of plain Python: strategies that give their text.

Sets hold small whole numbers only: what else they hold CPython lists in another order each run.
"""

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]
NAMES = st.sampled_from(["a", "b", "c"])
INTEGERS = st.one_of(
    st.integers(-9, 9).map(str),
    st.sampled_from(["10**20", "2**64", "-2**63", "255", "True", "0", "-1", "7"]),
)
FLOATS = st.sampled_from(
    ["0.5", "-0.0", "1e300", "1e-7", "2.0", "-7.5", "float('inf')", "float('nan')", "1e16", "0.1"]
)
STRINGS = st.sampled_from(["''", "'x'", "'yz'", "'a b,c'", "'한글'", "'Ab1'", "' x\\n'", "'12'"])
ATOMS = st.one_of(INTEGERS, FLOATS, STRINGS, st.just("None"), NAMES)
SIGNS = ["+", "-", "*", "//", "/", "%", "&", "|", "^", "<<", ">>", "**"]
COMPARED = ["<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"]
BOUNDS = st.one_of(st.just(""), st.integers(-4, 4).map(str))
STEPS = st.sampled_from(["", ":", ":-1", ":2", ":-2", ":3"])
SPECS = st.sampled_from(
    ["", "d", "5", "<6", ">6", "^7", "+d", "05", "_", ",", "x", "#x", "b", "e", ".2f", ".3g",
     "+.1e", "%", "08.3f", "*^9", ".2", "s", ".1s", "n", "c", "=5", "010", "-", " d", "#o", ",.2f"]
)  # fmt: skip
OF_TEXTS = [
    "upper()", "lower()", "strip()", "strip({0})", "split()", "split({0})", "split({0}, {1})",
    "rsplit({0}, 1)", "replace({0}, {1})", "replace({0}, {1}, 1)", "find({0})", "index({0})",
    "count({0})", "startswith({0})", "endswith(({0}, 'z'))", "join({0})", "title()", "isdigit()",
    "zfill({1})", "center({1})", "center({1}, '*')", "ljust({1}, {0})", "partition({0})",
    "splitlines()", "isalpha()", "isspace()", "swapcase()", "capitalize()", "removeprefix({0})",
    "format({0}, {1})", "find({0}, {1})", "isupper()", "rfind({0})", "lstrip()", "rstrip({0})",
]  # fmt: skip
OF_LISTS = [
    "append({0})", "extend({0})", "insert({1}, {0})", "pop()", "pop({1})", "index({0})",
    "count({0})", "remove({0})", "sort()", "sort(reverse=True)", "sort(key=str)", "reverse()",
    "copy()", "clear()",
]  # fmt: skip
OF_DICTS = [
    "get({0})", "get({0}, {1})", "pop({0})", "pop({0}, {1})", "setdefault({0}, {1})",
    "update({0})", "update(k={0})", "keys()", "values()", "items()", "popitem()", "copy()",
]  # fmt: skip
OF_SETS = [
    "add({1})", "discard({1})", "remove({1})", "union({0})", "intersection({0})",
    "difference({0})", "issubset({0})", "isdisjoint([{1}])", "issuperset({0})", "copy()",
]  # fmt: skip
CALLS = [
    "len", "list", "tuple", "sorted", "sum", "abs", "str", "bool", "max", "min", "repr", "int",
    "float", "any", "all", "type", "dict", "callable", "chr", "hex", "round", "ascii", "iter",
]  # fmt: skip
CAUGHT = ["Exception", "(TypeError, ValueError)", "LookupError", "ArithmeticError", "KeyError"]
CALLS_OF_TWO = ["divmod", "pow", "max", "min", "round", "isinstance", "zip", "range", "sum"]


def _method(kind: Texts, table: list[str], inner: Texts) -> Texts:
    return st.tuples(kind, st.sampled_from(table), inner, st.one_of(inner, INTEGERS)).map(
        lambda t: f"{t[0]}.{t[1].format(t[2], t[3])}"
    )


def _wider(inner: Texts) -> Texts:
    some = st.lists(inner, max_size=3).map(", ".join)
    lists = some.map(lambda t: f"[{t}]")
    dicts = st.tuples(ATOMS, inner, inner).map(lambda t: f"{{{t[0]}: {t[1]}, 'k': {t[2]}}}")
    sets = st.lists(st.integers(0, 7).map(str), min_size=1, max_size=3).map(
        lambda t: f"{{{', '.join(t)}}}"
    )
    texts = st.one_of(STRINGS, NAMES)
    return st.one_of(
        st.tuples(inner, st.sampled_from(SIGNS), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(INTEGERS, st.sampled_from(SIGNS), FLOATS).map(lambda t: f"({' '.join(t)})"),
        st.tuples(FLOATS, st.sampled_from(SIGNS), INTEGERS).map(lambda t: f"({' '.join(t)})"),
        st.tuples(inner, st.sampled_from(COMPARED), inner, st.sampled_from(COMPARED), inner).map(
            lambda t: f"({' '.join(t)})"
        ),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
        st.tuples(st.sampled_from(["-", "+", "~", "not "]), inner).map(lambda t: f"({''.join(t)})"),
        lists,
        some.map(lambda t: f"({t},)" if t else "()"),
        dicts,
        sets,
        st.tuples(inner, inner).map(lambda t: f"[*{t[0]}, {t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"{{**{t[0]}, 'z': {t[1]}}}"),
        st.tuples(st.sampled_from(CALLS), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(CALLS_OF_TWO), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
        st.tuples(inner, BOUNDS, BOUNDS, STEPS).map(lambda t: f"({t[0]})[{t[1]}:{t[2]}{t[3]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(inner, NAMES, inner, inner).map(
            lambda t: f"[{t[0]} for {t[1]} in {t[2]} if {t[3]}]"
        ),
        st.tuples(inner, NAMES, inner, NAMES).map(
            lambda t: f"[({t[0]}, {t[3]}) for {t[1]} in {t[2]} for {t[3]} in range(2)]"
        ),
        st.tuples(NAMES, inner).map(lambda t: f"{{{t[0]}: 1 for {t[0]} in {t[1]}}}"),
        st.tuples(inner, NAMES, inner).map(lambda t: f"list({t[0]} for {t[1]} in {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"(lambda a, b=2, *x: {t[0]})({t[1]})"),
        st.tuples(inner, SPECS).map(lambda t: f"format({t[0]}, {t[1]!r})"),
        st.tuples(st.one_of(INTEGERS, FLOATS, STRINGS), SPECS).map(
            lambda t: f'f"{{{t[0]}:{t[1]}}}"' if "\\" not in t[0] else "0"
        ),
        _method(texts, OF_TEXTS, inner),
        _method(st.one_of(lists, NAMES), OF_LISTS, inner),
        _method(st.one_of(dicts, NAMES), OF_DICTS, inner),
        _method(sets, OF_SETS, inner),
    )


WILD = st.recursive(ATOMS, _wider, max_leaves=5)


# -- expressions that are mostly of one kind, so that programs go on


def _numbers(inner: Texts) -> Texts:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "/", "%"]), inner).map(
            lambda t: f"({' '.join(t)})"
        ),
        st.tuples(st.sampled_from(["abs", "-", "int", "float", "round"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(inner, inner).map(lambda t: f"divmod({t[0]}, {t[1]})[0]"),
        st.tuples(inner, st.sampled_from(["-1", "0", "1", "2"])).map(
            lambda t: f"round({t[0]}, {t[1]})"
        ),
        st.tuples(inner, st.sampled_from(COMPARED[:6]), inner).map(lambda t: f"({' '.join(t)})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"max([{t[0]}, {t[1]}])"),
    )


NUMBERS = st.recursive(st.one_of(INTEGERS, FLOATS), _numbers, max_leaves=4)
WORDS = st.one_of(
    STRINGS,
    st.tuples(STRINGS, STRINGS).map(" + ".join),
    st.tuples(STRINGS, st.integers(0, 3).map(str)).map(" * ".join),
    st.tuples(NUMBERS, SPECS).map(lambda t: f"format({t[0]}, {t[1]!r})"),
    st.tuples(STRINGS, BOUNDS, BOUNDS, STEPS).map(lambda t: f"{t[0]}[{t[1]}:{t[2]}{t[3]}]"),
    _method(STRINGS, OF_TEXTS, STRINGS),
    NUMBERS.map(lambda e: f"str({e})"),
)
ROWS = st.one_of(
    st.lists(st.one_of(NUMBERS, WORDS), max_size=3).map(lambda t: f"[{', '.join(t)}]"),
    st.lists(NUMBERS, min_size=1, max_size=4).map(lambda t: f"[{', '.join(t)}]"),
    st.lists(NUMBERS, min_size=1, max_size=4).map(lambda t: f"sorted([{', '.join(t)}])"),
    st.tuples(st.integers(-3, 6), st.integers(-3, 6), st.sampled_from([-2, -1, 1, 3])).map(
        lambda t: f"list(range{t})"
    ),
    WORDS.map(lambda e: f"list({e})"),
    st.tuples(NUMBERS, NUMBERS).map(lambda t: f"[x + {t[0]} for x in range(3) if x != {t[1]}]"),
    WORDS.map(lambda e: f"[(x, y) for x in {e} for y in range(2)]"),
)
EXPRESSIONS = st.one_of(NUMBERS, WORDS, ROWS, WILD)


def _block(text: str) -> str:
    return text.replace("\n", "\n    ")


def _statements(inner: Texts) -> Texts:
    bodies = inner.map(_block)
    return st.one_of(
        st.tuples(NAMES, EXPRESSIONS, bodies).map(lambda t: f"for {t[0]} in {t[1]}:\n    {t[2]}"),
        st.tuples(EXPRESSIONS, bodies, bodies).map(
            lambda t: f"if {t[0]}:\n    {t[1]}\nelse:\n    {t[2]}"
        ),
        bodies.map(
            lambda t: (
                f"n = 3\nwhile n:\n    n -= 1\n    {t}\n    if n == 1:\n        continue\n"
                "else:\n    print('end')"
            )
        ),
        st.tuples(NAMES, EXPRESSIONS, bodies, EXPRESSIONS).map(
            lambda t: (
                f"def f({t[0]}, d={t[1]}, *rest, k=1):\n    {t[2]}\n    return {t[3]}\n"
                "print(f(4, 5), f(1, k=2))"
            )
        ),
        st.tuples(bodies, st.sampled_from(CAUGHT), bodies, bodies).map(
            lambda t: (
                f"try:\n    {t[0]}\nexcept {t[1]} as e:\n    print(type(e).__name__, e, {t[1]})\n"
                f"    {t[2]}\nelse:\n    print('else')\nfinally:\n    {t[3]}"
            )
        ),
        st.tuples(EXPRESSIONS, EXPRESSIONS).map(
            lambda t: (
                f"def g(x):\n    n = {t[0]}\n    def h(y):\n        nonlocal n\n"
                f"        n = {t[1]}\n        return n, x, y\n    return h\nh = g(2)\n"
                "print(h(3), h(4))"
            )
        ),
        st.tuples(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS).map(
            lambda t: (
                f"class K:\n    v = {t[0]}\n    def __init__(self, x):\n        self.x = x\n"
                f"    def __add__(self, o):\n        return {t[1]}\n    def m(self, b=1):\n"
                f"        return {t[2]}\n    def __repr__(self):\n        return f'K({{self.x}})'\n"
                "k = K(5)\nprint(k.m(), K.v)\nprint([k], k + 1)"
            )
        ),
    )


TYPED = st.one_of(
    NUMBERS.map(lambda e: f"print({e})"),
    WORDS.map(lambda e: f"print([{e}])"),
    ROWS.map(lambda e: f"print({e})"),
    st.tuples(ROWS, BOUNDS, BOUNDS, STEPS).map(lambda t: f"print({t[0]}[{t[1]}:{t[2]}{t[3]}])"),
    st.tuples(NAMES, ROWS).map(lambda t: f"for x in {t[1]}:\n    print(x, end=' ')"),
    st.tuples(ROWS, st.sampled_from(OF_LISTS), NUMBERS, st.integers(-3, 3).map(str)).map(
        lambda t: f"r = {t[0]}\nprint(r.{t[1].format(t[2], t[3])})\nprint(r)"
    ),
    st.tuples(ROWS, ROWS).map(lambda t: f"d = dict(zip(map(str, {t[0]}), {t[1]}))\nprint(d)"),
    st.tuples(WORDS, NUMBERS).map(lambda t: f"d = {{{t[0]}: {t[1]}}}\nd[{t[0]}] += 1\nprint(d)"),
    st.tuples(ROWS, ROWS).map(lambda t: f"print({t[0]} == {t[1]}, {t[0]} + {t[1]})"),
    st.tuples(NUMBERS, NUMBERS).map(
        lambda t: f"def q(x, y={t[0]}, *z, **k):\n    return x, y, z, k\nprint(q({t[1]}, w=1))"
    ),
)
SIMPLE = st.one_of(
    st.tuples(NAMES, EXPRESSIONS).map(lambda t: f"{t[0]} = {t[1]}"),
    st.tuples(NAMES, st.sampled_from([f"{sign}=" for sign in SIGNS]), EXPRESSIONS).map(" ".join),
    EXPRESSIONS.map(lambda e: f"print({e})"),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda t: f"print({t[0]}, {t[1]}, sep='|')"),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda t: f"a, *b = {t[0]}, {t[1]}, 3"),
    EXPRESSIONS.map(lambda e: f"a, b = {e}"),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda t: f"b[{t[0]}] = {t[1]}"),
    st.tuples(BOUNDS, BOUNDS, STEPS, EXPRESSIONS).map(lambda t: f"b[{t[0]}:{t[1]}{t[2]}] = {t[3]}"),
    EXPRESSIONS.map(lambda e: f"del b[{e}]"),
    st.tuples(EXPRESSIONS, EXPRESSIONS).map(lambda t: f"assert {t[0]}, {t[1]}"),
)
LINES = st.recursive(st.one_of(TYPED, TYPED, SIMPLE), _statements, max_leaves=4)
PROGRAMS = st.lists(LINES, min_size=1, max_size=5).map(
    lambda lines: "\n".join(["a, b, c = 1, [2, 3], 'q'", *lines, "print(a, b, c)"])
)
