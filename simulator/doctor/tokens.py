"""A body that is a token as a whole: what is in it, and whether it is what the provider makes of its payload."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulator.catalog import Catalog
from simulator.doctor import bodies, jws, stamps
from simulator.doctor.capture import Captured
from simulator.doctor.culprits import Culprit
from simulator.doctor.diagnosis import Diagnosis, Signature
from simulator.doctor.probe import Probe

MOST_SIGNED = 300
"""So many tokens are signed at most: each takes a millisecond where the key is RSA."""


def examine(request: Captured, probe: Probe, catalog: Catalog, *, is_brief: bool) -> Diagnosis | None:
    """Give the diagnosis of a request whose body is, or should be, a token; None where tokens play no part in it."""
    found = jws.PATTERN.search(request.body) if len(request.body) < 10_000_000 else None
    is_wanted = probe.sign().body is not None
    given_options = probe.what.options
    if found is None or not _is_most_of(found[0], request.body):
        return _unpacked(request, probe) if is_wanted else None
    wrapping = given_options if is_wanted else next(_wrapping(probe, catalog), None)
    if wrapping is None:
        return None
    try:
        token = jws.taken_apart(found[0].decode("ascii"))
    except ValueError as error:
        broken = Culprit(name="token-broken", what=f"the body looks like a token, but {error}")
        return Diagnosis(outcome="invalid", signatures=(_whole("", request),), culprits=(broken,))
    probe = _at_its_time(Probe(probe.provider, replace(probe.what, body=token.payload, options=wrapping)), token)
    notes = [] if is_wanted else [f"taken for a token, as with --option {_difference(given_options, wrapping)}"]
    return _Case(request, probe, catalog, token, tuple(notes)).diagnosis(is_brief=is_brief)


class _Case:
    """One token beside the one that the provider makes of the same payload."""

    def __init__(
        self, request: Captured, probe: Probe, catalog: Catalog, token: jws.Token, notes: tuple[str, ...]
    ) -> None:
        self._request = request
        self._probe = probe
        self._catalog = catalog
        self._token = token
        self._notes = notes
        self._tried = 0

    def diagnosis(self, *, is_brief: bool) -> Diagnosis:
        expected = self._made({})
        culprits = list(self._around())
        notes = list(self._notes)
        if jws.plain(self._token.text) != expected:
            culprits += [] if is_brief else self._reasons(expected)
        elif "=" in self._token.text or re.search("[+/]", self._token.text):
            culprits.append(Culprit(name="token-padding", what="given in another base64 than tokens are written in"))
        is_valid = self._request.body.decode("latin-1") == expected
        if not self._probe.keys(lambda left, right: left != right):
            notes.append(
                f"no credential takes part: {self._catalog.title} signs with a private key of its own. Only what this "
                "simulator signed can be signed again; a real request is verified by the published key set"
            )
        return Diagnosis(
            outcome="valid" if is_valid else "invalid",
            signatures=(_whole(expected, self._request),),
            canonical=self._token.signed,
            culprits=tuple({each.name: each for each in culprits}.values()),
            notes=(
                *notes,
                f"its header: {json.dumps(self._token.header)}",
                f"its payload: {_text(self._token.payload)}",
            ),
            tried=self._tried,
        )

    def _made(self, changes: Mapping[str, Any]) -> str:
        self._tried += 1
        return (self._probe.sign(**changes).body or b"").decode("ascii", "replace")

    def _around(self) -> Iterator[Culprit]:
        if self._request.body != self._token.text.encode("ascii"):
            before, _, behind = self._request.body.partition(self._token.text.encode("ascii"))
            what = f"around the token stand {_text(before)!r} and {_text(behind)!r}"
            yield Culprit(name="token-wrapped", what=what)

    def _reasons(self, made: str) -> Iterator[Culprit]:
        """Give why a token is another than the provider's own."""
        if not made:
            yield Culprit(name="token-altered", what="the provider makes no token of such a payload")
            return
        expected = jws.taken_apart(made)
        given = jws.plain(self._token.text)
        for options in self._other_options():
            if self._made({"options": options}) == given:
                what = f"signed as with --option {_difference(self._probe.what.options, options)}"
                yield from jws.header_differences(expected.header, self._token.header)
                yield Culprit(name="option", what=what)
                return
        reasons = tuple(jws.header_differences(expected.header, self._token.header))
        yield from reasons
        if not reasons:
            yield from self._altered()

    def _altered(self) -> Iterator[Culprit]:
        """Give what the payload was when it was signed: header and key are right."""
        signature = jws.plain(self._token.signature)
        for variant in itertools.islice(bodies.variants(self._token.payload, self._orders()), MOST_SIGNED):
            if self._made(variant.changes).rpartition(".")[2] == signature:
                yield from variant.culprits
                return
        what = "its signature is not that of this header and payload: one of the three was changed"
        yield Culprit(name="token-altered", what=what)

    def _orders(self) -> Sequence[bodies.Order]:
        return [tuple(event.fields) for event in self._catalog.events.values()]

    def _other_options(self) -> Iterator[Mapping[str, Any]]:
        """Give the settings under which the token is another: one changed, then two."""
        known, base = self._probe.what.options, self._probe.sign()
        single = [
            {option.name: value}
            for option in self._catalog.options.values()
            for value in option.values or ()
            if value != known.get(option.name)
        ]
        telling = [each for each in single if self._probe.sign(options={**known, **each}).body not in (None, base.body)]
        for each in telling:
            yield {**known, **each}
        for one, other in itertools.combinations(telling, 2):
            if one.keys() != other.keys():
                yield {**known, **one, **other}


def _at_its_time(probe: Probe, token: jws.Token) -> Probe:
    """Give the probe at the time, of those that stand in the token, by which the provider writes most of its header."""
    times = stamps.found(Captured(headers=(("", json.dumps(token.header)),), body=token.payload))
    found = [Probe(probe.provider, replace(probe.what, stamp_ms=ms)) for ms in times if stamps.plausible(ms)]
    return max([probe, *found], key=lambda each: _same_fields(each, token))


def _same_fields(probe: Probe, token: jws.Token) -> int:
    body = (probe.sign().body or b"").decode("ascii", "replace")
    header = jws.taken_apart(body).header if body else {}
    return sum(token.header.get(name) == value for name, value in header.items())


def _wrapping(probe: Probe, catalog: Catalog) -> Iterator[Mapping[str, Any]]:
    """Give the settings, one changed, under which the provider wraps a body."""
    for option in catalog.options.values():
        for value in option.values or ():
            options = {**probe.what.options, option.name: value}
            if probe.sign(options=options).body is not None:
                yield options


def _unpacked(request: Captured, probe: Probe) -> Diagnosis:
    """Give the diagnosis of a body that is no token where one is wanted."""
    what = "the body is no token; given is what may have stood in one, or something else"
    return Diagnosis(
        outcome="invalid",
        signatures=(_whole((probe.sign().body or b"").decode("ascii", "replace"), request),),
        culprits=(Culprit(name="token-unpacked", what=what),),
    )


def _whole(expected: str, request: Captured) -> Signature:
    given = request.body.decode("utf-8", "replace")
    return Signature(spot="body", expected=expected, given=given, is_right=given == expected)


def _is_most_of(token: bytes, body: bytes) -> bool:
    """True where a body is a token with at most a little around it, such as quotation marks or the name of a field."""
    return len(body) - len(token) <= max(40, len(token) // 10)


def _difference(known: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    return " --option ".join(f"{name}={value}" for name, value in changed.items() if value != known.get(name))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")
