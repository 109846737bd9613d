"""The bot's program: started with what it has to know, waited for until it listens, ended with all its children."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import ipaddress
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulator.clock import real_ms, wall_ms
from simulator.errors import EndpointError, InputError, Problem
from simulator.journal import Journal
from simulator.ports import Claim
from simulator.settings import STARTING_MS
from simulator.units import show_ms

OUTPUT_LINES = 200
"""So much of the bot's output is kept."""

TOLD_LINES = 12
"""So much of it stands in a message."""

LONGEST_LINE_BYTES = 4_000
"""A longer line is cut into several, between two words where it has some."""

_WHOLE_WORDS = re.compile(rb".*[^\w+/=.%~\x80-\xff-]", re.DOTALL)
"""Half a secret in one line and half in the next would not be known for one, and would be shown."""

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")

ENDING_MS = 3_000
"""How long a bot may take to end by itself once it is told to."""

FREEING_MS = 500
"""How long a port may still be held by a bot that has just been ended."""

DRAINING_S = 1.0
"""How long the rest of its output is waited for after its end."""

POLL_S = 0.02
CONNECT_S = 0.25
"""Windows takes two seconds to say that nobody listens."""


class BotProcess:
    """One run of the bot's program."""

    def __init__(
        self,
        command: tuple[str, ...],
        *,
        endpoint: str,
        environment: Mapping[str, str],
        journal: Journal,
        folder: str = "",
        starting_ms: float = STARTING_MS,
    ) -> None:
        """
        Prepare; nothing runs before `start`.

        It runs in `folder`, in the working directory if that is empty, and has `starting_ms` of real time until it
        listens. The bot finds the `environment` beside ours, the endpoint's URL as `SIMULATOR_ENDPOINT` and its port as
        `PORT`; it reaches this machine past any proxy.
        """
        self.command = command
        self.endpoint = endpoint
        self._folder = folder
        self._host, self._port = address_of(endpoint)
        self._environment = {
            **past_proxies(os.environ),
            **environment,
            "SIMULATOR_ENDPOINT": endpoint,
            "PORT": str(self._port),
        }
        self._starting_ms = starting_ms
        self._journal = journal
        self._lines: deque[str] = deque(maxlen=OUTPUT_LINES)
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._is_up = False
        self._claim = Claim(self._port)

    @property
    def output(self) -> tuple[str, ...]:
        """The last lines that the bot wrote, standard output and standard error as they came."""
        return tuple(self._lines)

    @property
    def exit_code(self) -> int | None:
        """What it ended with, negative for a signal; None while it runs or was never started."""
        return self._process.returncode if self._process is not None else None

    @property
    def has_ended(self) -> bool:
        """True once it was started and runs no more."""
        return self.exit_code is not None

    async def start(self) -> None:
        """
        Start the program; it listens at the endpoint when this returns.

        Raises:
            InputError: there is no such program, or somebody else listens at the endpoint already.
            EndpointError: it ended at once, or does not listen in its time.
        """
        await self._refuse_taken_port()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *_resolved(self.command, self._folder),
                cwd=self._folder or None,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                # Without this a Python bot keeps its words to itself until it ends.
                env={"PYTHONUNBUFFERED": "1", **os.environ, **self._environment},
                **_own_group(),
            )
        except (OSError, ValueError) as error:
            self._claim.release()
            raise InputError(self._cannot_start(error)) from error
        # Whatever ends us, the bot shall not hold its port any longer.
        atexit.register(self._kill)
        self._journal.append("BotStarted", {"command": self.command, "endpoint": self.endpoint}, at_ms=wall_ms())
        self._reading = asyncio.create_task(self._read(self._process))
        try:
            trouble = await self._listening_trouble(self._process)
        except BaseException:
            await self.stop()
            raise
        if trouble:
            await self.stop()
            raise EndpointError(self._does_not_listen(trouble))
        self._is_up = True

    async def stop(self) -> None:
        """
        End the program with all that it started: it is asked to, and killed after 3 s. It may have ended before.

        Where the task was told to end a second time, as by another Ctrl-C, it is killed at once.
        """
        process, reading = self._process, self._reading
        self._is_up = False
        if process is None or reading is None:
            self._claim.release()
            return
        task = asyncio.current_task()
        is_hurried = task is not None and task.cancelling() > 1
        try:
            if process.returncode is None and not is_hurried:
                _terminate(process.pid)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ENDING_MS / 1000):
                        await process.wait()
        finally:
            self._kill()
            atexit.unregister(self._kill)
            self._claim.release()
            # A grandchild in a group of its own may hold the pipe open for ever.
            giving_up = asyncio.get_running_loop().call_later(DRAINING_S, reading.cancel)
        await process.wait()
        await asyncio.wait({reading})
        giving_up.cancel()

    # --- starting ----------------------------------------------------------------------------------------------------

    async def _refuse_taken_port(self) -> None:
        # What lies elsewhere is a tunnel to the bot, and may well be open before it.
        if not _is_local(self._host):
            return
        until_ms = real_ms() + FREEING_MS
        # Another run that is about to start a bot there has claimed the port before anybody listens at it.
        while not self._claim.take() or await is_open(self._host, self._port):
            if real_ms() > until_ms:
                self._claim.release()
                raise InputError(
                    Problem(
                        code="port-taken",
                        what=f"port {self._port} is taken, so the bot cannot listen there",
                        where="--bot",
                        at=self.endpoint,
                        why="another program already listens there, maybe a bot of an earlier run",
                        fix="end that program; or leave out --bot to test it; or name another --endpoint",
                    )
                )
            await asyncio.sleep(POLL_S)

    async def _listening_trouble(self, process: asyncio.subprocess.Process) -> str:
        """Wait until the bot listens; give what happened instead, or nothing."""
        ended = asyncio.create_task(process.wait())
        until_ms = real_ms() + self._starting_ms
        place = f"{self._host}:{self._port}"
        try:
            while not await is_open(self._host, self._port):
                if ended.done():
                    return f"the bot ended with {show_exit(ended.result())} before it listened at {place}"
                if real_ms() > until_ms:
                    return f"the bot does not listen at {place} after {show_ms(self._starting_ms)}"
                await asyncio.wait({ended}, timeout=POLL_S)
            if ended.done():
                return f"the bot ended with {show_exit(ended.result())}; somebody else listens at {place}"
        finally:
            ended.cancel()
        return ""

    def _cannot_start(self, error: Exception) -> Problem:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        name = self.command[0] if self.command else ""
        other = "python3" if name == "python" else "python" if name == "python3" else ""
        has_other = isinstance(error, FileNotFoundError) and bool(other) and shutil.which(other) is not None
        return Problem(
            code="bot-not-started",
            what="the bot cannot be started",
            where="--bot",
            at=_shown(self.command),
            why=f'"{name}": {why}',
            fix=f'there is a "{other}"' if has_other else f"try the same command in {self._folder or 'this folder'}",
        )

    def _does_not_listen(self, trouble: str) -> Problem:
        told = self.output[-TOLD_LINES:]
        why = "its last output:" + "".join(f"\n        | {line}" for line in told) if told else "it wrote nothing"
        return Problem(
            code="bot-not-started",
            what=trouble,
            where="--bot",
            at=_shown(self.command),
            why=why,
            fix=f"let it listen at {self._port}, which it finds as PORT, and in SIMULATOR_ENDPOINT as {self.endpoint}; "
            "or name its own address with --endpoint",
        )

    # --- while it runs -----------------------------------------------------------------------------------------------

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Take in the output until there is no more, and tell where the bot ends by itself."""
        assert process.stdout is not None
        rest = b""
        while chunk := await process.stdout.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._take(self._shortened(line))
            rest = self._shortened(rest)
        if rest:
            self._take(rest)
        exit_code = await process.wait()
        if self._is_up:
            self._journal.append("BotEnded", {"exit_code": exit_code, "said": show_exit(exit_code)}, at_ms=wall_ms())

    def _shortened(self, line: bytes) -> bytes:
        """Take in as much of a line as is too long, and give the rest of it."""
        while len(line) > LONGEST_LINE_BYTES:
            words = _WHOLE_WORDS.match(line, 0, LONGEST_LINE_BYTES)
            end = words.end() if words else LONGEST_LINE_BYTES
            self._take(line[:end])
            line = line[end:]
        return line

    def _take(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r")
        self._lines.append(text)
        self._journal.append("BotWrote", {"line": text}, at_ms=wall_ms())

    def _kill(self) -> None:
        if self._process is not None:
            _kill(self._process.pid)


def past_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the variables by which a program calls this machine itself, also where it has a proxy for all else."""
    known = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    return dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(filter(None, (known, *LOCAL_NAMES))))


