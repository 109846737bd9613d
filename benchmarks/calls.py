"""Calls per second that `serve` answers, against a bare aiohttp.web handler that reads JSON and writes JSON."""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from turns import FOLDER, RECEIVER, ROOT, SENDER, environment, pinned, rounds, show

sys.path.insert(0, str(ROOT))

REFERENCE = "bare aiohttp.web"
MESSAGE = json.dumps({"role": "appMaker", "type": "text", "text": "Your order is on its way"})
CASES = {
    REFERENCE: ("", MESSAGE),
    "serve: asked for a person": ("GET", ""),
    "serve: a message sent": ("POST", MESSAGE),
}


async def bare() -> None:
    """Serve it until stopped."""
    from aiohttp import web

    async def answer(request: web.Request) -> web.Response:
        said = await request.json()
        return web.json_response({"message": {"_id": "5c1f9a3be4d1f2001c8a7b10", "text": said["text"]}})

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"ready http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def call_of(method: str) -> tuple[str, list[str]]:
    """Give path and headers of the call."""
    from simulator import catalog, providers
    from simulator.cli.sample import introduce
    from simulator.world import World

    known, provider = catalog.load("smooch"), providers.load("smooch")
    options = catalog.options_with(known, {})
    world = World(credentials=catalog.credentials_with(known, {}), options=options, limits=known.limits)
    person = introduce(world, provider, 1)[0]["id"]
    key = base64.b64encode(f"{world.credentials['key_id']}:{world.credentials['key_secret']}".encode()).decode()
    path = f"/smooch/v1.1/apps/{options['app_id']}/appusers/{person}"
    headers = [f"Authorization: Basic {key}", "Content-Type: application/json"]
    return (path if method == "GET" else f"{path}/messages"), headers


def cpu_s(pid: int) -> float:
    """Give the CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name: str, seconds: float) -> dict[str, float]:
    """Give the rate of one case and the CPU that the server takes for a call."""
    method, body = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "said")
        command = [sys.executable, __file__, "--bare"]
        if method:
            command = [sys.executable, "-m", "simulator", "serve", "smooch", "-q", "--listen", ":0", "--seed", "1"]
            command += ["--journal", str(Path(folder, "journal.jsonl"))]
        with (
            said.open("w") as out,
            subprocess.Popen(pinned(RECEIVER, command), stdout=out, env=environment(), cwd=ROOT) as server,
        ):
            while (found := re.search(r"ready (http://\S+)\n", said.read_text("utf-8"))) is None:
                time.sleep(0.05)
            before_s = cpu_s(server.pid)
            path, headers = call_of(method)
            caller = [
                sys.executable,
                str(FOLDER / "caller.py"),
                method or "POST",
                found[1] + path,
                str(seconds),
                *headers,
            ]
            told = subprocess.run(pinned(SENDER, caller), input=body, capture_output=True, text=True, check=False)
            used_s = cpu_s(server.pid) - before_s
            server.terminate()
    if told.returncode:
        raise SystemExit(f"{name}: {told.stderr}")
    rate, count = told.stdout.split()
    return {"rate": float(rate), "cpu_us": used_s / int(count) * 1e6}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--secs", type=float, default=2.0)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    switches = parser.parse_args()
    if switches.bare:
        asyncio.run(bare())
        return
    show(rounds({name: partial(measure, name, switches.secs) for name in CASES}, switches.rounds), REFERENCE, "calls")


if __name__ == "__main__":
    main()
