"""A checkout without its dependencies: makes `.venv`, installs into it, starts again there. Standard library only."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import NoReturn

    from simulator.errors import Problem

# Every start passes through here, so that each function imports what it needs.

DISTRIBUTION = "webhook-simulator"
ROOT = Path(__file__).resolve().parent.parent
STAMP = ".simulator-stamp"
UNFINISHED = "unfinished"
"""Stands in the stamp instead of the hash while a set-up goes on, and after one that was cut off."""
LOCK = ".simulator-lock"
STARTED = "SIMULATOR_BOOTSTRAP_STARTED"
"""Set for the program that a set-up starts, and taken away by it: nobody starts again twice."""


def ensure(extra: str = "") -> None:
    """
    Return where this interpreter can run the checkout; elsewhere set up `.venv` and start again in it, never returning.

    `extra` names an extra of pyproject.toml that has to be installed too. Nothing is done in an installed wheel and
    with `SIMULATOR_NO_BOOTSTRAP=1`. A set-up that fails ends the process with 3, Ctrl-C with 130.
    """
    was_started = os.environ.pop(STARTED, "") == str(ROOT)
    is_unwanted = os.environ.get("SIMULATOR_NO_BOOTSTRAP", "0") not in {"", "0"}
    if was_started or is_unwanted or not is_checkout(ROOT) or is_ready(ROOT, extra):
        return
    from simulator.errors import InternalError

    try:
        python = prepare(ROOT, extra)
    except InternalError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    start_again(python)


def tell_missing(missing: ModuleNotFoundError) -> int:
    """
    Give the exit code, a sentence about the module that is not installed having been written to stderr.

    Raises:
        ModuleNotFoundError: it is a module of ours, which no installation brings.
    """
    name = (missing.name or "").partition(".")[0]
    if name in {"simulator", ""}:
        raise missing
    from simulator.errors import InternalError, Problem

    problem = Problem(
        code="not-installed",
        what=f"the module {name} is not installed for this Python",
        why=f"{sys.executable} runs the simulator without its dependencies",
        fix=f"try: {_shown([sys.executable, '-m', 'pip', 'install', '-e', str(ROOT)])}"
        if is_checkout(ROOT)
        else f"install {DISTRIBUTION} again, with its dependencies",
    )
    sys.stderr.write(f"{problem}\n")
    return InternalError.exit_code


def is_checkout(root: Path) -> bool:
    """Tell whether that folder holds our pyproject.toml, as no site-packages does."""
    try:
        return f'name = "{DISTRIBUTION}"' in (root / "pyproject.toml").read_text("utf-8")
    except OSError:
        return False


def is_ready(root: Path, extra: str = "") -> bool:
    """Tell whether this interpreter has the distribution of that checkout installed, with the extra."""
    if Path(sys.prefix).resolve() == (root / ".venv").resolve() and _is_current(root, extra):
        return True  # the same answer as below, without the 15 ms that reading metadata takes

    import importlib.metadata

    try:
        distribution = importlib.metadata.distribution(DISTRIBUTION)
        if _source(distribution.read_text("direct_url.json")) != root.resolve():
            return False
        for requirement in distribution.requires or ():
            name, _, marker = requirement.partition(";")
            if extra and marker.replace("'", '"').strip() == f'extra == "{extra}"':
                importlib.metadata.distribution(name.strip().split("[")[0].rstrip("<>=!~.0123456789, "))
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def prepare(root: Path, extra: str = "") -> Path:
    """
    Give the interpreter of `.venv`, in which the checkout is installed, with the extra.

    Raises:
        InternalError: it could not be made or filled; the message names the command to try.
    """
    from simulator.errors import InternalError

    environment = root / ".venv"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists() and _is_current(root, extra):
        return python
    try:
        environment.mkdir(exist_ok=True)
        with _locked(environment / LOCK):
            if not (python.exists() and _is_current(root, extra)):
                _fill(root, python, extra)
    except OSError as error:
        raise InternalError(_failure(str(error), f"see that {environment} is a folder that can be written")) from error
    return python


def start_again(python: Path) -> NoReturn:
    """Run the same command line under that interpreter and end as it ends."""
    command = [str(python), *sys.orig_argv[1:]]
    surroundings = {**os.environ, STARTED: str(ROOT)}
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":
        sys.exit(_exit_code_of(command, surroundings))
    os.execve(python, command, surroundings)


def _exit_code_of(command: Sequence[str], surroundings: Mapping[str, str]) -> int:
    """Wait for a child to end: what Windows needs, whose exec loses the exit code."""
    import subprocess

    with subprocess.Popen(command, env=surroundings) as child:
        while True:
            # Ctrl-C reaches both processes there, and the child alone answers it.
            with contextlib.suppress(KeyboardInterrupt):
                return child.wait()


def _fill(root: Path, python: Path, extra: str) -> None:
    environment = root / ".venv"
    known = _stamp_words(root)
    if known[2:] == ["dev"]:
        extra = "dev"  # who has tested here before will test again
    # Without a stamp it is the person's own, and good enough if it runs; ours has to be whole and of this Python.
    is_ours = bool(known)
    is_kept = _runs(python) and (not is_ours or (known[0] != UNFINISHED and known[1] == _version()))
    sys.stderr.write("simulator: setting up .venv for this checkout, once; this takes some seconds\n")
    if not is_kept:
        _clear(environment)
    if is_ours or not is_kept:
        (environment / STAMP).write_text(f"{UNFINISHED} {_version()} {extra}", "utf-8")
    wanted = f"{root}[{extra}]" if extra else str(root)
    trouble = ""
    for make, install in _ways(environment, python, wanted):
        trouble = "" if is_kept else _trouble_of(make)
        trouble = trouble or _trouble_of(install)
        if not trouble:
            (environment / STAMP).write_text(_stamp(root, extra), "utf-8")
            return
    from simulator.errors import InternalError

    plainly = [word for word in install if word != "--quiet"]
    raise InternalError(_failure(trouble, f"see that the network is there, or try: {_shown(plainly)}"))


def _ways(environment: Path, python: Path, wanted: str) -> Iterator[tuple[list[str], list[str]]]:
    """Give the commands that make the environment and fill it: the quickest way first, then the one always there."""
    import shutil

    uv = shutil.which("uv")
    if uv:
        yield (
            [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(environment)],
            [uv, "pip", "install", "--quiet", "--python", str(python), "-e", wanted],
        )
    make = [sys.executable, "-m", "venv", str(environment)]
    if _has_pip():
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
        yield [*make, "--without-pip"], [*pip, "install", "--quiet", "-e", wanted]
    else:
        yield make, [str(python), "-m", "pip", "install", "--quiet", "-e", wanted]


def _has_pip() -> bool:
    """Tell whether this interpreter's pip can install into another environment: 22.3 and newer."""
    import importlib.metadata

    try:
        major, minor = importlib.metadata.version("pip").split(".")[:2]
        return (int(major), int(minor)) >= (22, 3)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False


