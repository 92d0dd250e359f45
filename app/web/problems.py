"""The table of every problem that the server can answer with, in sentences for people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its HTTP status, its title, and what to do about it."""

    status: int
    title: str
    detail: str


PROBLEMS: dict[str, Kind] = {
    "host": Kind(
        400,
        "Unknown host",
        "This server does not answer to that host name. Its operator can allow it with"
        " GRADTAPE_HOSTS.",
    ),
    "bad_request": Kind(400, "Bad request", "The request could not be understood."),
    "not_found": Kind(404, "Not found", "There is nothing at this address."),
    "method": Kind(405, "Method not allowed", "This address does not take that method."),
    "not_acceptable": Kind(
        406,
        "Not acceptable",
        "This address answers with application/json, some also with text/event-stream.",
    ),
    "slow": Kind(408, "Request timeout", "The body of the request did not arrive in time."),
    "too_large": Kind(
        413, "Content too large", "The body of a request may have at most {limit} bytes."
    ),
    "content_type": Kind(
        415, "Unsupported media type", "The body must be one of these types: {types}."
    ),
    "json": Kind(
        422,
        "Not JSON",
        "The body must be JSON in UTF-8; NaN, infinities and lone surrogates are not JSON."
        " The mistake is near line {line}, column {column}.",
    ),
    "text": Kind(422, "Not text", "The program must be text in UTF-8."),
    "invalid": Kind(422, "Invalid request", "Some fields are missing or not as they should be."),
    "link": Kind(
        422,
        "Broken link",
        "The parameter q must be v1. and then base64url of raw deflated JSON, all of it.",
    ),
    "link_version": Kind(
        422, "Unknown link version", "The parameter q begins with a version that is not v1."
    ),
    "link_size": Kind(
        422, "Link too large", "The request inside the parameter q is larger than {limit} bytes."
    ),
    "refused": Kind(422, "The program cannot run", "The program uses what cannot run here."),
    "stopped": Kind(422, "The work was stopped", "{reason}"),
    "busy": Kind(
        503, "Too busy", "Too many programs wait to be run. Please try again in some seconds."
    ),
    "internal": Kind(
        503,
        "Our mistake",
        "Something went wrong on our side; it has been written to the server's log.",
    ),
}

BY_STATUS = {
    400: "bad_request",
    404: "not_found",
    405: "method",
    406: "not_acceptable",
    408: "slow",
    413: "too_large",
    415: "content_type",
    422: "invalid",
    503: "busy",
}

FIELDS: dict[str, str] = {
    "missing": "This field is needed.",
    "extra_forbidden": "There is no such field.",
    "string_type": "This must be text.",
    "string_too_short": "This text must not be empty.",
    "string_too_long": "This text may have at most {max_length} characters.",
    "objective": "Give either a function by its name, or the source of a program or expression.",
    "no_option": "There is no option {name}; there are: {known}.",
    "option": "The option {name} must be a number between {low} and {high}.",
    "option_bool": "The option {name} must be true or false.",
    "option_pair": "The option {name} must be two numbers between {low} and {high}.",
    "nesterov": "Nesterov momentum needs a momentum above 0 and no dampening.",
    "unused": "{name} has no meaning beside the rest of this objective.",
    "twice": "The two names must differ; {name} stands there twice.",
    "wide": "This range is too wide.",
    "seeds": "Give the seed once: here or with the objective.",
    "rising": "The second number must be above the first.",
    "int_type": "This must be a whole number.",
    "float_type": "This must be a number.",
    "bool_type": "This must be true or false.",
    "list_type": "This must be a list.",
    "tuple_type": "This must be a list.",
    "too_long": "This list is too long: at most {max_length}.",
    "too_short": "This list is too short: at least {min_length}.",
    "dict_type": "This must be an object.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
    "literal_error": "This must be one of: {expected}.",
    "name": "This is not the name of a variable.",
    "array": "This must be a finite number, or lists of them of equal lengths, at most 6 deep.",
    "range": "The second number must not be less than the first.",
}
ANYTHING_ELSE = "This value is not allowed here."

STOPPED: dict[str, tuple[str, str]] = {
    "time": (
        "The program ran for too long and was stopped.",
        "Let it do fewer passes or use smaller arrays.",
    ),
    "memory": (
        "The program needed more memory than it may use and was stopped.",
        "Let it use smaller arrays or keep fewer of them.",
    ),
    "recursion": (
        "The program goes too deep and was stopped.",
        "Let functions, lists and graphs be less deep.",
    ),
}
