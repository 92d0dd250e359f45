"""Many at once on a real port: equal requests are one run, too many are turned away in a sentence,
and a worker that is killed costs nobody an answer."""

import http.client
import json
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Barrier
from typing import Any, NamedTuple

from processes import children

TRAINED = """\
w = torch.tensor(1.0, requires_grad=True)
for i in range({passes}):
    loss = (w * 3.0 - 1.0) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        w.grad = None
"""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any


def post(address: str, source: str) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    body, headers = json.dumps({"source": source}), {"Content-Type": "application/json"}
    connection.request("POST", "/api/v1/trace", body, headers)
    response = connection.getresponse()
    found = Answer(response.status, dict(response.getheaders()), json.load(response))
    connection.close()
    return found


def at_once(address: str, sources: Sequence[str]) -> list[Answer]:
    """All of them, sent in the same moment."""
    together = Barrier(len(sources))

    def one(source: str) -> Answer:
        together.wait()
        return post(address, source)

    with ThreadPoolExecutor(len(sources)) as threads:
        return list(threads.map(one, sources))


def test_equal_requests_at_once_are_one_run(serve):
    with serve(workers=1) as address:
        equal = at_once(address, ["numbered a"] * 8)
        other = at_once(address, ["numbered b", "numbered c", "numbered c"])
        last = post(address, "numbered d")
    assert {one.status for one in [*equal, *other, last]} == {200}
    assert [one.body["run"] for one in equal] == [1] * 8
    b, c, again = (one.body["run"] for one in other)
    assert {b, c} == {2, 3} and again == c
    assert last.body["run"] == 4


def test_who_finds_the_queue_full_is_told_when_to_come_again(serve):
    with serve(workers=1, waiting=2) as address:
        held = streaming(address, "forever")
        assert held.getresponse().readline() == b"event: progress\n"
        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(post, address, f"echo {i}") for i in range(8)]
            turned = [one.result() for one in islice(as_completed(asked), 6)]
            held.close()
        assert sorted(one.result().status for one in asked) == [200] * 2 + [503] * 6
        for one in turned:
            assert int(one.headers["retry-after"]) > 0
            assert one.headers["content-type"] == "application/problem+json"
            assert one.body["code"] == "busy" and one.body["detail"].endswith(".")
        assert post(address, "echo").status == 200  # the queue is empty again


def streaming(address: str, source: str) -> http.client.HTTPConnection:
    """A connection that has asked for the events of a program's run."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    connection.request("POST", "/api/v1/trace", json.dumps({"source": source}), headers)
    return connection


def events(response: http.client.HTTPResponse, heard: Callable[[], None]) -> tuple[str, Any]:
    """The last event and its data; `heard` is called at the first sign of progress."""
    name, data = "", None
    waiting = True
    for line in response:
        word, _, text = line.decode().rstrip("\n").partition(": ")
        if word == "event":
            name = text
        elif word == "data":
            data = json.loads(text)
            if name == "progress" and waiting:
                waiting = False
                heard()
    assert not waiting, "no progress was told"
    return name, data


def test_a_worker_killed_in_the_midst_is_replaced_and_its_request_answered(start, monkeypatch):
    monkeypatch.setenv("GRADTAPE_WORKERS", "1")
    source, before = TRAINED.format(passes=600), children(os.getpid())
    with start() as address:
        (server,) = set(children(os.getpid())) - set(before)
        usual = post(address, source).body
        (victim,) = children(server)
        connection = streaming(address, f"{source}# again\n")
        ended = events(connection.getresponse(), lambda: os.kill(victim, signal.SIGKILL))
        connection.close()
        assert ended == ("result", usual)
        assert children(server) != [victim]
        assert post(address, f"{source}# and again\n").body == usual
