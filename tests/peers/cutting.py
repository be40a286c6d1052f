"""A connection that breaks: a proxy before any server, which cuts after so many bytes of its answers."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Cutter:
    """The proxy: how many connections it has still to cut, and after how many bytes of the server."""

    port: int
    cuts: int = 0
    after_bytes: int = 0
    done: int = 0


@contextmanager
def cutting(port: int) -> Iterator[Cutter]:
    """A proxy before the server at a port of the loopback address."""
    listener = socket.create_server(("127.0.0.1", 0))
    cutter = Cutter(listener.getsockname()[1])
    threading.Thread(target=_accept, args=(listener, port, cutter), daemon=True).start()
    yield cutter
    listener.close()


def _accept(listener: socket.socket, port: int, cutter: Cutter) -> None:
    with contextlib.suppress(OSError):  # the listener is closed at the end
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_forward, args=(client, server, None), daemon=True).start()
            threading.Thread(target=_forward, args=(server, client, cutter), daemon=True).start()


def _forward(source: socket.socket, target: socket.socket, cutter: Cutter | None) -> None:
    passed = 0
    with contextlib.suppress(OSError):
        while block := source.recv(1024):
            passed += len(block)
            if cutter is not None and cutter.cuts and passed > cutter.after_bytes:
                cutter.cuts -= 1
                cutter.done += 1
                break
            target.sendall(block)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
