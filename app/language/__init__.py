"""The safe subset of Python, and the frameworks as courses write them.

Every syntax node, name and method stands in a table, everything else is refused; values are of our
own types, and a budget is charged before each operation. `run.trace` and `run.gradients` are what
the other rooms call.
"""

from app.language.budget import Limits
from app.language.errors import Refused

__all__ = ["Limits", "Refused"]
