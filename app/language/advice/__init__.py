"""What is told of an error beside the words of Python or of a framework: see rows.py."""

from app.language.advice.arrays import ARRAYS
from app.language.advice.calls import CALLS
from app.language.advice.functions import FUNCTIONS
from app.language.advice.gradients import GRADIENTS
from app.language.advice.rows import NOTHING, Seen, advice
from app.language.advice.syntax import SYNTAX
from app.language.advice.values import VALUES

ROWS = {"syntax": SYNTAX}
"""By the code of the error; RUNNING of those that have none here."""
RUNNING = [*GRADIENTS, *ARRAYS, *CALLS, *VALUES, *FUNCTIONS]

__all__ = ["NOTHING", "ROWS", "RUNNING", "SYNTAX", "Seen", "advice"]
