"""What the frameworks see of this machine: one processor, and no other device."""

from typing import Any

from app.engine import N_
from app.language.dialects.common import namespace
from app.language.error_values import CLASSES
from app.language.errors import unsupported
from app.language.machine import Machine
from app.language.values import Class, Namespace, Skipped, Value


def _nothing(m: Machine, *given: Value, **named: Value) -> None:
    """How fast something runs, or how it is shown: nothing that is computed here changes."""


def _printing(m: Machine, *given: Value, **options: Value) -> None:
    m.note("print_options", "torch.set_printoptions")


_ABSENT = namespace("torch.backends.mps", {"is_available": lambda m: False})
TORCH_PROCESSOR: dict[str, Any] = {
    "cuda": namespace(
        "torch.cuda",
        {
            "is_available": lambda m: False,
            "device_count": lambda m: 0,
            **dict.fromkeys(("empty_cache", "synchronize"), _nothing),
            **dict.fromkeys(("manual_seed", "manual_seed_all"), lambda m, seed: None),
        },
    ),
    "mps": namespace("torch.mps", {"is_available": lambda m: False}),
    "backends": namespace(
        "torch.backends", {"cudnn": Skipped("torch.backends.cudnn"), "mps": _ABSENT}
    ),
    "set_num_threads": _nothing,
    "set_printoptions": _printing,
}
TENSORBOARD = Namespace("torch.utils.tensorboard", {"SummaryWriter": Skipped("SummaryWriter")})


def _devices(m: Machine, device_type: Value = None) -> list[Value]:
    """The devices of this type: none, if it is not the processor that is asked for."""
    if device_type not in ("GPU", "TPU"):
        raise unsupported(N_("the list of processors (ask for list_physical_devices('GPU'))"))
    return []


_LISTS = dict.fromkeys(("list_physical_devices", "list_logical_devices"), _devices)
_ERRORS = ("InvalidArgumentError", "NotFoundError", "UnimplementedError", "OutOfRangeError")
_OP_ERROR = Class("OpError", base=CLASSES["Exception"])
CLASSES |= {name: Class(name, base=_OP_ERROR) for name in _ERRORS}
TENSORFLOW_PROCESSOR: dict[str, Any] = {
    "config": namespace(
        "tensorflow.config",
        {
            **_LISTS,
            "experimental": namespace(
                "tensorflow.config.experimental", {**_LISTS, "set_memory_growth": _nothing}
            ),
        },
    ),
    "test": namespace(
        "tensorflow.test",
        {"is_gpu_available": lambda m: False, "gpu_device_name": lambda m: ""},
    ),
    "errors": Namespace(
        "tensorflow.errors", {"OpError": _OP_ERROR, **{name: CLASSES[name] for name in _ERRORS}}
    ),
    "get_logger": lambda m: Skipped("tf.get_logger()"),
    "executing_eagerly": lambda m: True,
}
