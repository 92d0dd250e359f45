"""What the reader is told about each thing that can go wrong: what happened, and what to try."""

from app.engine import N_

# code -> (what happened, what to try)
PROSE: dict[str, tuple[str, str]] = {
    "syntax": (
        N_("Python cannot read this line."),
        N_("Look for a missing bracket, colon or quote just before the marked place."),
    ),
    "source_size": (
        N_("The program is too long: {size} characters, {limit} are allowed."),
        N_("Keep the part that trains; a few dozen lines are enough to watch a gradient."),
    ),
    "nesting": (
        N_("The program is nested too deeply to be read."),
        N_("Give the inner parts names, on lines of their own."),
    ),
    "characters": (
        N_("The program contains a character that no program text can hold."),
        N_("Remove the marked character, or paste the text again as plain text."),
    ),
    "construct": (
        N_("{what} is not part of the language that runs here."),
        N_("Write it with assignments, loops, functions and the operations of the frameworks."),
    ),
    "private": (
        N_("Names that begin with two underscores, such as {name}, are not available here."),
        N_("Use the public operations of the value; one underscore is enough for a name of yours."),
    ),
    "import": (
        N_("The module {name} is not available here."),
        N_("Available are numpy, torch, tensorflow, math, random and what courses import of them."),
    ),
    "empty": (
        N_("There is no program to run."),
        N_("Paste training code, or an expression such as (x*w + b - y)**2."),
    ),
    "inputs": (
        N_("An input is called {name}, which is not a plain name."),
        N_("Use names such as x or w, without dots or spaces."),
    ),
    "no_tensor": (
        N_("The program leaves no tensor called {name}."),
        N_("`target` names a tensor that the program binds at its top level."),
    ),
    "not_number": (
        N_("This expression does not give one number."),
        N_("A surface is drawn of one number for each point: reduce it, with sum or mean."),
    ),
    "no_loss": (
        N_(
            "This program updates no variable with a gradient, so it has no path and no surface of "
            "its own."
        ),
        N_("Paste a program that trains, or an expression in two names."),
    ),
    "no_call": (
        N_("This program asks for no gradient of a floating-point variable: nothing to check."),
        N_("Call tape.gradient or backward, or give `inputs` for an expression."),
    ),
    "no_such_call": (
        N_("There is no gradient call {number}: this program makes {count}."),
        N_("They are numbered from 0 in the order of time; -1 is the last."),
    ),
    "one_parameter": (
        N_("This program trains a single number, {name}: a surface needs two."),
        N_("Add a second parameter, a bias for example."),
    ),
    "no_graph": (
        N_("The program has no graph {number}."),
        N_("Its graphs are numbered from 0; a trace lists them."),
    ),
    "no_node": (
        N_("The graph has no node {number}."),
        N_("Its nodes are numbered from 0; a trace lists them."),
    ),
    "no_named_node": (
        N_("The graph has no node called {name}."),
        N_("Its names are those of the program's variables; a trace lists them."),
    ),
    "node_and_name": (
        N_("Both a node, {number}, and a name, {name}, are given."),
        N_("Give one of them; without either, the first source is meant."),
    ),
    "no_tick": (
        N_("There is no tick {number}: the program has {count}, numbered from 0."),
        N_("Leave the tick out for the first pass that is differentiated."),
    ),
    "no_paths": (
        N_("No gradient has reached {name}, so there is no path to count."),
        N_("Ask for a node that the target depends on and that the gradient call follows."),
    ),
    "unspoken": (
        N_("{library} has no function for the operation {operation}."),
        N_("The derivative as code, in NumPy, has it."),
    ),
    "unwritten_gradient": (
        N_(
            "The program's own gradient function did not take the same steps each time that it was "
            "asked in this pass, or called another such function: the code for {library} leaves it "
            "out."
        ),
        N_("Ask for one gradient in a pass, or look at the numbers on the edges of the graph."),
    ),
    "moved_before": (
        N_(
            "{name} is changed in this pass after it was used and before its gradient is found: "
            "written down one after the other, the steps would give other numbers."
        ),
        N_("Change it after the gradients of the pass, or look at a pass without the change."),
    ),
    "hooked_gradient": (
        N_(
            "A hook of the program changes a gradient in a pass with several gradient calls, or in "
            "a way that {library} has no words for: no script has that."
        ),
        N_("Read the changed numbers on the timeline, or look at a pass without the hook."),
    ),
    "gradcheck": (
        N_(
            "The gradient of output {output} by input {input} is {analytic} at one place, and the "
            "difference quotient is {numeric}."
        ),
        N_("Look at what backward gives for this input, or give numbers in torch.double."),
    ),
    "own_gradient": (
        N_("The gradient function gave shape {part} for an input of shape {shape}."),
        N_("Give each input a gradient of its own shape: sum over the axes that were stretched."),
    ),
    "no_gradient": (
        N_("There is no gradient for {name}."),
        N_("`wrt` names variables: the inputs of an expression, or tensors that want a gradient."),
    ),
    "hessian": (
        N_("{count} numbers have too many second derivatives: at most {limit} may be asked about."),
        N_("Name fewer of them in `wrt`."),
    ),
    "target_freed": (
        N_("The program's own backward has released what the gradient of {name} needs."),
        N_("Leave out `target` for the gradients of that backward, or give it retain_graph=True."),
    ),
    "hessian_of_nothing": (
        N_("This program asks for no gradient, so it has no second derivatives."),
        N_("Call tape.gradient or backward, or give `inputs` for an expression."),
    ),
    "hessian_target": (
        N_("Second derivatives of a program are those of its last gradient call."),
        N_("Leave out `target`, or send an expression with `inputs`."),
    ),
    "hessian_of_another": (
        N_(
            "The last gradient call cannot be replayed as a function of its variables alone, so "
            "its second derivatives are not known."
        ),
        N_("Send the function as an expression with `inputs`, or record nested tapes."),
    ),
    "name": (N_("The name {name} has no value yet."), N_("{close}")),
    "local_name": (
        N_("The name {name} has no value yet in this function, which assigns to it."),
        N_("To change the one outside, declare it: global {name}; or pass it as an argument."),
    ),
    "not_here": (N_("{name} is not available here yet."), N_("{close}")),
    "attribute": (N_("{owner} has no {name} here."), N_("{close}")),
    "type": (
        N_("These values do not fit this operation: {detail}."),
        N_("Check what kind of value each name holds; the variables panel shows it."),
    ),
    "value": (
        N_("This value cannot be used here: {detail}."),
        N_("Check the numbers and shapes that go into this line."),
    ),
    "unfit": (
        N_("{function}({given}) cannot be carried out: an argument is not what it must be."),
        N_("Look at the kind, the number and the shapes of these values, one by one."),
    ),
    "shape": (
        N_("The shapes do not fit: {detail}."),
        N_("Print the shapes of both sides; the inner lengths, or all of them, must agree."),
    ),
    "singular": (
        N_("{op} cannot use this matrix: it has no inverse, or is not positive definite."),
        N_("Print its determinant and eigenvalues; a small multiple of the identity often helps."),
    ),
    "dtype": (
        N_("The number types do not fit: {detail}."),
        N_("Cast one side, for example with tf.cast(x, tf.float32)."),
    ),
    "index": (
        N_("There is nothing at this index: {detail}."),
        N_("Indices count from 0 to the length less one."),
    ),
    "option_not_here": (
        N_("{name} has an option {option}, which is not available here yet."),
        N_("Leave it out, or write what it does in a line of its own."),
    ),
    "copy_of_result": (
        N_("A tensor that operations made cannot be copied with its history."),
        N_("Write x.detach().clone() for its numbers, or copy.deepcopy(model) for a module."),
    ),
    "no_grad_needed": (
        N_("A tensor that does not require a gradient cannot keep one."),
        N_("Set requires_grad=True on what it was computed from, before it is computed."),
    ),
    "index_type": (
        N_("An array has no such index: {detail}."),
        N_("Write whole numbers, slices or arrays of whole numbers; int(…) makes one of a float."),
    ),
    "key": (N_("The key {detail} is not in this dictionary."), N_("Print its keys to see them.")),
    "format_attribute": (
        N_("A field of a format text reads no attributes: {field}."),
        N_("Write an f-string, which takes any expression, or give the attribute's value itself."),
    ),
    "super": (
        N_("super() is asked for outside a method of a class."),
        N_("Call it in a method whose first parameter is self, inside the class it belongs to."),
    ),
    "not_begun": (
        N_("The __init__ of {kind} has not called that of its base class."),
        N_("Write super().__init__(), with its brackets, as the first line of that __init__."),
    ),
    "exhausted": (
        N_("There is nothing left to take: all its values have been used."),
        N_("Make it again where it starts anew, or give next() a second value for this case."),
    ),
    "raised": (
        N_("The program raised an error of its own: {detail}."),
        N_("Look at the test that leads to this line, and at the values in it."),
    ),
    "zero_division": (
        N_("This line divides by zero."),
        N_("Add a small number to the divisor, or test for zero first."),
    ),
    "assertion": (
        N_("The assertion on this line does not hold."),
        N_("Look at the values in it: the variables panel shows them at this moment."),
    ),
    "recursion": (
        N_("Functions call each other more than {limit} deep."),
        N_("A recursion needs a case in which it stops."),
    ),
    "generators": (
        N_("More than {limit} generators wait to go on."),
        N_("Make one where its values are used, and let it end."),
    ),
    "tape_used": (
        N_(
            "This tape was asked for gradients a second time, and it keeps nothing after the first."
        ),
        N_("Open it with tf.GradientTape(persistent=True), or ask for all gradients in one call."),
    ),
    "backward_twice": (
        N_("The values that backward needs were freed by the first backward."),
        N_("Compute the loss again, or call the first one with backward(retain_graph=True)."),
    ),
    "not_scalar": (
        N_("A gradient starts from one number, and this has the shape {shape}."),
        N_("Reduce it first, with .sum() or .mean(), or pass the gradient to start from."),
    ),
    "no_history": (
        N_("This value was not computed from anything that wants a gradient."),
        N_("Create the parameters with requires_grad=True, and compute outside torch.no_grad()."),
    ),
    "unused": (
        N_("One of the inputs was not used to compute the result."),
        N_("Pass allow_unused=True to get None for it, or leave it out."),
    ),
    "no_derivative": (
        N_("Backward meets a floor division, //, and PyTorch has no derivative for it."),
        N_("Write torch.floor(a / b), whose gradient is 0, or (a // b).detach() to leave it out."),
    ),
    "search_lost": (
        N_("The loss is nan where the line search looks, so that it finds no step: it diverged."),
        N_("Look at the first loss that is nan: start elsewhere, or take a smaller rate."),
    ),
    "underived": (
        N_("A derivative is asked of {name}, and the framework does not have it."),
        N_(
            "Write that function out in operations that have one, such as x / (1 + abs(x)) for "
            "softsign."
        ),
    ),
    "in_place": (
        N_("A leaf that wants a gradient was changed in place while its use was being recorded."),
        N_("Put the update into a block, with torch.no_grad(): w -= lr * w.grad"),
    ),
    "read_only": (
        N_("This array only shows the numbers of another one, and may not be written into."),
        N_("Change a copy of it instead: b = a.copy()."),
    ),
    "shown_twice": (
        N_("This tensor shows one number at several places, so a place cannot change alone."),
        N_("Change a copy of it instead: y = x.clone()."),
    ),
    "not_contiguous": (
        N_("The numbers of this tensor do not lie in a row, so this shape would need a copy."),
        N_("Write x.reshape(...), which copies where it must."),
    ),
    "view_of_several": (
        N_("This part of a tensor cannot be used any more: the tensor was changed in place."),
        N_("Take the part anew after the change, with an index: part = h[0]."),
    ),
    "in_place_detached": (
        N_("Something that wants a gradient is written into a part of a detached tensor."),
        N_("That is not followed here: write into the tensor itself, or into a clone of it."),
    ),
    "in_place_views": (
        N_("A view may not be changed in place here: autograd cannot follow the change."),
        N_("Write into the whole tensor, h[0] += 1, or make a new tensor: r = r + 1."),
    ),
    "modified": (
        N_("Backward reads {name} again, and it has been changed in place since it was used."),
        N_("Call backward before the change, or make a new tensor: y = y + 1, not y += 1."),
    ),
    "integer_gradient": (
        N_("Whole numbers have no gradient."),
        N_("Write the number with a decimal point, such as 2.0, or cast it to a float type."),
    ),
    "unsupported": (
        N_("Not available here: {detail}."),
        N_("Look for another spelling of the same; /docs and the meta route list the operations."),
    ),
    "operations": (
        N_("The program was stopped after {limit} operations."),
        N_("Fewer passes show the same; what ran until here is kept."),
    ),
    "elements": (
        N_("An array of {size} numbers is too large here: {limit} are allowed."),
        N_("Use smaller shapes: the gradient works in the same way."),
    ),
    "axes": (
        N_("An array of {count} axes is too much here: {limit} are allowed."),
        N_("Is a list of numbers given where a shape belongs?"),
    ),
    "alike": (
        N_("More than {limit} different keys have the same hash."),
        N_(
            "Python compares each of them with all the others, which takes very long: use other "
            "keys, texts for example."
        ),
    ),
    "memory": (
        N_("The program was stopped: its values need more memory than is allowed."),
        N_("Keep fewer large values at a time, or use smaller shapes; what ran before is kept."),
    ),
    "arithmetic": (
        N_("The program was stopped: its arrays need more arithmetic than is allowed."),
        N_("Use smaller shapes or fewer passes; what ran until here is kept."),
    ),
    "time": (
        N_("The program was stopped after {limit} seconds."),
        N_("Does a loop never end? Fewer passes or smaller shapes help; what ran is kept."),
    ),
    "bits": (
        N_("A whole number grew beyond {limit} bits."),
        N_("Use floating-point numbers for what grows."),
    ),
    "length": (
        N_("A text or list grew beyond {limit} entries."),
        N_("Keep only what is needed later."),
    ),
    "output": (
        N_("The program printed more than {limit} characters."),
        N_("Print every hundredth pass only."),
    ),
    "nodes": (
        N_("One pass has more than {limit} operations: too many to draw."),
        N_("Work on whole arrays instead of single numbers in a loop."),
    ),
    "edges": (
        N_("The operations of one pass read more than {limit} values in all: too many to draw."),
        N_("Stack or join fewer tensors at a time, or work on one array from the beginning."),
    ),
    "trace": (
        N_("The trace grew beyond {limit} characters."),
        N_("Fewer passes, runs or steps, or smaller shapes help; what ran until here is kept."),
    ),
}

# of codes whose detail may be the words of Python or of the framework, which stand beside it then
BARE = {
    "type": N_("These values do not fit this operation."),
    "value": N_("This value cannot be used here."),
    "index": N_("There is nothing at this index."),
    "dtype": N_("The number types do not fit."),
    "shape": N_("The shapes do not fit."),
}
