"""Expressions on operands of every number type, and on two of them: what the frameworks promote.

A row is (title, operands of the first kind, operands of the second kind or none, expression).
"""

from itertools import product

OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "<", "=="]
NUMBERS = ["True", "2", "2.5"]
UNARY = {
    "numpy": [
        "-{0}", "abs({0})", "np.abs({0})", "np.sign({0})", "np.square({0})", "np.sqrt({0})",
        "np.exp({0})", "np.floor({0})", "np.round({0})", "np.sum({0})", "np.mean({0})",
        "np.prod({0})", "np.max({0})", "np.min({0})", "np.argmax({0})", "np.argmin({0})",
        "np.cumsum({0})", "np.cumprod({0})", "np.var({0})", "np.std({0})", "{0}.sum()",
        "{0}.mean()", "{0}.prod()", "{0}.max()", "{0}.argmax()", "{0}.any()", "{0}.all()",
        "np.clip({0}, 0, 2)", "np.clip({0}, 0.5, 2.5)", "np.maximum({0}, 0)",
        "np.maximum({0}, 0.5)", "np.where({0} > 0, {0}, 0)", "np.where({0} > 0, {0}, 0.5)",
        "np.zeros_like({0})", "np.ones_like({0})", "np.dot({0}, {0})",
        "{0} @ {0}", "np.outer({0}, {0})", "np.linalg.norm({0})", "np.sort({0})",
        "np.argsort({0})", "np.median({0})", "np.tanh({0})", "np.logical_not({0})",
        "{0}.astype(np.float32)", "{0}.astype(int)", "{0}.astype(bool)", "{0}.astype(float)",
        "np.array({0})", "np.reciprocal({0})", "np.trace(np.diag({0}))",
        "np.ceil({0})", "np.trunc({0})", "np.expand_dims({0}, 0)", "np.arctan2({0}, 2)",
        "np.power({0}, 2)", "np.true_divide({0}, 2)",
        "np.arange(3) * {0}[0]", "{0} * np.pi", "~{0}", "{0} ** -1", "2 ** {0}", "2.0 ** {0}",
        "np.mean({0}, dtype=np.float32)", "np.sum({0}, dtype=float)", "np.cumsum({0}, dtype=float)",
        "np.sum({0} > 0)", "np.mean({0} > 0)", "({0} > 0) * {0}", "({0} > 0) + ({0} > 0)",
        "({0} > 0).astype(np.float32)", "np.isnan({0})", "np.linalg.inv(np.diag({0}) + 2)",
        "np.linalg.det(np.diag({0}) + 2)", "{0} - {0}.mean()", "np.pad({0}, 1)",
        "np.repeat({0}, 2)", "np.tile({0}, 2)", "np.roll({0}, 1)", "np.add({0}, 1)",
        "{0} // 0", "{0} % 0", "{0} / 0",
    ],
    "torch": [
        "-{0}", "abs({0})", "torch.abs({0})", "torch.sign({0})", "torch.square({0})",
        "torch.sqrt({0})", "torch.exp({0})", "torch.floor({0})", "torch.round({0})",
        "torch.sum({0})", "torch.mean({0})", "torch.prod({0})", "torch.max({0})", "torch.min({0})",
        "torch.argmax({0})", "torch.argmin({0})", "torch.cumsum({0}, 0)", "torch.cumprod({0}, 0)",
        "torch.var({0})", "torch.std({0})", "{0}.sum()", "{0}.mean()", "{0}.prod()", "{0}.max()",
        "{0}.argmax()", "{0}.any()", "{0}.all()", "torch.clamp({0}, 0, 2)",
        "torch.clamp({0}, 0.5, 2.5)", "torch.clamp({0}, min=0)", "{0}.clamp(min=0.5)",
        "torch.where({0} > 0, {0}, 0)", "torch.where({0} > 0, {0}, 0.5)", "torch.zeros_like({0})",
        "torch.ones_like({0})", "torch.dot({0}, {0})", "{0} @ {0}",
        "torch.outer({0}, {0})", "torch.norm({0})", "{0}.norm()", "torch.sort({0})[0]",
        "torch.argsort({0})", "torch.median({0})", "torch.tanh({0})", "torch.sigmoid({0})",
        "torch.relu({0})", "torch.nn.functional.relu({0})", "torch.softmax({0}, 0)",
        "{0}.log_softmax(0)", "torch.nn.functional.softplus({0})", "torch.nn.functional.gelu({0})",
        "torch.logical_not({0})", "{0}.float()", "{0}.double()", "{0}.long()", "{0}.int()",
        "{0}.to(torch.float64)", "torch.tensor([1, 2.5])",
        "torch.reciprocal({0})", "torch.ceil({0})", "torch.trunc({0})",
        "torch.pow({0}, 2)", "torch.pow({0}, 2.0)", "torch.pow({0}, 0.5)", "torch.pow({0}, -1)",
        "torch.pow(2, {0})", "torch.true_divide({0}, 2)", "torch.floor_divide({0}, 2)",
        "torch.arange(3) * {0}[0]", "{0} * 3.14", "~{0}", "{0} ** -1", "2 ** {0}", "2.0 ** {0}",
        "{0}.mean(dtype=torch.float32)", "{0}.sum(dtype=torch.float64)",
        "torch.sum({0}, dtype=torch.float32)", "({0} > 0).sum()", "({0} > 0).float().mean()",
        "({0} > 0) * {0}", "({0} > 0) + ({0} > 0)", "({0} > 0) - ({0} > 0)", "({0} > 0).mean()",
        "torch.isnan({0})", "torch.erf({0})", "torch.rsqrt({0})", "torch.log1p({0})",
        "torch.nn.functional.mse_loss({0}, {0})", "torch.nn.functional.one_hot({0})",
        "torch.diag({0})", "torch.trace(torch.diag({0}))", "torch.linalg.inv(torch.diag({0}) + 2)",
        "torch.linalg.norm({0})", "torch.logsumexp({0}, 0)", "torch.var({0}, 0)", "{0}.std()",
        "torch.cat([{0}, {0}])", "torch.nn.functional.elu({0})", "torch.hypot({0}, {0})",
        "torch.atan2({0}, {0})", "1 / {0}", "{0} / 2",
        "torch.einsum('i,i->', {0}, {0})", "torch.nn.functional.leaky_relu({0})",
        "torch.nn.functional.dropout({0}, 0.0)", "torch.log({0} * {0})",
        "torch.eye(2) @ {0}", "torch.ones(2, 2) * {0}", "torch.topk({0}, 1)[1]",
        "torch.nn.functional.pad({0}, (1, 1))", "torch.nn.Linear(2, 1, bias=False)({0}) * 0",
        "torch.clamp({0}, max=1)", "torch.maximum({0}, {0})", "{0}.pow(2)", "{0}.square()",
        "{0}.cumsum(0)", "{0}.max(0)[1]",
        "{0} // 0", "{0} % 0", "{0} / 0", "torch.fmod({0}, 0)",
        "{0} @ torch.eye(2)", "torch.eye(2).mm({0}[:, None])", "torch.ones(1, 2, 2) @ {0}[:, None]",
        "torch.nn.Linear(2, 1)({0}[None]) * 0", "torch.nn.Linear(2, 1)({0}) * 0",
        "torch.mv(torch.eye(2), {0})", "torch.einsum('ij,j->i', torch.eye(2), {0})",
        "torch.nn.functional.silu({0})", "torch.nn.functional.mish({0})",
        "torch.nn.functional.relu6({0})", "torch.nn.functional.hardtanh({0})",
        "torch.nn.functional.selu({0})", "torch.nn.functional.celu({0})",
        "torch.nn.functional.logsigmoid({0})", "torch.nn.functional.softsign({0})",
        "torch.nn.functional.hardsigmoid({0})", "torch.nn.functional.hardswish({0})",
        "torch.nn.functional.l1_loss({0}, {0})", "torch.nn.functional.smooth_l1_loss({0}, {0})",
        "torch.nn.functional.huber_loss({0}, {0})",
        "torch.nn.functional.cross_entropy({0}, torch.tensor(0))",
        "torch.nn.functional.binary_cross_entropy_with_logits({0}, {0})",
        "torch.nn.functional.embedding({0}, torch.ones(8, 1))", "torch.ones(3)[{0} > 0]",
        "torch.xlogy({0}, {0})", "torch.logaddexp({0}, {0})", "torch.sin({0})",
    ],
    "tensorflow": [
        "-{0}", "abs({0})", "tf.abs({0})", "tf.sign({0})", "tf.square({0})", "tf.sqrt({0})",
        "tf.exp({0})", "tf.floor({0})", "tf.round({0})", "tf.reduce_sum({0})",
        "tf.reduce_mean({0})", "tf.reduce_prod({0})", "tf.reduce_max({0})", "tf.reduce_min({0})",
        "tf.argmax({0})", "tf.argmin({0})", "tf.cumsum({0})", "tf.math.cumprod({0})",
        "tf.math.reduce_variance({0})", "tf.math.reduce_std({0})", "tf.clip_by_value({0}, 0, 2)",
        "tf.clip_by_value({0}, 0.5, 2.5)", "tf.maximum({0}, 0)", "tf.maximum({0}, 0.5)",
        "tf.where({0} > 0, {0}, 0)", "tf.where({0} > 0, {0}, 0.5)", "tf.zeros_like({0})",
        "tf.ones_like({0})", "tf.tensordot({0}, {0}, 1)", "tf.norm({0})", "tf.sort({0})",
        "tf.argsort({0})", "tf.tanh({0})", "tf.sigmoid({0})", "tf.nn.relu({0})",
        "tf.nn.softmax({0})", "tf.nn.softplus({0})", "tf.nn.gelu({0})", "tf.logical_not({0})",
        "tf.cast({0}, tf.float32)", "tf.cast({0}, tf.int32)", "tf.cast({0}, tf.bool)",
        "tf.constant([1, 2.5])", "tf.math.reciprocal({0})", "tf.math.ceil({0})", "tf.pow({0}, 2)",
        "tf.pow({0}, 2.0)", "tf.divide({0}, 2)", "tf.math.floordiv({0}, 2)",
        "tf.range(3) * {0}[0]", "{0} * 3.14", "~{0}", "{0} ** -1", "2 ** {0}", "2.0 ** {0}",
        "tf.reduce_sum(tf.cast({0} > 0, tf.float32))", "tf.reduce_any({0} > 0)",
        "tf.reduce_sum({0} > 0)", "tf.reduce_mean({0} > 0)", "tf.math.is_nan({0})",
        "tf.math.erf({0})", "tf.math.rsqrt({0})", "tf.math.log1p({0})", "tf.one_hot({0}, 3)",
        "tf.linalg.diag({0})", "tf.reduce_logsumexp({0})", "tf.concat([{0}, {0}], 0)", "1 / {0}",
        "{0} / 2", "tf.eye(2) @ {0}[:, None]", "tf.ones((2, 2)) * {0}", "tf.math.log({0} * {0})",
        "tf.convert_to_tensor({0})", "tf.Variable({0}) * 2", "tf.Variable({0}) * 2.5",
        "tf.add({0}, 1)", "tf.multiply({0}, 2.5)", "tf.subtract({0}, 1)", "tf.nn.elu({0})",
        "tf.reduce_all({0} > 0)", "tf.math.count_nonzero({0})", "tf.fill([2], {0}[0])",
        "tf.keras.losses.MeanSquaredError()({0}, {0})", "tf.math.divide_no_nan({0}, 2)",
        "tf.equal({0}, 1)", "tf.math.argmax({0}, 0)",
        "tf.math.squared_difference({0}, 1)", "tf.negative({0})",
        "tf.nn.leaky_relu({0})", "tf.math.top_k({0}, 1)[1]", "tf.einsum('i,i->', {0}, {0})",
        "tf.pad({0}, [[1, 1]])", "tf.stack([{0}, {0}])", "tf.random.normal((2,)) * 0 * {0}",
        "{0} // 0", "{0} % 0", "{0} / 0",
        "tf.nn.silu({0})", "tf.nn.relu6({0})", "tf.nn.selu({0})", "tf.nn.log_softmax({0})",
        "tf.gather(tf.ones(8), {0})", "tf.math.softsign({0})", "tf.math.expm1({0})",
        "tf.keras.layers.Dense(1)({0}[None]) * 0", "tf.keras.activations.sigmoid({0})",
        "tf.linalg.inv(tf.linalg.diag({0}))", "tf.matmul({0}[None], {0}[:, None])",
        "tf.sin({0})", "tf.math.sin({0})",
        "tf.keras.activations.relu({0})", "tf.linspace({0}[0], 3, 2)", "tf.math.rint({0})",
    ],
}  # fmt: skip
OPERANDS = {
    "numpy": [
        "np.array([2.5, -3.0], np.float32)", "np.array([2.5, -3.0])", "np.array([7, -2], np.int32)",
        "np.array([7, -2])", "np.array([True, False])", "np.float32(1.5)", "np.float64(1.5)",
        "np.int32(3)", "np.int64(3)", "np.array(3)",
    ],
    "torch": [
        "torch.tensor([2.5, -3.0])", "torch.tensor([2.5, -3.0], dtype=torch.float64)",
        "torch.tensor([7, -2], dtype=torch.int32)", "torch.tensor([7, -2])",
        "torch.tensor([True, False])", "torch.tensor(1.5)",
        "torch.tensor(1.5, dtype=torch.float64)", "torch.tensor(3)",
        "torch.tensor(3, dtype=torch.int32)", "torch.tensor(True)",
        "torch.tensor([7, 2], dtype=torch.uint8)", "torch.tensor([2.5, -3.0], dtype=torch.float16)",
    ],
    "tensorflow": [
        "tf.constant([2.5, -3.0])", "tf.constant([2.5, -3.0], tf.float64)", "tf.constant([7, -2])",
        "tf.constant([7, -2], tf.int64)", "tf.constant([True, False])", "tf.constant(1.5)",
        "tf.Variable(1.5)", "tf.Variable([7, -2])", "np.array([2.5, -3.0])", "np.array([7, -2])",
        "np.float64(1.5)",
    ],
}  # fmt: skip
BESIDES = {
    "numpy": ["np.maximum({0}, {1})", "np.where(True, {0}, {1})", "np.hypot({0}, {1})",
        "np.array([np.sum({0}), np.sum({1})])", "np.dot({0}, {1})" ],
    "torch": ["torch.where(torch.tensor(True), {0}, {1})", "torch.maximum({0}, {1})",
        "torch.cat([{0}.reshape(-1), {1}.reshape(-1)])", "torch.stack([{0}, {1}])",
        "torch.dot({0}, {1})", "torch.atan2({0}, {1})", "torch.mul({0}, {1})",
        "torch.nn.functional.mse_loss({0}, {1})", "{0}.div({1})"],
    "tensorflow": ["tf.where(True, {0}, {1})", "tf.maximum({0}, {1})", "tf.stack([{0}, {1}])",
        "tf.concat([tf.reshape({0}, [-1]), tf.reshape({1}, [-1])], 0)",
        "tf.tensordot({0}, {1}, 1)", "tf.multiply({0}, {1})",
        "tf.keras.losses.MeanSquaredError()([{0}], [{1}])", "tf.math.atan2({0}, {1})"],
}  # fmt: skip
VECTORS = {"numpy": 5, "torch": 5, "tensorflow": 5}  # so many operands come first that are whole


