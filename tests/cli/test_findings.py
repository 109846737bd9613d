from __future__ import annotations

import io

from simulator import catalog
from simulator.cli import findings
from simulator.doctor import Captured, Culprit, Diagnosis, Signature
from simulator.report.screen import screen_for


def shown(*diagnoses: Diagnosis, most: int = 10) -> list[str]:
    stream = io.StringIO()
    screen = screen_for(stream, is_terminal=False, has_colour=False)
    found = [(Captured(body=b"{}", where=f"file:{number}"), each) for number, each in enumerate(diagnoses)]
    findings.show(catalog.load(catalog.names()[0]), found, screen, lambda text: text, most=most)
    return stream.getvalue().splitlines()


def invalid(**fields: object) -> Diagnosis:
    signature = Signature(spot="header X-Signature", expected="aa", given="bb", is_right=False)
    return Diagnosis(outcome="invalid", signatures=(signature,), **fields)  # type: ignore[arg-type]


def test_digest_inside_of_what_was_signed_is_named() -> None:
    diagnosis = Diagnosis(outcome="valid", canonical=b"1\n\xff\xfe", inner=((b"\xff\xfe", "SHA-256 of the body"),))

    assert "    1\\n‹SHA-256 of the body›" in shown(diagnosis)


def test_long_bytes_are_cut() -> None:
    found = shown(invalid(canonical=bytes(10_000)))

    assert sum(line.startswith("    0") for line in found) == findings.MOST_ROWS
    assert any("bytes more; --json has them all" in line for line in found)


def test_first_difference_is_shown() -> None:
    found = shown(invalid(canonical=b"abc", signed=b"abd"), invalid(canonical=b"abc", signed=b"abcd"))

    assert "  differs      at byte 2: given 'c', signed 'd'" in found
    assert "  differs      at byte 3: given nothing, signed 'd'" in found


def test_same_advice_is_given_once() -> None:
    culprits = (Culprit(name="json-spaces", what="x"), Culprit(name="newline-added", what="y"))

    assert sum(line.startswith("  fix") for line in shown(invalid(culprits=culprits))) == 1


def test_unexplained_failure_says_how_much_was_tried() -> None:
    assert any("none of 7 things" in line for line in shown(invalid(tried=7)))


def test_missing_signature_is_called_nothing() -> None:
    signature = Signature(spot="header X-Signature", expected="aa", given=None, is_right=False)

    assert "  given        nothing" in shown(Diagnosis(outcome="invalid", signatures=(signature,)))
