"""
What tests have shown by SDKs and by examples of the real service: the fixture `proofs`, and the pages made of it.

A test that lets an SDK read an event, or call an operation, says so at its end:

    proofs.record("viber", "viberbot", events=[...], operations=[...], signature=True)

When it has passed, that is compared with what `templates/<id>/proofs.yaml` says about this very test, both ways. With
PROOFS=write in the environment the file is written instead, and docs/fidelity.md and the line of the README with it:

    PROOFS=write python3 -m tests tests/providers
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from simulator import catalog
from simulator.catalog.proofs import FILE, Fidelity, Proof, fidelity, read_proofs, signature_proofs, totals
from simulator.data import folder

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "PROOFS=write python3 -m tests tests/providers"
HEAD = f"# Written by the tests, each time they are run so: {COMMAND}\n# What stands here by hand is shown by nobody.\n"


def is_writing() -> bool:
    return os.environ.get("PROOFS") == "write"


@cache
def pins() -> dict[str, str]:
    """Give the versions of the packages that CI runs with."""
    lines = (ROOT / ".ci" / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.strip().split("==") for line in lines if "==" in line and not line.startswith("#"))


@cache
def node_pins() -> dict[str, str]:
    """Give the versions of the packages of Node with which tests run."""
    files = (ROOT / "tests" / "providers").glob("*/node/package.json")
    return {
        name: version for file in files for name, version in json.loads(file.read_text("utf-8"))["dependencies"].items()
    }


def with_version(by: str) -> str:
    """Give a package with the version that CI runs; what is no package stays as it is."""
    if by in node_pins():
        return f"{by} {node_pins()[by]} (Node)"
    version = pins().get(by.lower())
    return f"{by} {version}" if version else by


class Proofs:
    """What one test has shown, until it has passed."""

    def __init__(self, test: str) -> None:
        self.test = test
        self.found: dict[tuple[str, str], Proof] = {}

    def record(
        self,
        provider: str,
        by: str,
        *,
        events: Iterable[str] = (),
        operations: Iterable[str] = (),
        signature: bool = False,
    ) -> None:
        """Say what was shown; saying it again adds to it."""
        by = with_version(by)
        before = self.found.get((provider, by), Proof(by=by, test=self.test))
        facts = catalog.load(provider)
        self.found[provider, by] = replace(
            before,
            events=in_order({*before.events, *events}, facts.events),
            operations=in_order({*before.operations, *operations}, facts.operations),
            is_signature=before.is_signature or signature,
        )

    def settle(self) -> None:
        """Compare with what is written about this test, or write it."""
        for provider in catalog.names():
            shown = [proof for (name, _), proof in self.found.items() if name == provider]
            written = [proof for proof in proofs_of(provider) if proof.test == self.test]
            if is_writing():
                if by_name(shown) != by_name(written):
                    write(provider, [*(proof for proof in proofs_of(provider) if proof.test != self.test), *shown])
            else:
                assert by_name(shown) == by_name(written), f"templates/{provider}/{FILE} is stale; run: {COMMAND}"


def in_order(names: set[str], known: Iterable[str]) -> tuple[str, ...]:
    order = list(known)
    assert names <= set(order), f"the catalog has no {', '.join(sorted(names - set(order)))}"
    return tuple(name for name in order if name in names)


def by_name(proofs: Iterable[Proof]) -> list[Proof]:
    return sorted(proofs, key=lambda proof: (proof.by.casefold(), proof.test))


# --- the files -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Read:
    """A file as it was read, and the state in which it was."""

    state: tuple[int, int]
    proofs: tuple[Proof, ...]


_READ: dict[str, Read] = {}


def proofs_of(provider: str) -> tuple[Proof, ...]:
    """Give what is written about a provider."""
    path = folder("templates") / provider / FILE
    if not path.is_file():
        return ()
    state = (path.stat().st_mtime_ns, path.stat().st_size)
    if provider not in _READ or _READ[provider].state != state:
        _READ[provider] = Read(state, read_proofs(path.parent))
    return _READ[provider].proofs


def write(provider: str, proofs: Iterable[Proof]) -> None:
    path = folder("templates") / provider / FILE
    text = proofs_text(by_name(proofs))
    if text:
        path.write_text(text, "utf-8", newline="\n")
    else:
        path.unlink(missing_ok=True)


def proofs_text(proofs: Sequence[Proof]) -> str:
    """Give the text of the file; empty where there is nothing to say."""
    lines = []
    for proof in proofs:
        lines += [f"  - by: {json.dumps(proof.by)}", f"    test: {json.dumps(proof.test)}"]
        for kind, names in (("events", proof.events), ("operations", proof.operations)):
            lines += [f"    {kind}:", *(f"      - {name}" for name in names)] if names else []
        lines += ["    signature: true"] if proof.is_signature else []
    return f"{HEAD}proofs:\n" + "\n".join(lines) + "\n" if lines else ""


# --- the pages -------------------------------------------------------------------------------------------------------

PAGE = ROOT / "docs" / "fidelity.md"
README = ROOT / "README.md"
SENTENCE = re.compile(r"^Of \d+ events and \d+ operations\b.*?\n\n", re.MULTILINE | re.DOTALL)

OPENING = """\
# Fidelity

