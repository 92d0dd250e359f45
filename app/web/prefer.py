"""What a visitor prefers: the best of what we offer, after the Accept headers' weights."""

from collections.abc import Sequence

from starlette.requests import HTTPConnection

from app.story.words import LANGUAGES


def weights(header: str) -> list[tuple[str, float]]:
    """The ranges of an Accept or Accept-Language header with their weights (RFC 9110, 12.4.2)."""
    found: list[tuple[str, float]] = []
    for part in header.split(",")[:50]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(parameter[2:])))
                except ValueError:
                    weight = 0.0
        if name:
            found.append((name, weight))
    return found


def media_type(header: str, offered: Sequence[str]) -> str | None:
    """The offered type that the visitor likes best, None if none will do; the first when equal."""
    asked = weights(header) or [("*/*", 1.0)]

    def liking(offer: str) -> float:
        for pattern in (offer, offer.split("/")[0] + "/*", "*/*"):
            for name, weight in asked:
                if name == pattern:
                    return weight
        return 0.0

    best = max(offered, key=liking)
    return best if liking(best) > 0 else None


def language(connection: HTTPConnection) -> str:
    """The language to speak: `?lang=`, else the best of Accept-Language, else English."""
    asked = connection.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    liking = dict.fromkeys(LANGUAGES, 0.0)
    for name, weight in weights(connection.headers.get("accept-language", "")):
        short = name.split("-")[0]
        if short in liking:
            liking[short] = max(liking[short], weight)
    return max(LANGUAGES, key=lambda lang: liking[lang])
