"""Payloads of `generate` a second on one core, against what people write: Faker in Jinja, mimesis, faker-js."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

REFERENCE = "Faker in a Jinja template"
BATCH = 128
TEMPLATE = """{"trigger": "message:appUser", "app": {"_id": "5c1f9a3be4d1f2001c8a7b10"}, "messages": [{
  "_id": "{{ fake.hexify('^' * 24) }}", "type": "text", "text": {{ fake.sentence() | tojson }}, "role": "appUser",
  "authorId": "{{ fake.hexify('^' * 24) }}", "name": {{ fake.name() | tojson }}, "received": {{ now }},
  "source": {"type": "messenger"}}],
  "appUser": {"_id": "{{ fake.hexify('^' * 24) }}", "userId": {{ fake.email() | tojson }}, "properties": {},
  "signedUpAt": "{{ fake.iso8601() }}Z", "clients": [{"active": true, "id": "{{ fake.uuid4() }}",
  "lastSeen": "{{ fake.iso8601() }}Z", "platform": "messenger"}]}}"""
NODE = """
const { faker } = require(process.argv[1]);
faker.seed(1);
const hex = () => faker.string.hexadecimal({ length: 24, casing: 'lower', prefix: '' });
const one = () => { const id = hex(); return JSON.stringify({
  trigger: 'message:appUser', app: { _id: '5c1f9a3be4d1f2001c8a7b10' },
  messages: [{ _id: hex(), type: 'text', text: faker.lorem.sentence(), role: 'appUser', authorId: id,
    name: faker.person.fullName(), received: Date.now() / 1000, source: { type: 'messenger' } }],
  appUser: { _id: id, userId: faker.internet.email(), properties: {}, signedUpAt: faker.date.past().toISOString(),
    clients: [{ active: true, id: faker.string.uuid(), lastSeen: faker.date.past().toISOString(),
      platform: 'messenger' }] } }); };
const out = require('fs').openSync('/dev/null', 'w');
for (let i = 0; i < 2000; i++) one();
let n = 0, bytes = 0;
const began = performance.now(), cpu = process.cpuUsage(), end = began + 1000 * Number(process.argv[2]);
while (performance.now() < end) {
  const lines = []; for (let i = 0; i < 128; i++) lines.push(one());
  const text = lines.join('\\n') + '\\n'; require('fs').writeSync(out, text); n += 128; bytes += text.length; }
const used = process.cpuUsage(cpu);
console.log(JSON.stringify({ rate: n / (performance.now() - began) * 1000, cpu_us: (used.user + used.system) / n,
  bytes: bytes / n }));