How sure it is that an event or an operation is as the real service has it. This page is made from
`templates/*/proofs.yaml`, which the tests write, and from the sources that stand beside each fact; a test fails where
it says more than the tests show.

- **proven**: something that is not ours agrees. An SDK of that version reads the event, and finds in it what was put
  there; or it makes the call and understands the answer.
- **documented**: a source says it, and it is followed; no SDK reads it.
- **unknown**: no source says it, and it is chosen for the simulator. Single fields of that kind are named.

`simulator list events --fidelity` and `simulator list operations --fidelity` tell the same. What else is unsure about a
provider stands in its page under *Unconfirmed*.

"""


def rows(provider: str) -> tuple[tuple[Fidelity, ...], tuple[Fidelity, ...]]:
    facts, proofs = catalog.load(provider), proofs_of(provider)
    return fidelity(facts, proofs, "events"), fidelity(facts, proofs, "operations")


def page() -> str:
    """Give docs/fidelity.md as it has to be."""
    known = {provider: rows(provider) for provider in catalog.names()}
    levels = "proven | documented | unknown"
    head = f"| provider | events | {levels} | operations | {levels} | fields of no source |"
    lines = [head, "|---" + "|---:" * 9 + "|"]
    for provider, (events, operations) in known.items():
        lines.append(total_line(f"[{catalog.load(provider).title}](#{provider})", events, operations))
    every = [[row for pair in known.values() for row in pair[index]] for index in (0, 1)]
    lines.append(total_line("all", *every))
    sections = [section(provider, *pair) for provider, pair in known.items()]
    return OPENING + "\n".join(lines) + "\n" + "".join(sections)


def total_line(name: str, events: Sequence[Fidelity], operations: Sequence[Fidelity]) -> str:
    counts = [len(events), *totals(events).values(), len(operations), *totals(operations).values()]
    unknown = sum(len(row.unknown) for row in events)
    return "| " + " | ".join([name, *map(str, counts), str(unknown)]) + " |"


def section(provider: str, events: Sequence[Fidelity], operations: Sequence[Fidelity]) -> str:
    signature = ", ".join(signature_proofs(proofs_of(provider))) or "nothing but its description"
    text = f'\n## <a id="{provider}"></a>{catalog.load(provider).title}\n\nThe signature is shown by: {signature}.\n'
    for kind, found in (("event", events), ("operation", operations)):
        last = " fields of no source |" if kind == "event" else ""
        text += f"\n| {kind} | | by what |{last}\n|---|---|---|{'---|' if last else ''}\n"
        for row in found:
            cells = [f"`{row.name}`", row.level, ", ".join(row.by) or row.source]
            cells += [", ".join(f"`{path}`" for path in row.unknown)] if last else []
            text += "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    return text


def sentence() -> str:
    """Give the line of the README, with its blank line."""
    known = [rows(provider) for provider in catalog.names()]
    counts = []
    for index in (0, 1):
        every = [row for pair in known for row in pair[index]]
        counts.append((len(every), totals(every)))
    (events, of_events), (operations, of_operations) = counts
    proven = f"{of_events['proven']} and {of_operations['proven']} are proven by an SDK that reads them"
    documented = f"{of_events['documented']} and {of_operations['documented']} documented by the sources they name"
    unknown = f", {of_events['unknown']} and {of_operations['unknown']} chosen by us"
    told = f"Of {events} events and {operations} operations, {proven}, {documented}"
    told += f"{unknown if of_events['unknown'] + of_operations['unknown'] else ''}."
    return textwrap.fill(f"{told} The table of [fidelity](docs/fidelity.md) has each, and by what.", 120) + "\n\n"


def tidy(recording: set[str]) -> None:
    """Take out what is written about tests that record nothing any more; `recording`: those of the files that ran."""
    files = {test.partition("::")[0] for test in recording}
    for provider in catalog.names():
        written = proofs_of(provider)
        kept = [proof for proof in written if proof.test in recording or proof.test.partition("::")[0] not in files]
        kept = [proof for proof in kept if (ROOT / proof.test.partition("::")[0]).is_file()]
        if len(kept) < len(written):
            write(provider, kept)


def write_pages() -> None:
    PAGE.write_text(page(), "utf-8", newline="\n")
    text = README.read_text("utf-8")
    if SENTENCE.search(text):
        README.write_text(SENTENCE.sub(lambda _: sentence(), text, count=1), "utf-8", newline="\n")
