"""The command line, as a user meets it."""

import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from app import __version__
from app.__main__ import _is_loopback, main

DEEP = "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nassert f(900) == 900\n"
SIN = "w = torch.ones(1, requires_grad=True)\nx = w\nfor i in range(5000): x = torch.sin(x)\n"
ROWS = [{"optimizer": "sgd"}] * 20
# route, request, and what a public server says; one for this machine answers "ok"
WIDE: list[tuple[str, dict[str, Any], str]] = [
    ("trace", {"source": "x = tf.zeros((3000, 3000)) + tf.zeros((3000, 3000))"}, "limit"),
    ("trace", {"source": DEEP}, "limit"),
    ("trace", {"source": f"{SIN}x.sum().backward()"}, "limit"),
    ("trace", {"source": f"print(2**40000)\nx = {'9' * 12_000}\nprint(x + 1)"}, "syntax"),
    ("trace", {"source": "x = 1\n" + "#" * 200_000}, "invalid"),
    ("descents", {"objective": {"function": "beale"}, "runs": ROWS, "steps": 9}, "invalid"),
    ("descents", {"objective": {"function": "beale"}, "steps": 12_000}, "invalid"),
    ("landscapes", {"objective": {"function": "beale"}, "x": {"points": 900}}, "invalid"),
]


def test_the_server_says_where_it_is_and_answers(server):
    with urllib.request.urlopen(f"{server}/healthz", timeout=10) as answer:
        assert answer.read() == b'{"status":"ok","version":"%s"}' % __version__.encode()
        assert "server" not in answer.headers


def test_small_answers_are_sent_at_once(server):
    """Without TCP_NODELAY each answer on a kept connection takes 40 ms."""
    host, port = server.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    times = []
    for _ in range(40):
        start = time.perf_counter()
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        times.append(time.perf_counter() - start)
    connection.close()
    assert sorted(times[20:])[5] < 0.03  # most may wait for a busy machine


def test_a_taken_port_is_explained(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    assert "--port" in capsys.readouterr().err
    assert main(["serve", "--port", "99999"]) == 1


def test_a_bad_setting_is_explained(monkeypatch, capsys):
    monkeypatch.setenv("GRADTAPE_WORKERS", "many")
    assert main(["serve", "--port", "0"]) == 2
    assert "GRADTAPE_WORKERS" in capsys.readouterr().err


def test_the_version():
    command = [sys.executable, "-m", "app", "--version"]
    assert __version__ in subprocess.run(command, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("x.org", False)],
)
def test_loopback(host, loopback):
    assert _is_loopback(host) is loopback


def test_for_this_machine_the_limits_are_ten_times_as_wide(start):
    with start() as public, start("--local") as local:
        limits = [
            json.load(urllib.request.urlopen(f"{one}/api/v1/meta"))["limits"]
            for one in (public, local)
        ]
        assert {name: 10 * limit for name, limit in limits[0].items()} == limits[1]
        for route, asked, public_answer in WIDE:
            answers = []
            for one in (public, local):
                request = urllib.request.Request(
                    f"{one}/api/v1/{route}",
                    json.dumps(asked).encode(),
                    {"Content-Type": "application/json"},
                )
                try:
                    with urllib.request.urlopen(request, timeout=300) as answer:
                        answers.append(json.load(answer)["status"])
                except urllib.error.HTTPError as refused:
                    answers.append(json.load(refused)["code"])
            assert answers == [public_answer, "ok"], asked


def test_wide_limits_are_for_this_machine_only(capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--local", "--host", "0.0.0.0", "--port", "0"])
    assert "--local is for this machine" in capsys.readouterr().err
