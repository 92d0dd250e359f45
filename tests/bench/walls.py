"""What attacks get from a server, and how long the next request takes: a table, by hand.

`python tests/bench/walls.py [address]`; without an address it starts a server of its own.
"""

import json
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

S0 = (Path(__file__).parents[1] / "language" / "seeds").glob("s0*")
NEXT = "x = tf.Variable(2.0)\nwith tf.GradientTape() as t:\n    y = x * x\nprint(t.gradient(y, x))"
ATTACKS = {
    "while True: pass": "while True: pass",
    "9**9**9": "x = 9**9**9",
    "'a'*10**10": "x = 'a' * 10**10",
    "10^10 elements": "x = tf.zeros((100000, 100000))",
    "10 MB of source": "x = 1\n" * (10 * 1024 * 1024 // 6),
    "10,000 parentheses": "x = " + "(" * 10_000 + "1" + ")" * 10_000,
    "().__class__": "().__class__",
    "x = x*x": "x = 3\nwhile True: x = x * x",
    "lists without end": "xs = []\nwhile True: xs.append([0] * 90000)",
    "keys of one hash": "p = 2**61 - 1\nx = set([p * i for i in range(1, 60000)])",
    "10^9632 elements": "n = 1 << 4000\nx = np.zeros((n,) * 8)",
    "lists in lists, 2^90": "a = []\nfor i in range(90): a = [a, a]\nx = list(a)",
    "600 zeros in a row": (
        "w = torch.zeros(2, requires_grad=True)\ny = w\n"
        "for i in range(590): y = y * w\ny.sum().backward()"
    ),
    "'%d' * 40000": "s = '%d' * 30000\nwhile True: s % ((1,) * 30000)",
}
RUNS = 20


def posted(address: str, source: str, accept: str = "application/json") -> urllib.request.Request:
    """A program as it is asked for."""
    return urllib.request.Request(
        f"{address}/api/v1/trace",
        json.dumps({"source": source}).encode(),
        {"Content-Type": "application/json", "Accept": accept},
    )


@contextmanager
def server() -> Iterator[str]:
    """The address of a server of our own."""
    command = [sys.executable, "-m", "app", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            words = process.stdout.readline().split()
            yield next(word for word in words if word.startswith("http://")).rstrip("/")
        finally:
            process.terminate()


def asked(address: str, source: str) -> tuple[str, float]:
    """What the server says, and seconds until it has said it."""
    request = posted(address, source)
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, body = response.status, json.load(response)
    except urllib.error.HTTPError as problem:
        status, body = problem.code, json.load(problem)
    except OSError as problem:  # the server hangs up before the body has been sent
        return f"closed: {type(problem).__name__}", time.perf_counter() - begun
    took = time.perf_counter() - begun
    found = body.get("diagnostic") or {}
    told = body.get("status") if status == 200 else body.get("code", "")
    return f"{status} {told} {found.get('code', '')}".strip(), took


def table(address: str) -> None:
    """Prints a line for each attack."""
    for i in range(4):
        asked(address, f"{NEXT}\n# {i}")
    fresh = [asked(address, f"{NEXT}\n# usual {i}")[1] for i in range(RUNS)]
    print(f"usual: median {statistics.median(fresh) * 1000:.0f} ms of {RUNS}")
    for path in S0:
        source = path.read_text()
        times = [asked(address, f"{source}\n# {i}")[1] for i in range(RUNS)]
        print(f"{path.name}: median {statistics.median(times) * 1000:.0f} ms of {RUNS}")
    print(f"{'attack':20} {'got':40} {'seconds':>8} {'next, ms':>9}")
    for name, source in ATTACKS.items():
        got, took = asked(address, source)
        again = asked(address, f"{NEXT}\n# after {name}")
        assert again[0].startswith("200 ok"), again
        print(f"{name:20} {got:40} {took:8.2f} {again[1] * 1000:9.0f}", flush=True)


def main() -> None:
    if len(sys.argv) > 1:
        table(sys.argv[1].rstrip("/"))
        return
    with server() as address:
        table(address)


if __name__ == "__main__":
    main()