def _trouble_of(command: Sequence[str]) -> str:
    """Run the command; give its last words where it fails, and nothing where it does not."""
    import subprocess

    surroundings = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    # pip's own words about what it could not get, before those about the subprocess that ended for it
    errors = [line for word in ("error:", "ERROR:") for line in lines if line.startswith(word)]
    return (errors or lines or [f"{command[0]} ended with {done.returncode}"])[-1]


def _failure(trouble: str, fix: str) -> Problem:
    from simulator.errors import Problem

    return Problem(code="setup-failed", what="cannot set up .venv for this checkout", why=trouble, fix=fix)


def _runs(python: Path) -> bool:
    """Tell whether that interpreter starts and is new enough."""
    import subprocess

    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _clear(environment: Path) -> None:
    import shutil

    for path in environment.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _stamp(root: Path, extra: str) -> str:
    import hashlib

    digest = hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest()
    return f"{digest} {_version()} {extra}".strip()


def _stamp_words(root: Path) -> list[str]:
    try:
        return (root / ".venv" / STAMP).read_text("utf-8").split()
    except OSError:
        return []


def _is_current(root: Path, extra: str) -> bool:
    """Tell whether `.venv` was set up by this Python from the present pyproject.toml, with at least the extra."""
    words = _stamp_words(root)
    return bool(words) and " ".join(words) in {_stamp(root, extra), _stamp(root, "dev")}


def _source(direct_url: str | None) -> Path | None:
    """Give the folder that a distribution was installed from, as its metadata names it."""
    import json
    import urllib.parse
    import urllib.request

    url = urllib.parse.urlsplit(json.loads(direct_url or "{}").get("url", ""))
    return Path(urllib.request.url2pathname(url.path)).resolve() if url.scheme == "file" else None


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the file for oneself; the system lets go of it when the process ends, however it ends."""
    with path.open("a+b") as file:
        if not _take(file.fileno(), is_patient=False):
            sys.stderr.write("simulator: waiting for another start that sets up .venv\n")
            _take(file.fileno(), is_patient=True)
        yield


if sys.platform == "win32":

    def _take(descriptor: int, *, is_patient: bool) -> bool:
        import msvcrt
        import time

        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if not is_patient:
                    return False
                time.sleep(0.2)
            else:
                return True

else:

    def _take(descriptor: int, *, is_patient: bool) -> bool:
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if is_patient else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


def _shown(command: Sequence[str]) -> str:
    """Give the command as it would be typed."""
    if os.name == "nt":
        import subprocess

        return subprocess.list2cmdline(command)
    import shlex

    return shlex.join(command)