def rows() -> dict[str, list[str]]:
    """Per row's title its expressions."""
    found: dict[str, list[str]] = {}
    for framework, operands in OPERANDS.items():
        pairs = [
            *product(operands, operands), *product(operands, NUMBERS), *product(NUMBERS, operands)
        ]  # fmt: skip
        pairs = [one for one in pairs if framework == "numpy" or not _numpys(*one)]
        for sign in OPERATORS:
            found[f"{framework} {sign}"] = [f"({x}) {sign} ({y})" for x, y in pairs]
        first = operands[: VECTORS[framework]]
        for form in BESIDES[framework]:
            both = product(operands, first)
            found[f"{framework} {form}"] = [form.format(x, y) for x, y in both if (x, y) in pairs]
        for form in UNARY[framework]:
            found[f"{framework} {form}"] = list(dict.fromkeys(map(form.format, first)))
    return found


def told(framework: str, expression: str) -> str:
    """An expression that tells its type and its numbers."""
    numbers = "x.numpy().tolist()" if framework == "tensorflow" else "x.tolist()"
    return f"[(x.dtype, {numbers}) for x in [{expression}]][0]"


def _numpys(*operands: str) -> bool:
    """Whether no tensor is among them."""
    return all(one.startswith("np.") or one in NUMBERS for one in operands)
