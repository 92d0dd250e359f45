"""Every operation of one number at 0, -0, infinity, minus infinity and nan."""

import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from cases import Kink

from app.engine import OPS

POINTS = [[0.0, -0.0, float("inf"), float("-inf"), float("nan")]]
# Those that stand for one framework though they are spelled for both, for exports; also where one
# loses a limit that ours has: TensorFlow of erf, hardswish and sinc.
ONLY = {
    **dict.fromkeys(["absolute", "hardsigmoid", "softplus"], "tensorflow"),
    **dict.fromkeys(["reciprocal", "sqrt", "rsqrt", "erf", "hardswish", "sinc"], "torch"),
    **dict.fromkeys(["trunc", "trunc_flat"], "torch"),
    **dict.fromkeys(["cbrt", "log_or_zero"], ""),
}
TRUTH = {"sinc": [[[-(math.pi**2) / 3] * 2 + [math.nan] * 3]]}  # PyTorch's has nan at 0
WITHIN = ("below_one", "over_one")  # only rules have them

# The operations of one number: those of which a table of cases has nothing but one input.
UNARY = [
    name
    for path in sorted((Path(__file__).parents[1] / "operations").glob("*.json"))
    for name, row in json.loads(path.read_text()).items()
    if OPS[name].elementwise
    and name not in WITHIN
    and all(len(case["inputs"]) == 1 and not case["settings"] for case in row["cases"])
]


def asked(name: str, framework: str) -> str | None:
    return name if OPS[name].spelled[framework] and ONLY.get(name, framework) == framework else None


KINKS = [
    Kink(
        f"{name} at 0, infinity and nan",
        POINTS,
        asked(name, "torch"),
        asked(name, "tensorflow"),
        truth=TRUTH.get(name),
    )
    for name in UNARY
    if asked(name, "torch") or asked(name, "tensorflow")
]
