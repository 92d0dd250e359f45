"""The maths font: STIX Two Math from the installed `ziamath`, cut down to what maths writes."""

import logging
from importlib.metadata import version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

NAME = "fonts/stix-two-math.woff2"
RANGES = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x00FF),  # Latin-1
    (0x0131, 0x0131),  # dotless i
    (0x0237, 0x0237),  # dotless j
    (0x02C6, 0x02DD),  # accents that stand alone
    (0x0300, 0x0338),  # combining accents
    (0x0391, 0x03F6),  # Greek
    (0x2010, 0x205F),  # dashes, primes, spaces
    (0x2061, 0x2064),  # invisible operators
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x20D0, 0x20EF),  # combining marks for symbols
    (0x2100, 0x214F),  # letter-like symbols
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # operators
    (0x2308, 0x230B),  # ceiling and floor
    (0x23B4, 0x23E1),  # brackets and braces that lie
    (0x25A0, 0x25FF),  # geometric shapes
    (0x27E6, 0x27EB),  # mathematical brackets
    (0x27F5, 0x27FF),  # long arrows
    (0x2A00, 0x2A10),  # large operators
    (0x2A7D, 0x2A7E),  # slanted comparisons
    (0x1D400, 0x1D7FF),  # mathematical letters and digits
)


def recipe() -> str:
    """What the font's bytes depend on."""
    return f"{version('ziamath')} {version('fonttools')} {RANGES}"


def make() -> bytes:
    """The font as WOFF2, its MATH table kept. Takes some seconds."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    spec = find_spec("ziamath")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package ziamath is not installed")
    path = Path(spec.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    options = subset.Options()
    options.layout_features = []  # MathML needs the MATH table only
    options.hinting = False
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    with TTFont(path, lazy=True) as font:
        cutter.subset(font)
        font.flavor = "woff2"
        out = BytesIO()
        font.save(out)
    return out.getvalue()
