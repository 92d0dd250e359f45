"""A file of programs: each below a line `### head`."""

from pathlib import Path


def sections(path: Path) -> list[tuple[str, str]]:
    """The head and the program of each section."""
    parts = (section.partition("\n") for section in path.read_text().split("### ")[1:])
    return [(head, program) for head, _, program in parts]
