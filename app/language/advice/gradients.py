"""What goes wrong on the way of a gradient, and what to change."""

from app.engine import N_
from app.language.advice.rows import Row

GRADIENTS = [
    Row(
        r"\[grad_of_result\]",
        r"(?P<name>[^\W\d]\w*)\.grad\b",
        r"^[ \t]*{name}[ \t]*=[ \t]*{name}[ \t]*[-+]",
        N_(
            "{name}.grad is None: since {name} = {name} - …, {name} is a result, and PyTorch "
            "keeps the .grad of leaves only."
        ),
        N_("Change the leaf in place, in a block with torch.no_grad(): {name} -= lr * {name}.grad"),
    ),
    Row(
        r"\[grad_of_result\]",
        r"(?P<name>[\w.\[\]]+?)\.grad\b",
        None,
        N_(
            "{name}.grad is None: {name} is the result of an operation, and PyTorch keeps "
            "the .grad of leaves only."
        ),
        N_("Call {name}.retain_grad() before backward(), or ask a leaf for its .grad."),
    ),
    Row(
        r"(?s:'NoneType'.*)",
        r"(?P<name>[\w.\[\]]+?)\.grad\b",
        r"^[ \t]*(?P<loss>[\w.]+)\.backward[ \t]*(?:#.*)?$",
        N_("{name}.grad is None: backward was named and not called."),
        N_("Write {loss}.backward(), with its brackets."),
    ),
    Row(
        r"'NoneType' object has no attribute.*",
        r"(?P<name>[\w.\[\]]+?)\.grad\.(?:data\.)?zero_",
        None,
        N_(
            "{name}.grad is None: no backward() has reached {name} yet, so there is nothing "
            "to zero."
        ),
        N_(
            "Put {name}.grad.zero_() after the update, at the end of the pass; "
            "optimizer.zero_grad() may stand anywhere."
        ),
    ),
    Row(
        r"(?s:'NoneType'.*)",
        r"(?P<name>[\w.\[\]]+?)\.grad\b",
        None,
        N_("{name}.grad is None: no backward() has reached {name} yet."),
        N_(
            "Call backward() on a loss that is computed from {name}, and make {name} with "
            "requires_grad=True."
        ),
    ),
    Row(
        r"\[none (?P<name>\w+) rebound\]",
        None,
        r"^[ \t]*{name}[ \t]*=[ \t]*{name}[ \t]*[-+]",
        N_(
            "The gradient of {name} is None: {name} = {name} - … has made a constant of the "
            "variable."
        ),
        N_("Write {name}.assign_sub(…), which changes the variable itself."),
    ),
    Row(
        r"\[none (?P<name>\w+) (?:not_watched|rebound)\]",
        None,
        None,
        N_("The gradient of {name} is None: a tape does not watch a constant by itself."),
        N_(
            "Make it a variable, {name} = tf.Variable(…), or call tape.watch({name}) first "
            "in the tape's block."
        ),
    ),
    Row(
        r"\[none (?P<name>\w+) no_tape\]",
        None,
        None,
        N_(
            "The gradient of {name} is None: the way to it was computed while the tape was "
            "not recording."
        ),
        N_("Compute the loss inside the block: with tf.GradientTape() as tape:"),
    ),
    Row(
        r"\[none (?P<name>\w+) (?:integer|target_integer)\]",
        None,
        None,
        N_("The gradient of {name} is None: whole numbers have no gradient."),
        N_(
            "Write its numbers with a decimal point, 2.0 for 2, and do not round or take "
            "argmax on the way."
        ),
    ),
    Row(
        r"\[none (?P<name>\w+) not_connected\]",
        None,
        None,
        N_("The gradient of {name} is None: the target was not computed from {name}."),
        N_(
            "Use {name} where the loss is computed, as a tensor and without .numpy(); or "
            "leave it out of the sources."
        ),
    ),
    Row(
        r"\[none (?P<name>\w+) \w+\]",
        None,
        None,
        N_(
            "The gradient of {name} is None: no way that lets a gradient through leads from "
            "{name} to the target."
        ),
        N_(
            "Move to the gradient call on the timeline: the node {name} says there what cut "
            "the way."
        ),
    ),
    Row(
        r"(?s:'NoneType'.*)",
        r"(?P<name>[^\W\d]\w*)",
        (
            r"^[ \t]*{name}[ \t]*=[ \t]*[^\n=]*\.(?P<method>append|extend|insert|sort|"
            r"reverse|add|update|clear|remove)\("
        ),
        N_("{name} is None: {method}() changes what it belongs to, and gives nothing back."),
        N_("Call {method}() on a line of its own, without {name} = before it."),
    ),
    Row(
        r"(?s:'NoneType'.*)",
        r"(?<![\w.])(?P<name>[^\W\d]\w*)\(",
        r"^[ \t]*def {name}\(",
        N_("{name}() gave None: it ends without a return."),
        N_("Write return before what {name} has computed."),
    ),
    Row(
        r"(?s:'NoneType'.*)",
        r"(?P<name>[^\W\d]\w*)",
        r"^[ \t]*{name}[ \t]*=[ \t]*(?P<function>[^\W\d][\w.]*)(?:\(\))?\(",
        N_("{name} is None: that is what {function} gave back."),
        N_(
            "See whether {function} (of a model: its forward or call) ends with return and "
            "the result."
        ),
    ),
    Row(
        r"(?s:'NoneType'.*)",
        None,
        None,
        N_("One of the values here is None: nothing was put there."),
        N_("Print the values before this line; a function without return gives None."),
    ),
    Row(
        r"\[result (?P<name>\w+)\]",
        None,
        r"^[ \t]+{name}[ \t]*=[^\n]*\b{name}\b",
        N_(
            "Backward comes to the pass before, whose values were freed: {name} carries its "
            "graph along."
        ),
        N_(
            "Cut it at the start of each pass: {name} = {name}.detach(); or sum the losses "
            "and call backward() once, after the loop."
        ),
    ),
    Row(
        r"does not have a grad_fn",
        None,
        r"^[ \t]*(?P<name>\w+)[ \t]*=[ \t]*(?P=name)\.detach\(\)",
        N_("Nothing leads back from this value: {name} = {name}.detach() has cut the graph."),
        N_(
            "Detach at the start of a pass, before the layers that the loss is computed "
            "from; not between them and the loss."
        ),
    ),
    Row(
        r"does not have a grad_fn",
        r"^(?P<name>\w+)\.",
        r"^[ \t]*{name}[ \t]*=[ \t]*torch\.(?P<maker>tensor|FloatTensor|as_tensor)\(",
        N_("Nothing leads back from {name}: torch.{maker} makes a new leaf of bare numbers."),
        N_("Leave torch.{maker} out; several tensors are joined by torch.stack."),
    ),
    Row(
        r"does not have a grad_fn",
        r"^(?P<name>\w+)\.",
        (
            r"^[ \t]*{name}[ \t]*=[^\n]*\.(?P<method>data|detach|argmax|long|int|round|"
            r"numpy|item)\b"
        ),
        N_("Nothing leads back from {name}: .{method} lets no gradient through."),
        N_("Leave .{method} out of the loss; use it only for what is printed."),
    ),
    Row(
        r"'(?P<kind>float|int)' object has no attribute 'backward'",
        None,
        r"\.item\(\)|\bfloat\(",
        N_("The loss is a plain number here, and numbers keep no graph."),
        N_(
            "Leave out .item() or float() where the loss is computed; print(loss.item()) is "
            "for showing it."
        ),
    ),
    Row(
        r"Can't call numpy\(\) on Tensor that requires grad",
        r"^(?P<x>.+)\.(?:numpy|__array__)\(\)$",
        None,
        N_(
            "NumPy keeps no graph, so a tensor that requires a gradient is not handed over "
            "as it is."
        ),
        N_("Write {x}.detach().numpy()."),
    ),
    Row(
        r"Can't call numpy\(\) on Tensor that requires grad",
        None,
        None,
        N_(
            "NumPy keeps no graph, so a tensor that requires a gradient is not handed over "
            "as it is."
        ),
        N_("Write x.detach().numpy()."),
    ),
    Row(
        r"optimizer got an empty parameter list",
        None,
        r"self\.(?P<name>\w+)[ \t]*=[ \t]*\[",
        N_("The model has no parameters: layers in a plain list are not found."),
        N_("Write self.{name} = nn.ModuleList([…])."),
    ),
    Row(
        r"optimizer got an empty parameter list",
        None,
        None,
        N_("The optimizer is given no parameters."),
        N_(
            "Set the layers on self in __init__, after super().__init__(); a generator of "
            "parameters is used up after one walk."
        ),
    ),
]
