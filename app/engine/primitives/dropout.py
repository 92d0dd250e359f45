"""Dropout: some entries are set to zero, the others scaled up so that the mean stays."""

from app.engine.op import N_, Op


def _scale(rate: float) -> float:
    return 1 / (1 - rate) if rate < 1 else 0.0


# Which entries stay is an input (true or false), not chance: a replay drops the same ones.
dropout = Op(
    "dropout",
    lambda x, kept, rate: x * kept * _scale(rate),
    lambda g, z, x, kept, rate: g * kept * _scale(rate),
    None,
    latex=r"\operatorname{dropout}\left({0*},\ {1*}\right)",
    level=5,
    torch="{0} * {1} / (1 - {2})",
    tensorflow="{0} * tf.cast({1}, {0}.dtype) / (1 - {2})",
    why=N_("Entries that were kept pass the gradient, scaled up as they were; dropped ones none."),
)
