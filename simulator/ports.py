"""Ports of this machine, and who of the simulators on it uses which: two runs at once shall not start a bot on one."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import socket
import tempfile
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from simulator.locks import is_locked

MOST_TRIES = 50
"""So many ports are looked at before one is taken that somebody else has claimed too."""

OURS = range(20_000, 32_000)
"""Ports below those that systems give to whoever asks for any: none is lost before the bot listens there."""
STRIDE = 131
"""So far apart do processes that were started one after another begin to look."""
_looks = itertools.count()


class Claim:
    """One port, which no other run of a simulator on this machine uses as long as this is held."""

    _held: ClassVar[Counter[int]] = Counter()
    """Port → how often this process holds it: a run may claim what it has chosen once more when the bot starts."""
    _files: ClassVar[dict[int, int]] = {}

    def __init__(self, port: int) -> None:
        """Claim nothing yet."""
        self.port = port
        self.is_held = False

    def take(self) -> bool:
        """Claim the port; False where another run has done so."""
        if not self.is_held and (self._held[self.port] or self._lock()):
            self._held[self.port] += 1
            self.is_held = True
        return self.is_held

    def release(self) -> None:
        """Let others have it; so it is when it was released before."""
        if self.is_held:
            self.is_held = False
            self._held[self.port] -= 1
            if not self._held[self.port]:
                self._unlock()

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _lock(self) -> bool:
        """Lock the file that stands for the port; where no file can be made, nobody can be asked."""
        path = self._path
        while True:
            try:
                number = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError:
                return True
            if not is_locked(number):
                os.close(number)
                return False
            if _is_file(path, number):
                self._files[self.port] = number
                atexit.register(self._unlock)
                return True
            # Whoever held it has taken the file away in the meantime, and the lock means nothing.
            os.close(number)

    def _unlock(self) -> None:
        atexit.unregister(self._unlock)
        number = self._files.pop(self.port, None)
        if number is None:
            return
        # As long as it is locked, nobody else can come to hold a file that is gone. Windows removes none that is open.
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(number)

    @property
    def _path(self) -> Path:
        return Path(tempfile.gettempdir(), f"simulator-port-{self.port}.lock")


def _is_file(path: Path, number: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(number))
    except OSError:
        return False


def free_claim() -> Claim:
    """Give a claimed port of this machine at which nobody listens."""
    claim = Claim(_free_port())
    for _ in range(MOST_TRIES):
        if not Claim._held[claim.port] and claim.take():
            return claim
        claim = Claim(_free_port())
    return claim


def _free_port() -> int:
    for _ in range(MOST_TRIES):
        port = OURS[(os.getpid() * STRIDE + next(_looks)) % len(OURS)]
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