def show_exit(code: int) -> str:
    """Give an exit code as a person would say it: `exit code 1`, `signal SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def address_of(url: str) -> tuple[str, int]:
    """Give host and port of a URL that was checked before."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or (443 if parts.scheme == "https" else 80)


async def is_open(host: str, port: int) -> bool:
    """True where somebody accepts connections there."""
    try:
        async with asyncio.timeout(CONNECT_S if _is_local(host) else 10 * CONNECT_S):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:  # a TimeoutError is one, and so is an unknown host
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def wait_for_port(host: str, port: int, *, wait_ms: float) -> None:
    """
    Return once somebody listens there.

    Raises:
        EndpointError: nobody does in that time.
    """
    until_ms = real_ms() + wait_ms
    while not await is_open(host, port):
        if real_ms() > until_ms:
            raise EndpointError(
                Problem(
                    code="endpoint-unreachable",
                    what=f"nobody listens at {host}:{port} after {show_ms(wait_ms)}",
                    where="--wait-for-endpoint",
                    fix="start the bot; or let the simulator start it by --bot; or name its address with --endpoint",
                )
            )
        await asyncio.sleep(POLL_S)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") == "localhost"


def _shown(command: Sequence[str]) -> str:
    return subprocess.list2cmdline(command)


def _resolved(command: Sequence[str], folder: str) -> list[str]:
    """Give the command with its program's path, since Windows starts `npm.cmd` by that alone."""
    if not command:
        raise ValueError("the command is empty")
    program = command[0]
    if folder and Path(program).name != program:
        # Windows would look for ./bot.exe where we are, not where it is to run.
        program = str(Path(folder, program).absolute())
    return [shutil.which(program) or program, *command[1:]]


if sys.platform == "win32":

    def _own_group() -> dict[str, Any]:
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

    def _terminate(pid: int) -> None:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.CTRL_BREAK_EVENT)

    def _kill(pid: int) -> None:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)

else:

    def _own_group() -> dict[str, Any]:
        return {"start_new_session": True}

    def _terminate(pid: int) -> None:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGTERM)

    def _kill(pid: int) -> None:
        # A group of which nobody is left gives an error, and on macOS so does one of which only zombies are.
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
