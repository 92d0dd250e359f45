"""What is left out of the language, and what to write in its place."""

from app.engine import N_

_READ = N_("Write the data into the program, as a list, a text or a call such as np.array([...]).")
_RUN = N_("Write the program itself on the page: what it would run can stand there.")
_SEEN = N_("The variables panel shows every name and its value, at every moment.")
_NAMED = N_("Write the names that are meant: net.rate, or hasattr(net, 'rate') to ask for one.")
_BYTES = N_("Keep text in a str, and numbers in a list or an array.")
_ENDS = N_("Let the program end by itself, or stop it with assert and a message.")
_PAGES = N_("The page /docs tells what is available here.")
_ALONE = N_("Leave out async and await: a program runs alone here.")

INSTEAD: dict[str, str] = {
    "except*": N_("Write except: an error comes alone here, not in a group."),
    "yield in a try block": N_("Keep the value in a name, and yield after the try block."),
    "yield in an expression": N_("Yield on a line of its own: nothing is sent back here."),
    "yield in a with block": N_("Keep the value in a name, and yield after the with block."),
    "async": _ALONE,
    "await": _ALONE,
    "type": N_("Leave the line out: types are not looked at here."),
    "A template string": N_("Write an f-string: f in place of t."),
    "complex": N_("Keep the real and the imaginary part in two names."),
    "bytes": _BYTES,
    "@property": N_("Leave the decorator out and call the method: net.size() for net.size."),
    "A keyword in a class": N_("Leave it out: a class has a name and one base here."),
    "A class with several bases": N_(
        "Derive the class from one base, and copy what it needs of the others."
    ),
    "An import from a folder": N_("Paste what it would import into the program."),
}
BUILTINS: dict[str, str] = {  # Python's own functions that are not here
    **dict.fromkeys(("BaseExceptionGroup", "ExceptionGroup"), INSTEAD["except*"]),
    **dict.fromkeys(("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"), _BYTES),
    "aiter": _ALONE,
    "anext": _ALONE,
    "breakpoint": N_("Move along the timeline: every line's values are there to look at."),
    "bytearray": _BYTES,
    "bytes": _BYTES,
    "compile": _RUN,
    "complex": INSTEAD["complex"],
    "copyright": _PAGES,
    "credits": _PAGES,
    "dir": _NAMED,
    "eval": _RUN,
    "exec": _RUN,
    "exit": _ENDS,
    "frozenset": N_("Write a set, or a tuple where it is the key of a dictionary."),
    "globals": _SEEN,
    "hash": N_("Compare the values themselves, or make them keys of a dictionary."),
    "help": _PAGES,
    "id": N_("Write `a is b` to ask whether two names hold one object."),
    "input": N_("Write the value into the program: n = 3."),
    "license": _PAGES,
    "locals": _SEEN,
    "memoryview": _BYTES,
    "open": _READ,
    "property": INSTEAD["@property"],
    "quit": _ENDS,
    "vars": _NAMED,
}


def instead_of(what: str) -> str | None:
    """What to write in place of a construct or of a function that is not here, if that is known."""
    return INSTEAD.get(what) or BUILTINS.get(what)
