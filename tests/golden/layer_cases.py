"""Layers and criteria as this engine and PyTorch are asked for them: one table for both."""

X = {"image": (2, 4, 5, 6), "kernel": (6, 2, 3, 2), "bias": (6,), "series": (2, 4, 7)}
X |= {"kernel1": (3, 4, 3), "rows": (5, 4), "weight": (3, 4), "bias3": (3,), "scale": (4,)}
CLASSES = [0, 3, 2, -100, 1]

# name -> (operands, ours, PyTorch's)
CASES = {
    "linear": (["rows", "weight", "bias3"], "l.linear({})", "F.linear({})"),
    "conv2d": (
        ["image", "kernel", "bias"],
        "l.convolve({}, stride=(2, 1), padding=1, dilation=(1, 2), groups=2)",
        "F.conv2d({}, stride=(2, 1), padding=1, dilation=(1, 2), groups=2)",
    ),
    "conv1d": (["series", "kernel1", "bias3"], "l.convolve({})", "F.conv1d({})"),
    "max_pool": (["image"], "l.max_pool({}, (2, 3))", "F.max_pool2d({}, (2, 3))"),
    "avg_pool": (
        ["image"],
        "l.avg_pool({}, (2, 3), 2, (1, 1), False)",
        "F.avg_pool2d({}, (2, 3), 2, (1, 1), count_include_pad=False)",
    ),
    "layer_norm": (
        ["rows", "scale"],
        "l.layer_norm({0}, 1, {1}, {1})",
        "F.layer_norm({0}, (4,), {1}, {1})",
    ),
    "batch_norm": (
        ["image", "scale"],
        "l.batch_norm({0}, {1}, {1})",
        "F.batch_norm({0}, None, None, {1}, {1}, training=True)",
    ),
    "batch_norm of known statistics": (
        ["image", "scale"],
        "l.batch_norm({0}, {1}, None, ({1}.data, {1}.data * {1}.data))",
        "F.batch_norm({0}, {1}.detach(), {1}.detach() ** 2, {1})",
    ),
    **{
        f"cross_entropy, {given}": (
            ["rows"],
            f"c.classify({{}}, classes, {given.replace('label_', '').replace('W', 'w')})",
            f"F.cross_entropy({{}}, classes, {given.replace('W', 'w')})",
        )
        for given in (
            "reduction='mean'",
            "label_smoothing=0.1",
            "weight=W",
            "weight=W, label_smoothing=0.1",
            "weight=W, reduction='sum'",
            "weight=W, label_smoothing=0.1, reduction='none'",
        )
    },
}  # fmt: skip
