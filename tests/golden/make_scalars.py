"""Makes scalars.json: values and derivatives of order 1 to 4 by SymPy, from 30 digits.

python tests/golden/make_scalars.py
"""

import json
from pathlib import Path

import sympy
from scalar_cases import DEFINITIONS, EXPRESSIONS, POINTS

NAMES = dict(vars(sympy))
NAMES |= {name: eval(text, NAMES) for name, text in DEFINITIONS.items()}
x = sympy.Symbol("x", real=True)


def derivatives(text: str) -> list[list[float]]:
    """Per point the value and the derivatives. Text is read with SymPy's numbers."""
    orders = [sympy.nsimplify(eval(text, NAMES | {"x": x}), rational=True)]
    for _ in range(4):
        orders.append(sympy.diff(orders[-1], x))
    return [
        [float(one.subs(x, sympy.Rational(at)).doit().evalf(30)) for one in orders] for at in POINTS
    ]


found = {text: derivatives(text) for text in EXPRESSIONS}
rows = ",\n".join(f"{json.dumps(text)}: {json.dumps(row)}" for text, row in found.items())
Path(__file__).with_name("scalars.json").write_text("{" + rows + "}\n")
print(len(found))
