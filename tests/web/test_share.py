"""Links round-trip, and a bomb stays small."""

import base64
import zlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import share
from app.web.errors import Problem


def link_of(text: bytes) -> str:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeeze.compress(text) + squeeze.flush()
    return "v1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@given(st.dictionaries(st.text(), st.text() | st.integers(-(2**53), 2**53), max_size=5))
def test_round_trip(request_):
    assert orjson.loads(share.decode(share.encode(request_))) == request_


def test_korean_and_padding():
    request = {"source": "가중치 = 1.0  # 한글 🎈\nprint(가중치)"}
    q = share.encode(request)
    assert q.isascii()
    assert "=" not in q
    for padding in ("", "=", "=="):
        assert orjson.loads(share.decode(q + padding)) == request


def test_equal_requests_give_equal_links():
    assert share.encode({"a": 1, "b": 2}) == share.encode({"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("q", "code"),
    [
        (link_of(b"0" * 300_000), "link_size"),
        (link_of(b" " * 200_000_000), "link_size"),
        ("v1." + share.encode({"source": "x" * 99})[3:-4], "link"),
        (share.encode({"source": "x"}) + "AAAA", "link"),
        ("v1.", "link"),
        ("v1", "link"),
        ("v2.AAAA", "link_version"),
        ("V1.AAAA", "link_version"),
        ("v1.A", "link"),
        ("v1.AA\nAA", "link"),
    ],
)
def test_broken_links(q, code):
    with pytest.raises(Problem) as problem:
        share.decode(q)
    assert problem.value.code == code
