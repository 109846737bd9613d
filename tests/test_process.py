from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from simulator import process
from simulator.clock import real_ms
from simulator.errors import EndpointError, InputError
from simulator.journal import Journal
from simulator.ports import free_claim
from simulator.process import BotProcess
from tests.systems import NEEDS_SIGNALS

LISTENING = """
import os, socket, sys
print("up at", os.environ["SIMULATOR_ENDPOINT"])
print("down the wire", file=sys.stderr)
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    server.accept()[0].close()
"""

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LISTENING

WITH_A_CHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]])
time.sleep(600)
"""


@pytest.fixture
def journal() -> Journal:
    return Journal(real_ms, is_kept=True)


@pytest.fixture
def endpoint() -> str:
    with free_claim() as claim:
        return f"http://127.0.0.1:{claim.port}/hook"


def bot(journal: Journal, endpoint: str, source: str, *arguments: str, **environment: str) -> BotProcess:
    command = (sys.executable, "-c", source, *arguments)
    return BotProcess(command, endpoint=endpoint, environment=environment, journal=journal)


def port(endpoint: str) -> int:
    return process.address_of(endpoint)[1]


async def test_bot_listens_once_it_is_started(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, LISTENING)

    await running.start()
    is_open = await process.is_open("127.0.0.1", port(endpoint))
    has_ended = running.has_ended
    await running.stop()

    assert is_open
    assert not has_ended


async def test_bot_runs_in_the_folder_that_is_named(journal: Journal, endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(LISTENING, "utf-8")
    running = BotProcess(
        (sys.executable, "bot.py"), endpoint=endpoint, environment={}, journal=journal, folder=str(tmp_path)
    )

    await running.start()
    has_ended = running.has_ended
    await running.stop()

    assert not has_ended


def test_program_beside_the_project_is_found_there(tmp_path: Path) -> None:
    (found,) = process._resolved((str(Path("bin", "bot")),), str(tmp_path))

    assert found == str(tmp_path / "bin" / "bot")


async def test_stopped_bot_has_freed_its_port(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, LISTENING)
    await running.start()

    await running.stop()

    assert running.has_ended
    assert not await process.is_open("127.0.0.1", port(endpoint))


async def test_output_of_both_streams_is_kept_and_told(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, LISTENING)

    await running.start()
    await running.stop()

    assert running.output == (f"up at {endpoint}", "down the wire")
    assert [entry.data["line"] for entry in journal.entries if entry.kind == "BotWrote"] == list(running.output)


async def test_bot_finds_the_variables_beside_our_own(
    journal: Journal, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_PERSON", "here")
    source = "import os; print(os.environ['OF_THE_PERSON'], os.environ['ACME_TOKEN'])"
    running = bot(journal, endpoint, source, ACME_TOKEN="t")

    with pytest.raises(EndpointError):
        await running.start()

    assert running.output == ("here t",)


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
async def test_bot_calls_this_machine_past_a_proxy(
    journal: Journal, endpoint: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "corp.example")
    source = "import os; print(os.environ['no_proxy'], os.environ['NO_PROXY'])"
    running = bot(journal, endpoint, source)

    with pytest.raises(EndpointError):
        await running.start()

    assert running.output[0].split() == 2 * ["corp.example,127.0.0.1,localhost,::1"]


async def test_bot_that_ends_at_once_is_told_with_its_exit_code_and_output(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, "import sys; print('no token'); sys.exit(7)")

    with pytest.raises(EndpointError) as caught:
        await running.start()

    problem = caught.value.problems[0]
    assert problem.code == "bot-not-started"
    assert problem.what == f"the bot ended with exit code 7 before it listened at 127.0.0.1:{port(endpoint)}"
    assert "| no token" in problem.why
    assert "PORT" in problem.fix
    assert "SIMULATOR_ENDPOINT" in problem.fix


async def test_bot_that_opens_no_port_is_told_and_ended(journal: Journal, endpoint: str) -> None:
    command = (sys.executable, "-c", "import time; time.sleep(600)")
    running = BotProcess(command, endpoint=endpoint, environment={}, journal=journal, starting_ms=300)

    with pytest.raises(EndpointError, match=r"does not listen at .* after 300ms"):
        await running.start()

    assert running.has_ended


async def test_unknown_program_is_wrong_input(journal: Journal, endpoint: str) -> None:
    running = BotProcess(("no-such-program", "x"), endpoint=endpoint, environment={}, journal=journal)

    with pytest.raises(InputError) as caught:
        await running.start()

    assert caught.value.problems[0].code == "bot-not-started"
    assert caught.value.problems[0].at == "no-such-program x"


async def test_empty_command_is_wrong_input(journal: Journal, endpoint: str) -> None:
    with pytest.raises(InputError):
        await BotProcess((), endpoint=endpoint, environment={}, journal=journal).start()


async def test_taken_port_is_told_before_the_bot_is_started(
    journal: Journal, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "FREEING_MS", 0)
    running = bot(journal, endpoint, LISTENING)

    with socket.create_server(("127.0.0.1", port(endpoint))), pytest.raises(InputError) as caught:
        await running.start()

    assert caught.value.problems[0].code == "port-taken"
    assert not running.has_ended
    assert running.exit_code is None


@NEEDS_SIGNALS
async def test_bot_that_will_not_end_is_killed(
    journal: Journal, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "ENDING_MS", 100)
    running = bot(journal, endpoint, STUBBORN)
    await running.start()

    await running.stop()

    assert process.show_exit(running.exit_code or 0) == "signal SIGKILL"


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
async def test_children_of_the_bot_end_with_it(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, WITH_A_CHILD, LISTENING)
    await running.start()

    await running.stop()

    # It was the child that listened.
    assert not await process.is_open("127.0.0.1", port(endpoint))


async def test_bot_that_ends_by_itself_is_told_in_the_journal(journal: Journal, endpoint: str) -> None:
    dying = LISTENING.replace("while True:\n    server.accept()[0].close()", "server.accept()[0].close(); sys.exit(3)")
    ended = asyncio.Event()
    journal.subscribe(lambda entry: ended.set() if entry.kind == "BotEnded" else None)
    running = bot(journal, endpoint, dying)

    await running.start()
    await ended.wait()
    await running.stop()

    assert journal.entries[-1].data == {"exit_code": 3, "said": "exit code 3"}


async def test_bot_that_we_end_is_not_told_as_one_that_ended(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, LISTENING)

    await running.start()
    await running.stop()

    assert "BotEnded" not in [entry.kind for entry in journal.entries]


async def test_long_line_without_end_is_cut(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, "import sys; sys.stdout.write('x' * 100_000)")

    with pytest.raises(EndpointError):
        await running.start()

    assert {len(line) for line in running.output} == {process.LONGEST_LINE_BYTES}


async def test_long_line_is_cut_between_words(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, 'print((\'{"token":"s3cret-Äpfel/+=."}\' * 400))')

    with pytest.raises(EndpointError):
        await running.start()

    assert len(running.output) > 1
    assert "".join(running.output) == '{"token":"s3cret-Äpfel/+=."}' * 400
    assert all(len(line.encode()) <= process.LONGEST_LINE_BYTES for line in running.output)
    assert sum(line.count("s3cret-Äpfel/+=.") for line in running.output) == 400


async def test_only_the_last_lines_are_kept(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, "for number in range(1000): print(number)")

    with pytest.raises(EndpointError):
        await running.start()

    assert running.output == tuple(str(number) for number in range(800, 1000))


async def test_cancelled_start_leaves_no_bot_behind(journal: Journal, endpoint: str) -> None:
    running = bot(journal, endpoint, "import time; time.sleep(600)")
    is_up = asyncio.Event()
    journal.subscribe(lambda entry: is_up.set() if entry.kind == "BotStarted" else None)
    starting = asyncio.create_task(running.start())
    await is_up.wait()

    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert running.has_ended


async def test_port_is_waited_for(endpoint: str) -> None:
    waiting = asyncio.create_task(process.wait_for_port("127.0.0.1", port(endpoint), wait_ms=20_000))
    await asyncio.sleep(0)

    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port(endpoint))
    async with server:
        await waiting


async def test_port_that_stays_closed_is_unreachable(endpoint: str) -> None:
    with pytest.raises(EndpointError, match=r"nobody listens at .* after 50ms"):
        await process.wait_for_port("127.0.0.1", port(endpoint), wait_ms=50)


async def test_stop_before_start_does_nothing(journal: Journal, endpoint: str) -> None:
    await bot(journal, endpoint, LISTENING).stop()

    assert not journal.entries


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:3000/hook", ("127.0.0.1", 3000)),
        ("https://bot.example/hook", ("bot.example", 443)),
        ("http://[::1]/", ("::1", 80)),
    ],
)
def test_address_of_url_is_its_host_and_port(url: str, address: tuple[str, int]) -> None:
    assert process.address_of(url) == address


def test_exit_is_told_in_words() -> None:
    assert process.show_exit(1) == "exit code 1"
    assert process.show_exit(-200) == "signal 200"
    assert os.name == "nt" or process.show_exit(-9) == "signal SIGKILL"
