"""Programs made of bytes: each choice takes one or two, so that a fuzzer's small change is a small
one in the program. Forms are templates whose holes are kinds of values (forms.py); what a program
means is nobody's business, but it is Python in all but a few of a hundred programs."""

import re

from forms import BASES, BODIES, CATCHES, DECORATORS, FORMS, LOOP_ENDS, START, STATEMENTS

HOLE = re.compile(r"<(\w+)>")
ATOM = re.compile(r"[^\W\d][\w.]*|'[^']*'|\[[^][]*\]")
WHOLE = {"number", "truth", "text", "list", "walk", "tuple", "dict", "set", "container", "function"}
WHOLE |= {"torch", "tf", "np", "tensor", "any", "call", "type"}  # what may stand in brackets
WALRUS = "k := "
NOWHERE, RETURNS, YIELDS = range(3)  # what a statement may give: in a with or try block no yield
DEEPEST = 5
LONGEST = START.count("\n") + 20  # lines
PLAINEST = {kind: forms[0] for kind, forms in FORMS.items()}


class Choices:
    """The bytes, taken one after another; zeros when they are used up."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def below(self, count: int) -> int:
        """A number under `count`: of one byte, or of two where one does not reach."""
        number = self._byte()
        if count > 256:
            number = number << 8 | self._byte()
        return number % count

    def _byte(self) -> int:
        byte = self.data[self.at] if self.at < len(self.data) else 0
        self.at += 1
        return byte

    def one(self, of: list[str]) -> str:
        return of[self.below(len(of))]

    @property
    def left(self) -> bool:
        return self.at < len(self.data)


class Writer:
    """Writes one program, line by line, knowing where it stands."""

    def __init__(self, data: bytes):
        self.choices, self.lines = Choices(data), START.split("\n")

    def program(self) -> str:
        while self.more():
            self.statement("", False, NOWHERE)
        return "\n".join(self.lines)

    def more(self) -> bool:
        return self.choices.left and len(self.lines) < LONGEST

    def value(self, kind: str, depth: int = 0) -> str:
        """An expression of this kind; the plainest when it is deep or the bytes are used up."""
        forms = FORMS[kind]
        form = self.choices.one(forms) if self.choices.left else forms[0]
        if depth >= DEEPEST and HOLE.search(form):
            form = PLAINEST[kind]
        return self.filled(form, depth + 1)

    def filled(self, form: str, depth: int = 0) -> str:
        """The form with its holes filled, in brackets where an operator or a dot is next to it."""

        def put(hole: re.Match[str]) -> str:
            text = self.value(hole[1], depth)
            if " for " in form and form[: hole.start()].endswith(" in "):
                text = text.replace(WALRUS, "")  # Python has none in what a comprehension walks
            beside = form[hole.end() : hole.end() + 1] in (".", "[", " ")
            beside = beside or form[: hole.start()].endswith((" ", "*", "-", "~"))
            return f"({text})" if beside and hole[1] in WHOLE and not ATOM.fullmatch(text) else text

        return HOLE.sub(put, form)

    def statement(self, indent: str, loop: bool, gives: int) -> None:
        """One statement, with its block where it has one."""
        c = self.choices
        deep = len(indent) >= 16
        choice = c.below(16)
        if choice == 0 and loop:
            self.lines.append(indent + c.one(LOOP_ENDS))
        elif choice == 1 and gives:
            word = c.one(["return", "return", "yield"][: 1 + gives])
            self.lines.append(f"{indent}{word} {self.value('any')}")
        elif choice < 10 or deep:
            self.lines.append(indent + self.filled(c.one(STATEMENTS)))
        elif choice == 10:
            self.made_class(indent)
        else:
            head, turns, makes = BODIES[c.below(len(BODIES))]
            head = self.filled(head)
            self.lines += [indent + line for line in head.split("\n")]
            inside = YIELDS if makes else gives
            if gives and head.startswith(("try", "with")):
                inside = RETURNS
            self.block(indent + "    ", (loop and not makes) or turns, inside)
            if head == "try:":
                self.caught(indent, loop, inside)
            elif (turns or head.startswith("if")) and c.below(4) == 0:
                self.lines.append(f"{indent}else:")
                self.block(indent + "    ", loop and not turns, gives)

    def caught(self, indent: str, loop: bool, gives: int) -> None:
        """What follows a block that is tried."""
        c = self.choices
        handlers = [self.filled(c.one(CATCHES)) for _ in range(c.below(3))]
        heads = handlers + ["except:"] * (c.below(3) == 0)
        heads += ["else:"] * (bool(heads) and c.below(4) == 0)
        heads += ["finally:"] * (not heads or c.below(3) == 0)
        for head in heads:
            self.lines.append(indent + head)
            self.block(indent + "    ", loop, gives)

    def block(self, indent: str, loop: bool, gives: int) -> None:
        self.statement(indent, loop, gives)
        while self.more() and self.choices.below(3):
            self.statement(indent, loop, gives)

    def made_class(self, indent: str) -> None:
        """A class with a method or some."""
        c = self.choices
        if c.below(3) == 0:
            self.lines.append(indent + self.filled(c.one(DECORATORS)))
        self.lines.append(f"{indent}class {c.one(['A', 'A', 'D'])}{c.one(BASES)}:")
        methods = FORMS["method"]
        for _ in range(1 + c.below(3)):
            self.lines.append(f"{indent}    {self.value('member').replace(WALRUS, '')}")
            head = c.one(methods).replace("\n", f"\n{indent}")
            if head.startswith("def __init__") and c.below(2):
                self.lines += [f"{indent}    {head}", f"{indent}        super().__init__()"]
            else:
                self.lines.append(f"{indent}    {head}")
            self.block(indent + "        ", False, YIELDS)


def program(data: bytes) -> str:
    """The program that these bytes stand for, of about sixty lines."""
    return Writer(data).program()
