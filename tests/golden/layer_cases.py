"""Layers and criteria as this engine and PyTorch, or Keras, are asked for them: one table for all.

`share` is softmax, `positive` makes any number positive, `sure` is the sigmoid, in every language.
"""

X = {"image": (2, 4, 5, 6), "kernel": (6, 2, 3, 2), "bias": (6,), "series": (2, 4, 7)}
X |= {"kernel1": (3, 4, 3), "rows": (5, 4), "weight": (3, 4), "bias3": (3,), "scale": (4,)}
X |= {"kernel1t": (4, 3, 2), "kernel2t": (4, 2, 3)}
X |= {"spread": (4, 3, 3, 2), "bias2": (2,), "one": (4, 6, 5), "row": (5,), "other": (5, 4)}
X |= {"query": (2, 3, 4), "key": (2, 5, 4), "value": (2, 5, 2), "mask": (3, 5), "groups": (4,)}
CLASSES = [0, 3, 2, -100, 1]
RIGHT = [0, 3, 2, 2, 1]
SIGNS = [1.0, -1.0, -1.0, 1.0, -1.0]

# name -> (operands, ours, PyTorch's or, where it says K, Keras's)
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
    "one image": (["one", "kernel", "bias"], "l.convolve({}, groups=2)", "F.conv2d({}, groups=2)"),
    "conv_transpose2d": (
        ["image", "spread", "bias3"],
        "l.convolve_transposed({}, (2, 1), 1, (1, 0))",
        "F.conv_transpose2d({}, (2, 1), 1, (1, 0))",
    ),
    "conv_transpose1d of groups": (
        ["series", "kernel1t", "bias"],
        "l.convolve_transposed({}, groups=2, dilation=2)",
        "F.conv_transpose1d({}, groups=2, dilation=2)",
    ),
    "one series spread out": (
        ["rows", "kernel2t"],
        "l.convolve_transposed(np.transpose({0}), {1}, stride=2)",
        "F.conv_transpose1d({0}.T, {1}, stride=2)",
    ),
    **{
        f"adaptive_avg_pool {size}": (
            ["image"],
            f"a.adaptive_avg_pool({{}}, {size}, 2)",
            f"F.adaptive_avg_pool2d({{}}, {size})",
        )
        for size in ("1", "(5, 3)", "(3, 4)")
    },
    "adaptive_max_pool": (
        ["image"], "a.adaptive_max_pool({}, (1, 3), 2)", "F.adaptive_max_pool2d({}, (1, 3))",
    ),
    "group_norm": (
        ["image", "scale", "groups"], "l.group_norm({0}, 2, {1}, {2})",
        "F.group_norm({0}, 2, {1}, {2})",
    ),
    "instance_norm": (["image"], "l.group_norm({}, 4)", "F.instance_norm({})"),
    "rms_norm": (["rows", "scale"], "l.rms_norm({0}, 1, {1})", "F.rms_norm({0}, (4,), {1}, 1e-5)"),
    "mean of channels": (["image"], "l.moments({})[0]", "{}.mean((0, 2, 3))"),
    "variance of channels": (
        ["image"], "l.moments({})[1]", "{}.var((0, 2, 3), correction=0)",
    ),
    "attention": (
        ["query", "key", "value"], "t.attention({})", "F.scaled_dot_product_attention({})",
    ),
    "attention, causal": (
        ["query"], "t.attention({0}, {0}, {0}, causal=True)",
        "F.scaled_dot_product_attention({0}, {0}, {0}, is_causal=True)",
    ),
    "attention, scores added": (
        ["query", "key", "value", "mask"], "t.attention({}, scale=0.7)",
        "F.scaled_dot_product_attention({}, scale=0.7)",
    ),
    "attention, masked": (
        ["query", "key", "value"], "t.attention({}, seen)",
        "F.scaled_dot_product_attention({}, seen)",
    ),
    **{
        f"nll, {given}": (
            ["rows"], f"c.likelihood({{}}, classes, {given.replace('W', 'w')})",
            f"F.nll_loss({{}}, classes, {given.replace('W', 'w')})",
        )
        for given in ("reduction='mean'", "weight=W", "weight=W, reduction='sum'",
                      "reduction='none'")
    },
    "nll of every row": (["rows"], "c.likelihood({}, right)", "F.nll_loss({}, right)"),
    "nll, classes on another axis": (
        ["spread"], "c.likelihood({}, places, axis=1)", "F.nll_loss({}, places)",
    ),
    "bce of scores, weighed": (
        ["rows", "other"], "c.answers({0}, sure({1}), w, w)",
        "F.binary_cross_entropy_with_logits({0}, sure({1}), w, pos_weight=w)",
    ),
    "kl, batchmean": (
        ["rows", "other"], "c.loss(kl_div, {0}, share({1}), reduction='batchmean')",
        "F.kl_div({0}, share({1}), reduction='batchmean')",
    ),
    "cosine_embedding": (
        ["rows", "other"], "p.cosine_embedding({}, signs, 0.1)",
        "F.cosine_embedding_loss({}, signs, 0.1)",
    ),
    "margin_ranking": (
        ["row", "row"], "p.margin_ranking({}, signs, 0.3)", "F.margin_ranking_loss({}, signs, 0.3)",
    ),
    "soft_margin": (["row"], "p.soft_margin({}, signs)", "F.soft_margin_loss({}, signs)"),
    "triplet_margin": (
        ["rows", "other", "rows"], "p.triplet_margin({})", "F.triplet_margin_loss({})",
    ),
    "gaussian": (
        ["rows", "other"], "p.gaussian({0}, {1}, positive({1}))",
        "F.gaussian_nll_loss({0}, {1}, positive({1}))",
    ),
    "gaussian of cut variances": (
        ["rows", "other"], "p.gaussian({0}, {1}, positive({1}), 0.6)",
        "F.gaussian_nll_loss({0}, {1}, positive({1}), eps=0.6)",
    ),
    "poisson of a rate": (
        ["rows", "other"], "p.poisson_rate(positive({0}), {1})",
        "F.poisson_nll_loss(positive({0}), {1}, log_input=False)",
    ),
    "Keras, shares": (
        ["rows", "other"], "c.shares(positive({0}), share({1}), 0.1)",
        "K.categorical_crossentropy(share({1}), positive({0}), label_smoothing=0.1)",
    ),
}  # fmt: skip
