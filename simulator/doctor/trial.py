"""One request on trial: the signature that it should have, and what has to be changed for it to fit."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulator.catalog import Catalog
from simulator.codec import HIDDEN
from simulator.doctor import bodies, canonical, jws, keys, likeness, stamps, urls
from simulator.doctor.capture import Captured
from simulator.doctor.culprits import Culprit
from simulator.doctor.diagnosis import Diagnosis, Signature
from simulator.doctor.probe import ALIEN_URL, HOUR_MS, Probe, Spot
from simulator.doctor.variant import Variant, of

MOST_PAIRED = 120
"""So many of one kind are tried together with those of another."""

MOST_SIGNED_BYTES = 400_000_000
"""So much is digested at most."""

WEIGHT_BYTES = 4_000
"""What one attempt costs beside the digest."""


@dataclass(frozen=True, slots=True)
class Given:
    """What came in the place of one signature."""

    spot: Spot
    value: str | None
    culprits: tuple[Culprit, ...] = ()
    """Why it does not stand where it belongs."""


class Trial:
    """Compares a request with what the provider signs."""

    def __init__(self, request: Captured, probe: Probe, spots: tuple[Spot, ...], catalog: Catalog) -> None:
        """Take the request; `spots` are where its signature belongs."""
        self._request = request
        self._catalog = catalog
        self._spots = spots
        self._probe = probe
        self._stamp_spots = probe.stamps(spots)
        self._is_of_url = probe.hangs_on(spots, url=ALIEN_URL)
        self._is_of_body = probe.hangs_on(spots, body=probe.what.body + b" ")
        self._is_stamped = bool(self._stamp_spots) or probe.hangs_on(spots, stamp_ms=probe.what.stamp_ms + HOUR_MS)
        self._alike: Callable[[str, str], tuple[Culprit, ...] | None] = (
            likeness.alike if self._is_of_body or self._is_of_url else likeness.same_secret
        )
        self._signing = probe.keys(lambda left, right: any(spot.of(left) != spot.of(right) for spot in spots))
        self._tried = 0
        self._times = stamps.found(request) if self._is_stamped else ()
        self._given = tuple(self._given_at(spot) for spot in spots)
        self._probe = Probe(probe.provider, replace(probe.what, **self._likeliest()))

    @property
    def is_of_url(self) -> bool:
        """True where the URL takes part in the signature."""
        return self._is_of_url

    def diagnosis(self, *, is_brief: bool = False) -> Diagnosis:
        """Give what is right or wrong; a brief one does not look for culprits."""
        expected = self._probe.sign()
        signatures = tuple(
            Signature(
                spot=str(each.spot),
                expected=each.spot.of(expected) or "",
                given=each.value,
                is_right=not each.culprits and self._fit(each, {}) == (),
            )
            for each in self._given
        )
        culprits = [*self._misplaced(), *self._stamp_culprits()]
        subject = next((each for each in self._given if each.value is not None and self._fit(each, {}) != ()), None)
        notes = list(self._notes(subject))
        changes: Mapping[str, Any] = {}
        if subject is not None and not is_brief:
            found = self._search(subject)
            if found is not None:
                changes = found.changes
                culprits += found.culprits
            else:
                culprits += self._token_differences(subject)
            culprits += self._evidence()
        is_valid = subject is None and not culprits
        message, inner = self._heard({})
        signed = self._heard(changes)[0] if changes else None
        return Diagnosis(
            outcome="valid" if is_valid else "invalid",
            signatures=signatures,
            canonical=message,
            inner=inner,
            signed=signed if signed != message else None,
            culprits=tuple({each.name: each for each in reversed(culprits)}.values())[::-1],
            notes=tuple(notes),
            tried=self._tried,
        )

    # --- what came ---------------------------------------------------------------------------------------------------

    def _given_at(self, spot: Spot) -> Given:
        value = spot.in_request(self._request)
        if value is not None or spot.kind == "query":
            return Given(spot, value)
        times = [ms for ms in self._times if stamps.plausible(ms)] or [self._probe.what.stamp_ms]
        expected = [spot.of(self._probe.sign(stamp_ms=ms)) or "" for ms in times]
        for name, each in self._request.headers:
            if _plain(name) == _plain(spot.name) or any(
                self._compared(text, each, self._probe.what.credentials) is not None for text in expected
            ):
                what = f"the signature stands in {name}, and belongs into {spot.name}"
                return Given(spot, each, (Culprit(name="header-renamed", what=what),))
        return Given(spot, None, (Culprit(name="header-missing", what=f"there is no header {spot.name}"),))

    def _misplaced(self) -> Iterator[Culprit]:
        for each in self._given:
            yield from each.culprits
            if each.value is not None and HIDDEN in each.value:
                yield Culprit(name="hidden", what=f"the {each.spot} says {HIDDEN} in place of its value")

    def _fit(self, given: Given, changes: Mapping[str, Any]) -> tuple[Culprit, ...] | None:
        """Give by what a signature differs in form alone, with these changes; None where it is another."""
        expected = given.spot.of(self._probe.sign(**changes))
        if expected is None or given.value is None:
            return None
        return self._compared(expected, given.value, changes.get("credentials", self._probe.what.credentials))

    def _compared(self, expected: str, value: str, credentials: Mapping[str, str]) -> tuple[Culprit, ...] | None:
        if jws.is_token(expected):
            return jws.alike(expected, value, tuple(credentials[name] for name in self._signing))
        return self._alike(expected, value)

    # --- time and URL ------------------------------------------------------------------------------------------------

    def _likeliest(self) -> dict[str, Any]:
        """Give time and URL by which the signature is right, or else those that the request tells."""
        wanted = [ms for ms in self._times if stamps.plausible(ms)] or [self._probe.what.stamp_ms]
        told = [ms for ms in wanted if self._tells(ms)]
        tried = [
            {"url": url, "stamp_ms": ms} for url, ms in itertools.product(self._urls(), dict.fromkeys([*told, *wanted]))
        ]
        return max(tried, key=lambda changes: sum(self._fit(each, changes) == () for each in self._given))

    def _urls(self) -> tuple[str, ...]:
        url = self._probe.what.url
        if self._request.is_scheme_known or not self._is_of_url:
            return (url,)
        rest = url.partition("://")[2]
        return (url, f"https://{rest}", f"http://{rest}")

    def _tells(self, ms: int) -> bool:
        signed = self._probe.sign(stamp_ms=ms)
        return all(spot.of(signed) == spot.in_request(self._request) for spot in self._stamp_spots)

    def _stamp_culprits(self) -> Iterator[Culprit]:
        signed = self._probe.sign()
        for spot in self._stamp_spots:
            given, expected = spot.in_request(self._request), spot.of(signed)
            if given is None:
                yield Culprit(name="stamp-missing", what=f"there is no {spot}, which tells the time that was signed")
            elif given != expected and expected is not None:
                is_unit = given.startswith(expected) or expected.startswith(given)
                what = f'the {spot} says "{given[:40]}"; as the provider writes it, it would be "{expected}"'
                yield Culprit(name="stamp-unit" if is_unit else "stamp-other", what=what)

    # --- the search --------------------------------------------------------------------------------------------------

    def _search(self, subject: Given) -> Variant | None:
        """Give the fewest changes by which the signature fits."""
        if subject.value is None or HIDDEN in subject.value:
            return None
        budget_bytes = MOST_SIGNED_BYTES
        for variant in self._combined():
            self._tried += 1
            budget_bytes -= len(variant.changes.get("body", self._request.body)) + WEIGHT_BYTES
            if budget_bytes < 0:
                return None
            form = self._fit(subject, variant.changes)
            if form is not None:
                return Variant(culprits=(*variant.culprits, *form), changes=variant.changes)
        return None

    def _combined(self) -> Iterator[Variant]:
        """Give nothing changed, then one thing, then two of different kinds."""
        yield Variant(culprits=())
        kinds: list[Sequence[Variant]] = []
        for kind in (self._keys(), self._stamps(), self._options(), self._bodies(), self._other_urls()):
            tried: list[Variant] = []
            for variant in kind:
                yield variant
                if len(tried) < MOST_PAIRED:
                    tried.append(variant)
            kinds.append(tried)
        for one, other in itertools.combinations(kinds, 2):
            for left, right in itertools.product(one, other):
                changes = {**left.changes, **right.changes}
                yield Variant(culprits=(*left.culprits, *right.culprits), changes=changes)

    def _keys(self) -> Iterator[Variant]:
        known = self._probe.what.credentials
        defaults = {name: each.default for name, each in self._catalog.credentials.items()}
        return keys.variants(known, self._signing, defaults)

    def _stamps(self) -> Iterator[Variant]:
        base_ms = self._probe.what.stamp_ms
        for ms in self._times:
            if ms == base_ms:
                continue
            ratio = max(ms, base_ms) // max(min(ms, base_ms), 1)
            if stamps.plausible(ms) or not 500 < ratio < 2_000_000_000:
                yield of("stamp-other", f"signed with another time: {ms} in Unix milliseconds", stamp_ms=ms)
            else:
                unit = "milliseconds for seconds" if ms > base_ms else "seconds for milliseconds"
                yield of("stamp-unit", f"signed with the time in another unit, {unit} or the like", stamp_ms=ms)

    def _options(self) -> Iterator[Variant]:
        known = self._probe.what.options
        for option in self._catalog.options.values():
            for value in option.values or ():
                options = {**known, option.name: value}
                if value != known.get(option.name) and self._probe.hangs_on(self._spots, options=options):
                    yield of("option", f"signed as with --option {option.name}={value}", options=options)

    def _bodies(self) -> Iterator[Variant]:
        if not self._is_of_body:
            return iter(())
        orders = [tuple(event.fields) for event in self._catalog.events.values()]
        return bodies.variants(self._request.body, orders)

    def _other_urls(self) -> Iterator[Variant]:
        if not self._is_of_url:
            return iter(())
        headers = {name.casefold(): value for name, value in self._request.headers}
        return urls.variants(self._probe.what.url, headers)

    # --- what else there is to say -----------------------------------------------------------------------------------

    def _token_differences(self, subject: Given) -> Iterator[Culprit]:
        """Give what a token in a header says otherwise, where nothing explains it."""
        expected = subject.spot.of(self._probe.sign())
        if expected is None or subject.value is None or HIDDEN in subject.value or not jws.is_token(expected):
            return
        try:
            yield from jws.differences(jws.taken_apart(expected), jws.taken_apart(subject.value))
        except ValueError as error:
            yield Culprit(name="token-broken", what=f"the {subject.spot} should be a token, but {error}")

    def _evidence(self) -> Iterator[Culprit]:
        told, there = self._request.header("content-length") or "", len(self._request.body)
        if self._is_of_body and told.isdecimal() and len(told) < 12 and int(told) != there:
            what = f"{told} bytes were sent, as Content-Length says; given are {there}"
            yield Culprit(name="content-length", what=what)

    def _notes(self, subject: Given | None) -> Iterator[str]:
        for each in self._given:
            if each.value is None and each.spot.kind == "query" and self._request.url:
                yield f"there is no {each.spot}; a bot that looks there finds nothing"
            elif each.value is not None and jws.is_token(each.value):
                yield f"the token in the {each.spot} says: {_said(each.value)}"
            elif each.value is not None and each is not subject and self._fit(each, {}) == () and subject is not None:
                yield f"the {each.spot} is right"
        if subject is not None and self._is_of_body and b"\xef\xbf\xbd" in self._request.body:
            yield "the body holds U+FFFD, which stands for what was no UTF-8: the bytes that were signed are lost"
        if not self._is_of_body:
            yield "the body takes no part in the signature"

    def _heard(self, changes: Mapping[str, Any]) -> tuple[bytes | None, tuple[tuple[bytes, str], ...]]:
        """Give the canonical bytes, and which pieces of them are digests of something."""
        with canonical.listening() as heard:
            self._probe.sign(**changes)
        body = changes.get("body", self._probe.what.body)
        inner = tuple(
            (each.digest, "SHA-256 of the body" if each.message == body else "a digest")
            for each in heard
            if not each.is_keyed and each.digest
        )
        return canonical.message(heard), inner


def _said(token: str) -> str:
    try:
        return jws.taken_apart(token).payload.decode("utf-8", "backslashreplace")
    except ValueError as error:
        return f"nothing, {error}"


def _plain(name: str) -> str:
    """Give the name of a header as the gateways of Python, PHP and Ruby spell it."""
    return name.casefold().replace("_", "-").removeprefix("http-")
