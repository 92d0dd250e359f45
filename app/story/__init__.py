"""What is shown: graphs, formulas, sentences and numbers of a running program.

The Recorder is told what happens and cuts it into passes; the Trace keeps them as columns over
shared graphs, the contract of the product. This room imports the engine only, and knows nothing of
the language that ran: spans are opaque to it.
"""

from app.story.recorder import Recorder
from app.story.steps import Window
from app.story.trace import Trace

__all__ = ["Recorder", "Trace", "Window"]
