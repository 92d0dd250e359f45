"""The jobs that a worker knows by name, and those it tries before it serves."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy.ma  # noqa: F401, NumPy's unique() loads it only when called

from app.language import derivations, run
from app.language.budget import Limits
from app.language.errors import Diagnosed, Refused
from app.story.words import LANGUAGES, catalogue
from app.work import descents, gradchecks, hessians, landscapes
from app.work.errors import Declined
from app.work.limits import default_limits
from app.work.worker import Job, Reporter, Trial

with suppress(ImportError):  # with it Python writes and reads long integers, from 3.12 on
    import_module("_pylong")


def _trace(request: dict[str, Any], limits: dict[str, Any], reporter: Reporter) -> bytes:
    return run.trace(request, Limits(**limits), reporter)


def _gradients(request: dict[str, Any], limits: dict[str, Any], reporter: Reporter) -> bytes:
    return hessians.gradients_and_hessian(request, Limits(**limits))


def _code(request: dict[str, Any], limits: dict[str, Any], reporter: Reporter) -> bytes:
    return derivations.code(request, Limits(**limits))


def _counts(request: dict[str, Any], limits: dict[str, Any], reporter: Reporter) -> bytes:
    return derivations.counts(request, Limits(**limits))


def _gradchecks(request: dict[str, Any], limits: dict[str, Any], reporter: Reporter) -> bytes:
    return gradchecks.gradchecks(request, Limits(**limits))


def _lab(job: Callable[[dict[str, Any], Limits, Reporter], bytes]) -> Job:
    """A job of the lab: there a program that fails has nothing to show, and is declined too."""

    def lab(request: dict[str, Any], limits: dict[str, Any], reporter: Reporter) -> bytes:
        try:
            return job(request, Limits(**limits), reporter)
        except Diagnosed as problem:
            diagnostic = problem.diagnostic(request.get("lang", "en"))
            raise Declined(problem.code, diagnostic) from None

    return lab


def _declining(job: Job) -> Job:
    """The same job, with the language's refusal in the words of this room."""

    def declining(request: dict[str, Any], limits: dict[str, Any], reporter: Reporter) -> bytes:
        try:
            return job(request, limits, reporter)
        except Refused as refusal:
            diagnostic = refusal.diagnostic(request.get("lang", "en"))
            raise Declined(refusal.code, diagnostic) from None

    return declining


JOBS: dict[str, Job] = {
    "trace": _declining(_trace),
    "gradients": _declining(_gradients),
    "gradchecks": _declining(_gradchecks),
    "code": _declining(_code),
    "counts": _declining(_counts),
    "descents": _lab(descents.descents),
    "descents.stream": _lab(descents.stream),
    "landscapes": _lab(landscapes.landscapes),
}


TENSORFLOW = """\
x = tf.constant([1.0, 2.0]); w = tf.Variable(3.0)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.abs(x * w))
print(f"{tape.gradient(loss, w).numpy():.2f}")
"""
TORCH = """\
w = torch.randn(3, 2, requires_grad=True)
loss = (torch.ones(2, 3).mm(w).clamp(min=0)).pow(2).sum()
loss.backward()
print(w.grad, math.exp(1), np.array([1.0, 2.0]))
"""
TRAINING = """\
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
for i in range(3):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
"""
WARM_UP = (TENSORFLOW, TORCH, "(x * w - 1)**2", "1 / 0", "x = (", "().__class__")


def warm_up_jobs() -> list[Trial]:
    """One small job for everything that is loaded on first use: dialects, errors, catalogues."""
    for lang in LANGUAGES:
        catalogue(lang)
    limits = default_limits()
    requests: list[dict[str, Any]] = [
        {"source": source, "lang": lang} for source in WARM_UP for lang in LANGUAGES
    ]
    requests.append({"source": "(x * w)**2", "inputs": {"x": 2.0, "w": 3.0}})
    trials = [(job, request, limits) for request in requests for job in ("trace", "gradients")]
    trials += [
        ("code", {"source": source, "language": language}, limits)
        for source in (TENSORFLOW, TRAINING)
        for language in ("python", "numpy", "torch", "tensorflow")
    ]
    helped = {"source": "tf.nn.softmax(x)[0]", "inputs": {"x": [1.0, 2.0]}}
    trials.append(("code", {**helped, "language": "numpy"}, limits))  # reads the engine's files
    trials += [(job, {"source": TRAINING}, limits) for job in ("counts", "gradchecks")]
    trials.append(("trace", {"source": TRAINING, "fault": "keep"}, limits))
    for objective in ({"function": "beale"}, {"source": TRAINING}):
        trials += [(job, {"objective": objective}, limits) for job in ("descents", "landscapes")]
    return trials
