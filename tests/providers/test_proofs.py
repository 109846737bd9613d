"""What `proofs.yaml` claims is what the tests show, and the pages say the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import catalog
from simulator.catalog.proofs import FILE, Proof

from . import proofs as proving
from .proofs import COMMAND, Proofs, page, pins, proofs_of, proofs_text, sentence

ROOT = Path(__file__).resolve().parents[2]
PROOFS = [proof for name in catalog.names() for proof in proofs_of(name)]
COLLECT = """
import json, sys
import pytest

class Recording:
    tests = []

    def pytest_collection_finish(self, session):
        self.tests = [item.nodeid for item in session.items if "proofs" in item.fixturenames]

found = Recording()
pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *sys.argv[1:]], plugins=[found])
print(json.dumps(found.tests))
"""

compares = pytest.mark.skipif(proving.is_writing(), reason="what would be compared is being written")


@compares
def test_every_proof_is_of_a_test_that_shows_it() -> None:
    files = sorted({proof.test.partition("::")[0] for proof in PROOFS})
    assert all((ROOT / file).is_file() for file in files)
    command = [sys.executable, "-c", COLLECT, *files]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "CI": "1"}, capture_output=True, text=True, check=True)
    recording = json.loads(done.stdout.splitlines()[-1])

    assert PROOFS
    assert {proof.test for proof in PROOFS} <= set(recording), f"run: {COMMAND}"


@compares
@pytest.mark.parametrize("by", sorted({proof.by for proof in PROOFS}))
def test_what_proves_is_what_runs_in_ci(by: str) -> None:
    name, _, version = by.removesuffix(" (Node)").rpartition(" ")

    if not by.startswith("the example"):
        assert {**pins(), **proving.node_pins()}.get(name.lower()) == version, "see .ci/constraints.txt"


@compares
@pytest.mark.parametrize("provider", catalog.names())
def test_file_is_as_it_is_written_and_names_what_there_is(provider: str) -> None:
    proofs, facts = proofs_of(provider), catalog.load(provider)
    path = facts.folder / FILE

    assert not proofs or path.read_text("utf-8") == proofs_text(proving.by_name(proofs))
    assert {name for proof in proofs for name in proof.events} <= facts.events.keys(), f"run: {COMMAND}"
    assert {name for proof in proofs for name in proof.operations} <= facts.operations.keys(), f"run: {COMMAND}"


@compares
def test_page_is_made_from_what_is_shown() -> None:
    assert proving.PAGE.read_text("utf-8") == page(), f"docs/fidelity.md is stale; run: {COMMAND}"


@compares
def test_readme_has_the_totals() -> None:
    assert sentence() in proving.README.read_text("utf-8"), f"the README is stale; run: {COMMAND}"


# --- how a test is held to it


@pytest.fixture
def some() -> Proof:
    return next(proof for proof in PROOFS if proof.events)


@compares
def test_saying_what_is_written_is_well(some: Proof) -> None:
    made = Proofs(some.test)
    for provider in catalog.names():
        for proof in (proof for proof in proofs_of(provider) if proof.test == some.test):
            made.record(
                provider,
                proof.by,
                events=proof.events,
                operations=proof.operations,
                signature=proof.is_signature,
            )

    made.settle()


@compares
def test_showing_less_than_is_written_fails(some: Proof) -> None:
    with pytest.raises(AssertionError, match=re.escape(COMMAND)):
        Proofs(some.test).settle()


@compares
def test_showing_what_is_not_written_fails() -> None:
    made = Proofs("tests/providers/test_nothing.py::test_nothing")
    made.record(catalog.names()[0], "something", signature=True)

    with pytest.raises(AssertionError, match=re.escape(COMMAND)):
        made.settle()


def test_what_the_catalog_does_not_have_cannot_be_shown() -> None:
    with pytest.raises(AssertionError, match="no such"):
        Proofs("test").record(catalog.names()[0], "something", events=["no such"])


def test_package_has_the_version_that_ci_runs() -> None:
    name, version = next(iter(pins().items()))

    assert proving.with_version(name) == f"{name} {version}"
    assert proving.with_version("the example") == "the example"
