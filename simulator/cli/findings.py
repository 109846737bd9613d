"""What the signature doctor found, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from simulator.catalog import Catalog
from simulator.codec import Redactor, to_json
from simulator.doctor import Captured, Diagnosis, Signature
from simulator.report.screen import Screen, Span
from simulator.report.text import shortened, visible

MOST_CHARACTERS = 2_000
"""So much of what was signed is shown as text."""

ROW_BYTES = 32
MOST_ROWS = 16
"""So many rows of it are shown as hexadecimals."""

MOST_NEAR = 24
"""So many bytes are shown from the first one that differs."""

Found = Sequence[tuple[Captured, Diagnosis]]
Hide = Callable[[str], str]


def show(facts: Catalog, found: Found, screen: Screen, hide: Hide, *, most: int) -> None:
    """Show each request that fails, of many only the first ones, and then a line with counts."""
    failed = [each for each in found if not each[1].is_valid]
    for request, diagnosis in failed[:most] if len(found) > 1 else found:
        for spans in _lines(facts, request, diagnosis):
            screen.line(*((hide(text), tone) for text, tone in spans))
    if len(found) > 1:
        counts = f"{len(found) - len(failed)} of {len(found)} requests are valid"
        screen.line(("✗ ", "bad") if failed else ("✓ ", "good"), (counts, "plain"))


def as_json(facts: Catalog, found: Found, secrets: Redactor) -> Any:
    """Give the same as one JSON document, in full."""
    valid = sum(diagnosis.is_valid for _, diagnosis in found)
    requests = [
        {
            "where": request.where,
            "outcome": diagnosis.outcome,
            "signatures": [
                {"spot": each.spot, "expected": each.expected, "given": each.given, "is_right": each.is_right}
                for each in diagnosis.signatures
            ],
            "canonical": _content(diagnosis.canonical, diagnosis),
            "signed": _content(diagnosis.signed, diagnosis),
            "culprits": [{"name": each.name, "what": each.what, "fix": each.fix} for each in diagnosis.culprits],
            "notes": list(diagnosis.notes),
            "tried": diagnosis.tried,
        }
        for request, diagnosis in found
    ]
    return to_json({"provider": facts.id, "valid": valid, "count": len(found), "requests": requests}, secrets)


def _content(content: bytes | None, diagnosis: Diagnosis) -> dict[str, Any] | None:
    if content is None:
        return None
    return {"bytes": len(content), "text": readable(content, diagnosis), "hex": content.hex()}


# --- lines -----------------------------------------------------------------------------------------------------------


def _lines(facts: Catalog, request: Captured, diagnosis: Diagnosis) -> Iterator[tuple[Span, ...]]:
    yield _headline(facts, request, diagnosis)
    for signature in diagnosis.signatures:
        # What lacks in the query is told by a note: few bots look there.
        if signature.given is not None or not signature.spot.startswith("query"):
            yield from _signature_lines(signature)
    for culprit in diagnosis.culprits:
        yield _field("culprit", f"{culprit.what}   [{culprit.name}]", "bad")
    for fix in dict.fromkeys(culprit.fix for culprit in diagnosis.culprits):
        yield _field("fix", fix, "good")
    if diagnosis.outcome == "invalid" and not diagnosis.culprits:
        what = f"none of {diagnosis.tried} things that were tried explains it: the key is another, or what was signed"
        yield _field("culprit", what, "bad")
        yield _field(
            "fix", "compare the bytes below with those that the bot verifies, and see that the key is the right one"
        )
    for note in diagnosis.notes:
        yield _field("note", shortened(note, MOST_CHARACTERS))
    if diagnosis.canonical is not None:
        yield from _content_lines("to be signed", diagnosis.canonical, diagnosis)
        if not diagnosis.is_valid:
            yield from _hex_lines(diagnosis.canonical)
    if diagnosis.canonical is not None and diagnosis.signed is not None:
        yield from _content_lines("was signed", diagnosis.signed, diagnosis)
        yield _field("differs", _first_difference(diagnosis.canonical, diagnosis.signed))
    yield ()


def _headline(facts: Catalog, request: Captured, diagnosis: Diagnosis) -> tuple[Span, ...]:
    place = f" · {visible(request.where)}" if request.where else ""
    size = f" · a body of {len(request.body)} bytes"
    mark: Span = {
        "valid": ("✓ valid", "good"),
        "unsigned": ("✓ nothing to verify", "odd"),
        "invalid": ("✗ not valid", "bad"),
    }[diagnosis.outcome]  # type: ignore[assignment]
    return mark, (f"  {facts.id}{place}{size}", "plain")


def _signature_lines(signature: Signature) -> Iterator[tuple[Span, ...]]:
    given = "nothing" if signature.given is None else visible(signature.given)
    if signature.is_right:
        yield _field(signature.spot, shortened(given, MOST_CHARACTERS), "good")
        return
    yield ((f"  {signature.spot}", "plain"),)
    yield _field("expected", shortened(visible(signature.expected), MOST_CHARACTERS), "good")
    yield _field("given", shortened(given, MOST_CHARACTERS), "bad")


def _content_lines(name: str, content: bytes, diagnosis: Diagnosis) -> Iterator[tuple[Span, ...]]:
    yield ()
    yield _field(name, f"{len(content)} bytes:")
    yield ((f"    {shortened(visible(readable(content, diagnosis)), MOST_CHARACTERS)}", "plain"),)


def _hex_lines(content: bytes) -> Iterator[tuple[Span, ...]]:
    for start in range(0, min(len(content), ROW_BYTES * MOST_ROWS), ROW_BYTES):
        yield ((f"    {start:04x}  {content[start : start + ROW_BYTES].hex(' ')}", "faint"),)
    left = len(content) - ROW_BYTES * MOST_ROWS
    if left > 0:
        yield ((f"    … {left} bytes more; --json has them all", "faint"),)


def readable(content: bytes, diagnosis: Diagnosis) -> str:
    """Give what was signed as text; a digest in it is named."""
    parts = [content]
    for digest, name in diagnosis.inner:
        if digest in content:
            before, _, behind = content.partition(digest)
            parts = [before, f"‹{name}›".encode(), behind]
            break
    return b"".join(parts).decode("utf-8", "backslashreplace")


def _first_difference(canonical: bytes, signed: bytes) -> str:
    pairs = zip(canonical, signed, strict=False)
    place = next((i for i, (one, other) in enumerate(pairs) if one != other), min(len(canonical), len(signed)))
    one, other = (_near(content, place) for content in (canonical, signed))
    return f"at byte {place}: given {one}, signed {other}"


def _near(content: bytes, place: int) -> str:
    piece = content[place : place + MOST_NEAR]
    return repr(piece)[1:] if piece else "nothing"


def _field(name: str, text: str, tone: Any = "plain") -> tuple[Span, ...]:
    return ((f"  {name:<12} ", "faint"), (visible(text), tone))
