"""Embeds: who may frame them, what they are made of, and that no address breaks them."""

import re

import pytest
from fastapi.testclient import TestClient

from app.web.share import decode, encode

PROGRAM = {"source": "w**2", "inputs": {"w": 3.0}, "seed": 7}


@pytest.mark.parametrize("path", ["/embed/deck", "/embed/descent?lang=ko"])
def test_anyone_may_frame_an_embed(client: TestClient, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors * file:" in policy and "unsafe" not in policy
    assert "script-src 'self'" in policy and "default-src 'none'" in policy
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "x-frame-options" not in headers and "set-cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/deck", "/descent", "/docs", "/embedded", "/api/v1/meta"])
def test_nobody_may_frame_anything_else(client: TestClient, path):
    assert "frame-ancestors 'self'" in client.get(path).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/embed/deck", "/embed/descent"])
def test_a_frame_without_an_origin_can_load_every_file(client: TestClient, path):
    page = client.get(path)
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert len(files) == 2
    for file in files:
        answer = client.get(file, headers={"Origin": "null"})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
    assert not re.search(r"<(script|style)>|\son\w+=|\sstyle=", page.text)


@pytest.mark.parametrize(
    "query",
    ["q=v1.x", "q=v9.AAAA", "q=" + encode([1]), "q=" + encode({"source": 5}), "q=%00", "q=",
     "q=" + encode({"source": "x", "inputs": {"x": "y"}}), "example=%3Cb%3E&tick=x&lang=x&theme=x"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["deck", "descent"])
def test_no_address_is_an_error(client: TestClient, kind, query):
    page = client.get(f"/embed/{kind}?{query}", headers={"Accept-Language": "ko"})
    assert page.status_code == 200
    assert '<html lang="ko">' in page.text
    assert "<b>" not in page.text


def test_the_page_carries_the_program_and_its_link(client: TestClient):
    page = client.get(f"/embed/deck?q={encode(PROGRAM)}&lang=ko&theme=dark&other=1").text
    q = re.search(r'"q":"([^"]+)"', page)[1]
    assert decode(q) == b'{"inputs":{"w":3.0},"lang":"ko","seed":7,"source":"w**2"}'
    full = re.search(r'id="full" href="([^"]+)"', page)[1]
    assert full == f"/deck?q={encode(PROGRAM)}&amp;lang=ko&amp;theme=dark"
    assert '<html lang="ko" data-theme="dark">' in page


def test_a_program_cannot_leave_its_place(client: TestClient):
    page = client.get(f"/embed/deck?q={encode({'source': '</script></pre><b>x'})}").text
    assert "<b>x" not in page
