from __future__ import annotations

import pytest

from simulator.catalog import read
from simulator.catalog.proofs import fidelity, read_proofs, signature_proofs, totals
from simulator.errors import InputError
from tests.catalog.conftest import Write

PROOFS = """\
proofs:
  - by: "zebra 1.0"
    test: "tests/a.py::test_zebra"
    events: [note:text]
    operations: [send]
  - by: "ape 2.0"
    test: "tests/a.py::test_ape"
    events: [note:text, forgotten]
    signature: true
  - by: "ape 2.0"
    test: "tests/a.py::test_ape_again"
    events: [note:text]
    signature: true
"""


def test_folder_without_proofs_has_shown_nothing(write: Write) -> None:
    assert read_proofs(write()) == ()


def test_proofs_say_by_what_and_where(write: Write) -> None:
    zebra, ape, _ = read_proofs(write({"proofs.yaml": PROOFS}))

    assert (zebra.by, zebra.test) == ("zebra 1.0", "tests/a.py::test_zebra")
    assert (zebra.events, zebra.operations, zebra.is_signature) == (("note:text",), ("send",), False)
    assert ape.is_signature


def test_proof_of_another_form_is_told_with_its_place(write: Write) -> None:
    with pytest.raises(InputError) as told:
        read_proofs(write({"proofs.yaml": "proofs:\n  - {by: a, tset: b}\n"}))

    assert {(problem.code, problem.where) for problem in told.value.problems} == {
        ("unknown-key", "templates/acme/proofs.yaml:2:13"),
        ("missing-key", "templates/acme/proofs.yaml:2:5"),
    }


def test_events_are_proven_or_documented_in_the_order_of_the_catalog(write: Write) -> None:
    folder = write({"proofs.yaml": PROOFS})
    text, gone = fidelity(read(folder), read_proofs(folder), "events")

    assert (text.name, text.level, text.by) == ("note:text", "proven", ("ape 2.0", "zebra 1.0"))
    assert (gone.name, gone.level, gone.by, gone.source) == ("gone", "documented", (), "what was seen")


def test_operations_have_their_own_proofs(write: Write) -> None:
    folder = write({"proofs.yaml": PROOFS})
    (send,) = fidelity(read(folder), read_proofs(folder), "operations")

    assert (send.level, send.by) == ("proven", ("zebra 1.0",))
    assert send.source == "the page; what was seen"


def test_what_is_ours_alone_is_unknown_field_by_field(write: Write) -> None:
    provider = write().joinpath("provider.yaml").read_text("utf-8").replace("seen: what was seen", "seen: x, ours: we")
    fields = "{a: {type: text, source: ours}, b: {type: text, source: page}}"
    note = write().joinpath("events/note-text.yaml").read_text("utf-8")
    folder = write(
        {
            "provider.yaml": provider,
            "events/gone.yaml": f"{{summary: A person left., source: ours, fields: {fields}}}",
            "events/note-text.yaml": note.replace(
                'size: {type: integer|text, presence: optional 40%, source: "page, seen"}',
                'size: {type: integer, source: "page, ours"}',
            ),
        }
    )
    text, gone = fidelity(read(folder), (), "events")

    assert (gone.level, gone.unknown) == ("unknown", ("a",))
    assert (text.level, text.unknown) == ("documented", ())


def test_totals_count_each_level(write: Write) -> None:
    folder = write({"proofs.yaml": PROOFS})

    assert totals(fidelity(read(folder), read_proofs(folder), "events")) == {
        "proven": 1,
        "documented": 1,
        "unknown": 0,
    }


def test_signature_is_shown_once_by_each(write: Write) -> None:
    assert signature_proofs(read_proofs(write({"proofs.yaml": PROOFS}))) == ("ape 2.0",)
