"""What the tests of the signature doctor share: every provider, with each setting under which it signs otherwise."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from simulator import catalog as catalogs
from simulator import doctor, providers, signing
from simulator.doctor import Captured, Diagnosis
from simulator.doctor.probe import ALIEN_URL, Probe
from simulator.provider import Provider, ToSign
from simulator.records import Payload

BODY = (
    '{"event":"message","sender":{"id":"Zm9v==","name":"Zoë"},"text":"héllo ☃ 🙂 <b>a/b</b>",'
    '"number":1.50,"large":6188887751252405372,"list":[1,{"x":null}],"at":1735689600000}'
).encode()
VALUE = json.loads(BODY)
NUMBERS = BODY.replace(b"1.50", b"1.5")
"""As BODY, but with numbers that survive being read and written."""
URL = "https://bot.example.com/hooks/in?bot=7&a=1"
KEY = "Sim-Key-01-AbCdEf0123456789"
STAMP_MS = 1_735_689_612_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """A provider with settings under which it signs."""

    provider: Provider
    catalog: catalogs.Catalog
    options: Mapping[str, Any]
    key: str
    """The credential that signs; empty where there is none."""

    def request(
        self, body: bytes = BODY, *, url: str = URL, key: str = KEY, stamp_ms: int = STAMP_MS, **more: Any
    ) -> Captured:
        """Give a request as the provider sends it."""
        request = signing.sign_request(
            Payload(event_id="one", type="", body=body, content_type="application/json"),
            url=url,
            registered_url=url,
            provider=more.get("provider", self.provider),
            credentials=self.credentials(key),
            options={**self.options, **more.get("options", {})},
            stamp_ms=stamp_ms,
            due_ms=STAMP_MS,
        )
        return Captured(headers=request.headers, body=request.body, url=request.url)

    def credentials(self, key: str = KEY) -> dict[str, str]:
        known = {name: each.default for name, each in self.catalog.credentials.items()}
        if not self.is_key_text and key not in known.values():
            # What is no base64 is no key of this provider.
            key = base64.b64encode(key.encode()).decode()
        return {**known, self.key: key} if self.key else known

    @property
    def is_key_text(self) -> bool:
        """True where any text is a key; else it is base64 of one."""
        fact = self.catalog.credentials.get(self.key)
        return fact is None or not fact.pattern.startswith("whsec_")

    def examine(self, request: Captured, *, key: str = KEY, provider: Provider | None = None) -> Diagnosis:
        return doctor.examine(
            request,
            provider=provider or self.provider,
            catalog=self.catalog,
            credentials=self.credentials(key),
            options=self.options,
        )

    def probe(self) -> Probe:
        what = ToSign(
            body=BODY,
            content_type="application/json",
            url=URL,
            credentials=self.credentials(),
            options=self.options,
            stamp_ms=STAMP_MS,
        )
        return Probe(self.provider, what)


def case(provider_id: str, **options: Any) -> Case:
    facts, provider = catalogs.load(provider_id), providers.load(provider_id)
    known = catalogs.options_with(facts, options)
    defaults = {name: each.default for name, each in facts.credentials.items()}
    names = doctor.signing_credentials(provider, facts, defaults, known)
    return Case(provider=provider, catalog=facts, options=known, key=names[0] if names else "")


def cases() -> list[Case]:
    """Give each provider as it is, and with each option that makes it sign otherwise."""
    found: list[Case] = []
    for provider_id in catalogs.names():
        facts = catalogs.load(provider_id)
        seen: list[Any] = []
        for options in ({}, *({name: value} for name, each in facts.options.items() for value in each.values or ())):
            each = case(provider_id, **options)
            shape = (each.key, each.probe().spots(), each.probe().sign().body is None)
            if shape not in seen and (each.probe().spots() or each.probe().sign().body is not None):
                seen.append(shape)
                found.append(each)
    return found


CASES = cases()
OF_HEADERS = [each for each in CASES if each.probe().spots()]
OF_BODY = [each for each in OF_HEADERS if each.probe().hangs_on(each.probe().spots(), body=b"{}")]
OF_URL = [each for each in OF_HEADERS if each.probe().hangs_on(each.probe().spots(), url=ALIEN_URL)]
WITH_KEY = [each for each in OF_HEADERS if each.key]
OF_KEY = [each for each in WITH_KEY if each.is_key_text]
OF_STAMP = [each for each in OF_HEADERS if each.probe().stamps(each.probe().spots())]
OF_TOKENS = [each for each in CASES if each.probe().sign().body is not None]


def one_each(found: list[Case]) -> list[Case]:
    """Give the first of each provider: enough where it takes long and what it is about hangs on no setting."""
    return list({each.provider.id: each for each in reversed(found)}.values())[::-1]


def named(found: list[Case]) -> list[Any]:
    return [pytest.param(each, id=f"{each.provider.id}-{number}") for number, each in enumerate(found)]


def culprits(diagnosis: Diagnosis) -> set[str]:
    return {culprit.name for culprit in diagnosis.culprits}


def changed(request: Captured, **fields: Any) -> Captured:
    return replace(request, **fields)


def with_headers(request: Captured, change: Callable[[str, str], tuple[str, str] | None], spoil: Case) -> Captured:
    """Change the headers that hold the signature."""
    spots = {spot.name.casefold() for spot in spoil.probe().spots() if spot.kind == "header"}
    pairs = [change(name, text) if name.casefold() in spots else (name, text) for name, text in request.headers]
    return replace(request, headers=tuple(pair for pair in pairs if pair is not None))
