"""What the reader of a run should know: leniencies, warnings, and what was skipped."""

from typing import TYPE_CHECKING, Any

from app.engine import N_
from app.story.words import both

if TYPE_CHECKING:
    from app.language.run import Run

NOTES = {
    "skipped": N_("{detail}: its calls are skipped here; the page draws and times by itself."),
    "magic": N_("Notebook commands that begin with % or ! are skipped."),
    "prompt": N_(
        "Prompts such as >>> and In [1]: are read as if they were not there, and what was printed "
        "after them is skipped."
    ),
    "one_element": N_(
        "{detail} of a one-element tensor: today's NumPy refuses this; it is allowed here, as in "
        "the courses that were written before."
    ),
    "device": N_(
        "There is no {detail} here: everything runs on the processor, with equal numbers."
    ),
    "print_options": N_("{detail} is skipped: numbers print here with the usual digits."),
    "integer_watch": N_(
        "The tape watches a tensor of type {detail}: whole numbers have no gradient."
    ),
    "numpy_on_tape": N_(
        "A function of NumPy gets the numbers of a tensor and gives an array, which no tape "
        "follows: a gradient through it is None. Functions of TensorFlow, such as tf.reduce_mean, "
        "are followed."
    ),
    "target_size": N_(
        "PyTorch warns: Using a target size {detail}. This will likely lead to incorrect results "
        "due to broadcasting: every entry meets every other. Give both the same size, with "
        "y.view(-1, 1) for example."
    ),
    "implicit_dim": N_(
        "PyTorch warns: Implicit dimension choice for {detail} has been deprecated. Change the "
        "call to include dim=X as an argument."
    ),
    "grad_of_result": N_(
        "The .grad of a result is None in PyTorch unless retain_grad() was called on it before."
    ),
    "no_monitor": N_(
        "A callback watches a metric that is not among those there are, so that it does nothing: "
        "{detail}"
    ),
    "own_stream": N_(
        "The random numbers from this seed are the same in each run here, but they are not the "
        "ones that {detail} draws from it."
    ),
    "uncalled": N_("This line only names a function, and nothing happens. Did you mean: {detail}?"),
    "nothing_to_step": N_(
        "No parameter of this optimizer has a gradient yet, so that {detail} changes nothing. "
        "loss.backward() makes them."
    ),
    "numpy_warning": N_("NumPy warns here: RuntimeWarning: {detail}"),
    "bar": N_("The bar of {detail} is not drawn: its loop goes through what it is given."),
    "caught": N_("except catches an error here, and the program goes on: {detail}"),
    "rebound": N_("An augmented assignment to a variable binds the name to a new tensor."),
}


def notes(run: "Run") -> list[dict[str, Any]]:
    """The notes of a run, each with its place in the program, then those on its passes."""
    told: list[tuple[str, str, Any]] = []
    for line, kind in run.skipped:
        if kind not in [code for code, _, _ in told]:
            told.append((kind, "", [line, 1, line, 2]))
    told += [(code, detail, span) for (code, detail), span in run.machine.notes.items()]
    for (words, _), span in run.machine.heard.told.items():
        told.append(("numpy_warning", words, span))
    said = [
        {"code": code, "span": span, "text": both(NOTES[code], detail=detail)}
        for code, detail, span in told
    ]
    return said + run.trace.observations()
