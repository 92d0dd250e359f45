"""Pages, static files, the documentation page."""

import re

import pytest
from fastapi.testclient import TestClient

from app.web.assets import Assets, Made
from app.web.pages import json_script


@pytest.mark.parametrize(
    "path", ["/", "/deck", "/descent", "/deck?lang=ko&theme=dark", "/?lang=xx&theme=x"]
)
def test_pages_and_all_their_files_are_there(client: TestClient, path):
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert files
    for file in files:
        answer = client.get(file)
        assert answer.status_code == 200, file
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        kind = "text/css" if file.endswith(".css") else "text/javascript"
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert not re.search(r"<(script|style)>|\son\w+=|\sstyle=", page.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)


@pytest.mark.parametrize(
    ("query", "header", "lang"),
    [
        ("", "", "en"),
        ("", "ko", "ko"),
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "en,ko;q=0.9", "en"),
        ("", "de,ko;q=0.1", "ko"),
        ("?lang=en", "ko", "en"),
        ("?lang=ko", "en", "ko"),
        ("?lang=xx", "ko", "ko"),
        ("", "ko;q=x,,;;", "en"),
    ],
)
def test_language(client: TestClient, query, header, lang):
    page = client.get(f"/{query}", headers={"Accept-Language": header})
    assert f'<html lang="{lang}"' in page.text
    assert page.headers["content-language"] == lang
    assert "Accept-Language" in page.headers["vary"]


def test_json_in_a_page_cannot_end_its_element():
    text = json_script({"a": "</script><!--\u2028&"})
    assert not set("<>&\u2028") & set(text)


def test_static_files_are_packed_and_known(client: TestClient):
    url = client.app.state.assets.url("css/base.css")
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
    assert plain.headers["access-control-allow-origin"] == "*"
    etag = plain.headers["etag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    old = client.get("/static/0000/css/base.css")
    assert old.headers["cache-control"] == "no-cache"


def test_the_maths_font(client: TestClient):
    url = client.app.state.assets.url("fonts/stix-two-math.woff2")
    font = client.get(url)
    assert font.headers["content-type"] == "font/woff2"
    assert font.content[:4] == b"wOF2"
    assert 80_000 < len(font.content) < 200_000
    assert client.get(url).content == font.content


def test_a_changed_file_gets_a_new_address(run, tmp_path):
    (tmp_path / "a.js").write_text("1")

    async def body():
        calls = []
        made = {"b.bin": Made("recipe", lambda: calls.append(1) or b"made")}
        assets = Assets(tmp_path, made, watch=True)
        before = assets.url("a.js")
        assert assets.url("a.js") == before
        (tmp_path / "a.js").write_text("22")
        assert assets.url("a.js") != before
        assert (await assets.get("a.js")).body == b"22"
        assert await assets.get("../a.js") is None
        for _ in range(2):
            assert (await assets.get("b.bin")).body == b"made"
        assert calls == [1]
        fixed = Assets(tmp_path, made, watch=False)
        before = fixed.version
        (tmp_path / "a.js").write_text("333")
        assert fixed.version == before

    run(body())


def test_docs_need_no_other_host(client: TestClient):
    page = client.get("/docs").text
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(files) == 4
    for file in files:
        assert client.get(file).status_code == 200
    assert "{" not in page


def test_health(client: TestClient):
    answer = client.get("/healthz").json()
    assert answer["status"] == "ok"
    assert answer["version"]
