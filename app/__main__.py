"""The command line: `gradtape serve`, also `python -m app serve`."""

import argparse
import contextlib
import dataclasses
import ipaddress
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence

import uvicorn

from app import __version__
from app.main import create_app
from app.web.protocol import PatientProtocol
from app.web.settings import Settings
from app.work.limits import LOCAL


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the command and does it; the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="gradtape",
        description="Paste training code and watch it, one operation at a time.",
    )
    parser.add_argument("--version", action="version", version=f"gradtape {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the pages and the API")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serving.add_argument(
        "--port", type=int, default=8000, help="port to listen on, 0 for a free one (%(default)s)"
    )
    serving.add_argument(
        "--local",
        action="store_true",
        help="ten times the limits of a public server, for this machine only",
    )
    serving.add_argument("--open", action="store_true", help="open a browser")
    chosen = parser.parse_args(arguments)
    if chosen.local and not _is_loopback(chosen.host):
        parser.error(f"--local is for this machine; {chosen.host} can be reached from others")
    return serve(chosen.host, chosen.port, open_browser=chosen.open, local=chosen.local)


def serve(host: str, port: int, *, open_browser: bool = False, local: bool = False) -> int:
    """Serves until it is told to stop."""
    try:
        settings = Settings.from_environment()
        listener = _listen(host, port)
    except (OSError, OverflowError) as error:
        print(f"gradtape cannot listen on {host}, port {port}: {error}", file=sys.stderr)
        print("Another port can be chosen with --port, or with PORT= for make.", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"gradtape: {error}", file=sys.stderr)
        return 2
    if local:
        most = LOCAL * settings.max_body
        settings = dataclasses.replace(settings, local=True, max_body=most)
    shown = f"[{host}]" if ":" in host else host
    if not _is_loopback(host):
        print(
            f"gradtape: {host} can be reached from other machines. It answers to {shown} and to"
            " the names in GRADTAPE_HOSTS only; put a proxy with TLS before it.",
            file=sys.stderr,
        )
        settings = dataclasses.replace(settings, hosts=(*settings.hosts, shown.lower()))
    address = f"http://{shown}:{listener.getsockname()[1]}/"
    config = uvicorn.Config(
        create_app(settings),
        http=PatientProtocol,
        ws="none",
        loop="asyncio",
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    print(f"Gradtape serves on {address} (Ctrl-C ends it)", flush=True)
    if local:
        print("Programs have ten times the limits of a public server.", flush=True)
    if open_browser:
        timer = threading.Timer(1.0, webbrowser.open, (address,))
        timer.daemon = True
        timer.start()
    with listener, contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Told that this is TCP, asyncio sends small packets at once; else each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)  # from here on a browser may knock; it is answered a moment later
    except BaseException:
        listener.close()
        raise
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    sys.exit(main())
