"""Runs tests/language/mistakes/*.txt under CPython and the frameworks, and keeps what they say.

    python tests/golden/make_mistakes.py        # where torch 2.13 and tensorflow 2.21 are installed

mistakes.json: file -> name -> the type and first line of the error, and its line, or null.
"""

import json
from pathlib import Path

from make_programs import cases, first_line, run

HERE = Path(__file__).parent


def said(program: str) -> list[object] | None:
    """The words and the line of the error that this program ends with."""
    source = "\n".join(line for line in program.split("\n") if not line.startswith("> "))
    try:
        compile(source, "<case>", "exec")
    except SyntaxError as problem:
        problem.args = (problem.msg,)
        return [first_line(problem).split(" (<")[0], problem.lineno]
    found = run(source)
    words = str(found["error"] or "").partition(" (/")[0]  # where a module lies is no matter here
    return [words, found["line"]] if words else None


def main() -> None:
    found = {
        path.stem: {name: said(program) for name, program in cases(path).items()}
        for path in sorted((HERE.parent / "language" / "mistakes").glob("*.txt"))
    }
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (HERE / "mistakes.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