"""


def ours(event: str, shape: str = "jsonl") -> Iterator[tuple[int, bytes]]:
    """Give the batches of a corpus without end, from where its pools are filled."""
    from simulator import catalog as catalogs
    from simulator.corpus import mix as mixes
    from simulator.corpus.press import Press
    from simulator.corpus.recipe import Recipe

    catalog = catalogs.load("smooch")
    mix = mixes.only(catalog, [event]) if event else mixes.usual(catalog)
    recipe = Recipe(
        provider="smooch",
        mix=mix,
        seed=1,
        start_ms=1_767_603_600_000,
        count=10**9,
        shape=shape,
        url="http://127.0.0.1/",
    )
    press = Press(recipe, {})
    for block in range(12):
        for _ in press.batches(block, 0, recipe.count):
            pass
    yield 0, b""
    for block in range(10**6):
        for batch in press.batches(block, 0, recipe.count):
            yield batch.count, batch.content


def of_lines(line: Callable[[], bytes]) -> Iterator[tuple[int, bytes]]:
    """Give batches of lines without end."""
    line()
    yield 0, b""
    while True:
        yield BATCH, b"\n".join([line() for _ in range(BATCH)]) + b"\n"


def faker_in_jinja() -> Iterator[tuple[int, bytes]]:
    """Give what most people write."""
    from faker import Faker
    from jinja2 import Environment

    fake = Faker()
    fake.seed_instance(1)
    template = Environment().from_string(TEMPLATE)
    return of_lines(lambda: template.render(fake=fake, now=f"{time.time():.3f}").encode())


def mimesis_and_orjson() -> Iterator[tuple[int, bytes]]:
    """Give what people write who are in a hurry: a dict of drawn values, written by what writes JSON fastest."""
    import orjson
    from mimesis import Generic, Locale

    draw, bits = Generic(Locale.EN, seed=1), random.Random(1).getrandbits

    def body() -> dict[str, Any]:
        person = f"{bits(96):024x}"
        message = {
            "_id": f"{bits(96):024x}",
            "type": "text",
            "text": draw.text.sentence(),
            "role": "appUser",
            "authorId": person,
            "name": draw.person.full_name(),
            "received": round(time.time(), 3),
            "source": {"type": "messenger"},
        }
        seen = {"lastSeen": f"{draw.datetime.datetime().isoformat()}Z", "platform": "messenger"}
        app_user = {
            "_id": person,
            "userId": draw.person.email(),
            "properties": {},
            "signedUpAt": f"{draw.datetime.datetime().isoformat()}Z",
            "clients": [{"active": True, "id": draw.cryptographic.uuid(), **seen}],
        }
        app = {"_id": "5c1f9a3be4d1f2001c8a7b10"}
        return {"trigger": "message:appUser", "app": app, "messages": [message], "appUser": app_user}

    return of_lines(lambda: orjson.dumps(body()))


def one_body() -> Any:
    """Give one object of the usual form."""
    from faker import Faker
    from jinja2 import Environment

    return json.loads(Environment().from_string(TEMPLATE).render(fake=Faker(), now="1.5"))


def ready_dict() -> Iterator[tuple[int, bytes]]:
    """Give one object again and again, which is as fast as the standard library writes JSON."""
    body, encode = one_body(), json.JSONEncoder(separators=(",", ":")).encode
    return of_lines(lambda: encode(body).encode())


def ready_dict_by_orjson() -> Iterator[tuple[int, bytes]]:
    """Give one object again and again, which is as fast as anything writes JSON."""
    import orjson

    body = one_body()
    return of_lines(lambda: orjson.dumps(body))


CASES: dict[str, Callable[[], Iterator[tuple[int, bytes]]]] = {
    REFERENCE: faker_in_jinja,
    "generate, text messages": lambda: ours("message:appUser/text"),
    "generate, the usual mix": lambda: ours(""),
    "generate, signed requests": lambda: ours("message:appUser/text", "requests"),
    "mimesis and orjson": mimesis_and_orjson,
    "json.dumps of one ready dict": ready_dict,
    "orjson.dumps of one ready dict": ready_dict_by_orjson,
}
NEEDS = {"mimesis and orjson": ("mimesis", "orjson"), "orjson.dumps of one ready dict": ("orjson",)}
"""Case → what it needs beyond the program; it is left out where that is not installed."""
FAKER_JS = "faker-js and JSON.stringify"


def measure(name: str, seconds: float, out: str) -> dict[str, float]:
    """Give rate, CPU and size of a case."""
    batches = CASES[name]()
    next(batches)
    count = size = 0
    with Path(out).open("wb", buffering=0) as stream:
        began_s, cpu_s = time.perf_counter(), time.process_time()
        while time.perf_counter() - began_s < seconds:
            number, content = next(batches)
            stream.write(content)
            count, size = count + number, size + len(content)
        took_s, used_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    return {"rate": count / took_s, "cpu_us": used_s / count * 1e6, "bytes": size / count}


def in_turn(name: str, seconds: float, out: str) -> dict[str, float]:
    """Give the figures of a case, in a process of its own on the first core."""
    if name == FAKER_JS:
        command = ["node", "-e", NODE, f"{os.environ['JS_MODULES']}/node_modules/@faker-js/faker", str(seconds)]
    else:
        command = [sys.executable, __file__, "--case", name, "--secs", str(seconds), "--out", out]
    if shutil.which("taskset"):
        command = ["taskset", "-c", "0", *command]
    environment = {**os.environ, "SIMULATOR_NO_BOOTSTRAP": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--secs", type=float, default=1.5)
    parser.add_argument("--out", default="/dev/null", help="where ours is written: a device or a file")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    switches = parser.parse_args()
    if switches.case:
        print(json.dumps(measure(switches.case, switches.secs, switches.out)))
        return
    known = [name for name in CASES if all(map(importlib.util.find_spec, NEEDS.get(name, ())))]
    names = [*known, *([FAKER_JS] if os.environ.get("JS_MODULES") else [])]
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for number in range(switches.rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            found[name].append(in_turn(name, switches.secs, switches.out))
    print("| case | payloads/s, median | µs of CPU, median | least | bytes | × the first, by CPU | spread |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, rounds in found.items():
        used = [each["cpu_us"] for each in rounds]
        ratios = sorted(base["cpu_us"] / each["cpu_us"] for base, each in zip(found[REFERENCE], rounds, strict=True))
        print(
            f"| {name} | {statistics.median(each['rate'] for each in rounds):,.0f} | {statistics.median(used):.1f} "
            f"| {min(used):.1f} | {rounds[0]['bytes']:.0f} | {statistics.median(ratios):.1f} "
            f"| {ratios[0]:.1f} to {ratios[-1]:.1f} |"
        )


if __name__ == "__main__":
    main()
