"""template.format(...): positions, names and entries in braces, read by the project's own code.

Errors are CPython's, in its words. Source: "Format String Syntax" of Python's library reference.
"""

from collections.abc import Mapping, Sequence

from app.language.errors import ProgramError, key_error, value_error
from app.language.format_specs import Reader
from app.language.formatting import converted, formatted
from app.language.items import item
from app.language.machine import Machine
from app.language.values import Value


class Fields:
    """What a template is filled with: values by position, counted or numbered, and by name."""

    def __init__(self, m: Machine, values: Sequence[Value], named: Mapping[str, Value]):
        self.m, self.values, self.named = m, values, named
        self.counted = 0
        self.numbered: bool | None = None  # whether the template gives numbers

    def value(self, field: str) -> Value:
        """The value of a field such as 0, name, table[key] or rows[0][1]."""
        cut = min((at for at in (field.find("["), field.find(".")) if at >= 0), default=len(field))
        found = self._first(field[:cut])
        rest = field[cut:]
        while rest:
            if rest[0] == ".":
                raise ProgramError("format_attribute", field=field)
            if rest[0] != "[":
                raise value_error("Only '.' or '[' may follow ']' in format field specifier")
            key, closed, rest = rest[1:].partition("]")
            if not closed:
                raise value_error("Missing ']' in format string")
            if not key:
                raise value_error("Empty attribute in format string")
            index = _index(key)
            found = item(self.m, found, key if index is None else index)
        return found

    def _first(self, name: str) -> Value:
        index = _index(name)
        if name == "" or index is not None:
            index = self._position(index)
            if index >= len(self.values):
                words = f"Replacement index {index} out of range for positional args tuple"
                raise ProgramError("index", framework=f"IndexError: {words}", detail=str(index))
            return self.values[index]
        if name not in self.named:
            raise key_error(repr(name))
        return self.named[name]

    def _position(self, index: int | None) -> int:
        """The number that is given, or the next; a template has the one or the other."""
        if self.numbered is None:
            self.numbered = index is not None
        if self.numbered and index is None:
            words = "manual field specification to automatic field numbering"
            raise value_error(f"cannot switch from {words}")
        if not self.numbered and index is not None:
            words = "automatic field numbering to manual field specification"
            raise value_error(f"cannot switch from {words}")
        if index is not None:
            return index
        self.counted += 1
        return self.counted - 1


def _index(name: str) -> int | None:
    """A name of digits only as a number."""
    reader = Reader(name)
    found = reader.number()
    return found if reader.at == len(name) else None


def braces(m: Machine, template: str, values: Sequence[Value], named: Mapping[str, Value]) -> str:
    """template.format(*values, **named), its length charged as it grows."""
    return _filled(m, template, Fields(m, values, named), 2)


def _filled(m: Machine, template: str, fields: Fields, depth: int) -> str:
    if depth == 0:
        raise value_error("Max string recursion exceeded")
    pieces: list[str] = []
    length = at = 0
    while at < len(template):
        m.budget.step()
        begun = at
        while at < len(template) and template[at] not in "{}":
            at += 1
        pieces.append(template[begun:at])
        if at < len(template):
            piece, at = _braced(m, template, at, fields, depth)
            pieces.append(piece)
        length += sum(map(len, pieces[-2:]))
        m.budget.container(length)
    return "".join(pieces)


def _braced(m: Machine, template: str, at: int, fields: Fields, depth: int) -> tuple[str, int]:
    """What the brace at this place stands for, and where the template goes on."""
    c = template[at]
    at += 1
    if template[at : at + 1] == c:
        return c, at + 1
    if c == "}" or at == len(template):
        raise value_error(f"Single '{c}' encountered in format string")
    field, at = _name(template, at)
    conversion, spec = "", ""
    if template[at - 1] == "!":
        if at >= len(template):
            raise value_error("end of string while looking for conversion specifier")
        conversion, at = template[at], at + 1
        if at < len(template) and template[at] not in ":}":
            raise value_error("expected ':' after conversion specifier")
        if template[at : at + 1] == "":
            raise value_error("unmatched '{' in format spec")
        at += 1
    if template[at - 1] == ":":
        spec, at = _spec(template, at)
    value = fields.value(field)
    if conversion and conversion not in "sra":
        told = conversion if " " < conversion < "\x7f" else f"\\x{ord(conversion):x}"
        raise value_error(f"Unknown conversion specifier {told}")
    if conversion:
        value = converted(m, value, conversion)
    if "{" in spec:
        spec = _filled(m, spec, fields, depth - 1)
    return formatted(m, value, spec), at


def _name(template: str, at: int) -> tuple[str, int]:
    """A field's name, and the place behind the !, : or } that ends it."""
    begun = at
    while at < len(template):
        c = template[at]
        at += 1
        if c == "{":
            raise value_error("unexpected '{' in field name")
        if c == "[":
            while at < len(template) and template[at] != "]":
                at += 1
        elif c in "}:!":
            return template[begun : at - 1], at
    raise value_error("expected '}' before end of string")


def _spec(template: str, at: int) -> tuple[str, int]:
    """A field's spec, with the fields in it, and the place behind its brace."""
    begun, open_ = at, 1
    while at < len(template):
        open_ += {"{": 1, "}": -1}.get(template[at], 0)
        at += 1
        if open_ == 0:
            return template[begun : at - 1], at
    raise value_error("unmatched '{' in format spec")
