"""Text that was copied out of a notebook or a session: prompts, results and commands taken out."""

import re
from dataclasses import dataclass, field

PROMPT = re.compile(r"([ \t]*)(>>>|\.\.\.:?|In ?\[[\d ]*\]:)[ \t]?")
RESULT = re.compile(r"Out ?\[[\d ]*\]:")
MAGIC = re.compile(r"([ \t]*)([%!?].*|[\w.]+\?\??[ \t]*)")
STATEMENT = re.compile(  # what no printed line looks like
    r"[ \t]*(@|#|(?:import|from|def|class|for|while|if|with|print|return)\b|[\w., \t\[\]]+=[^=])"
)


@dataclass
class Copied:
    """The program in a copied text.

    skipped: lines that were changed, each "magic" or "prompt"; shifts: by line, how many characters
    were taken from its beginning.
    """

    text: str
    skipped: list[tuple[int, str]] = field(default_factory=list)
    shifts: dict[int, int] = field(default_factory=dict)


def program_in(source: str) -> Copied:
    """The text without prompts and magics; its lines keep their numbers.

    In a session (its first line has a prompt and code), a line without a prompt is what was
    printed, unless it looks like a statement.
    """
    found = Copied("")
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    prompt = PROMPT.match(first)
    session = prompt is not None and bool(first[prompt.end() :].strip())
    for number, line in enumerate(lines, 1):
        prompt = PROMPT.match(line)
        if prompt is not None:
            found.skipped.append((number, "prompt"))
            kept = "" if prompt[2].startswith(".") or prompt[2].startswith("In") else prompt[1]
            found.shifts[number] = prompt.end() - len(kept)
            lines[number - 1] = line = kept + line[prompt.end() :]
        elif RESULT.match(line) or (session and line.strip() and not STATEMENT.match(line)):
            found.skipped.append((number, "prompt"))
            lines[number - 1] = line = ""
        magic = MAGIC.fullmatch(line)
        if magic is not None:
            found.skipped.append((number, "magic"))
            lines[number - 1] = f"{magic[1]}pass" if magic[1] else ""
    found.text = "\n".join(lines)
    return found
