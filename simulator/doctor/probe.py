"""A provider's `sign`, asked again and again with one thing changed: which parts of a request hang on what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from simulator.doctor import urls
from simulator.doctor.capture import Captured
from simulator.errors import CredentialError
from simulator.provider import Provider, Signed, ToSign

ALIEN = "another"
"""What is added to see what changes by it."""

ALIEN_URL = "https://another.example/another?another=1"

HOUR_MS = 3_600_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where something that the provider adds stands."""

    kind: Literal["header", "query"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def of(self, signed: Signed) -> str | None:
        """Give what the provider writes there; None where it writes nothing."""
        pairs = signed.headers if self.kind == "header" else signed.query
        return next((value for name, value in pairs if name.casefold() == self.name.casefold()), None)

    def in_request(self, request: Captured) -> str | None:
        """Give what came there; None where it is missing."""
        return request.header(self.name) if self.kind == "header" else urls.value_of(request.url, self.name)


@dataclass(frozen=True, slots=True)
class Probe:
    """What of a signature hangs on what."""

    provider: Provider
    what: ToSign

    def sign(self, **changes: Any) -> Signed:
        """
        Give what the provider adds, with these fields of `ToSign` changed.

        That is nothing where a key cannot be used, or a time is one that no provider writes: what is tried may be odd.
        """
        try:
            return self.provider.sign(replace(self.what, **changes))
        except (CredentialError, ValueError, OverflowError):
            return Signed()

    def spots(self) -> tuple[Spot, ...]:
        """
        Give where the signature stands: what changes with the body or the URL; else with a credential.

        Headers come before the query.
        """
        signed = self.sign()
        for changes in (
            ({"body": self.what.body + b" "}, {"url": ALIEN_URL}),
            [{"credentials": {**self.what.credentials, name: ALIEN}} for name in self.what.credentials],
        ):
            found = [spot for each in changes for spot in differing(signed, self.sign(**each))]
            if found:
                return tuple(sorted(dict.fromkeys(found), key=lambda spot: spot.kind != "header"))
        return ()

    def stamps(self, spots: tuple[Spot, ...]) -> tuple[Spot, ...]:
        """Give where the time stands, beside the signature."""
        later = self.sign(stamp_ms=self.what.stamp_ms + HOUR_MS)
        return tuple(spot for spot in differing(self.sign(), later) if spot not in spots)

    def hangs_on(self, spots: tuple[Spot, ...], **changes: Any) -> bool:
        """True where one of these changes with these fields of `ToSign`."""
        return bool({*differing(self.sign(), self.sign(**changes))} & {*spots})

    def keys(self, has_changed: Callable[[Signed, Signed], bool]) -> tuple[str, ...]:
        """Give the credentials that sign."""
        known: Mapping[str, str] = self.what.credentials
        signed = self.sign()
        return tuple(name for name in known if has_changed(signed, self.sign(credentials={**known, name: ALIEN})))


def differing(left: Signed, right: Signed) -> list[Spot]:
    """Give where two signatures differ; headers by their names, whatever their order."""
    found: list[Spot] = []
    pairs: tuple[tuple[Literal["header", "query"], Any, Any], ...] = (
        ("header", left.headers, right.headers),
        ("query", left.query, right.query),
    )
    for kind, one, other in pairs:
        names = dict.fromkeys(name for name, _ in (*one, *other))
        found += [Spot(kind=kind, name=name) for name in names if dict(one).get(name) != dict(other).get(name)]
    return found
