"""Why a signature does not verify: a request and a provider's `sign` → what was to be signed, and why it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.catalog import Catalog
from simulator.doctor import tokens, urls
from simulator.doctor.capture import Captured
from simulator.doctor.culprits import FIXES, Culprit
from simulator.doctor.diagnosis import Diagnosis, Signature
from simulator.doctor.probe import ALIEN, Probe
from simulator.doctor.trial import Trial
from simulator.errors import CredentialError, InputError, Problem
from simulator.provider import Provider, ToSign

__all__ = ["FIXES", "Captured", "Culprit", "Diagnosis", "Signature", "examine", "signing_credentials"]


def examine(
    request: Captured,
    *,
    provider: Provider,
    catalog: Catalog,
    credentials: Mapping[str, str],
    options: Mapping[str, Any],
    is_brief: bool = False,
) -> Diagnosis:
    """
    Give whether the request is signed as the provider signs, and if not, why, found by trying.

    Nothing is known about the provider but its `sign`, which is asked with one thing changed after another. A brief
    diagnosis does not look for culprits.

    Raises:
        CredentialError: a credential that signs is empty or cannot be used.
        InputError: the URL takes part in the signature, and is not known.
    """
    what = _to_sign(request, catalog, credentials, options)
    probe = Probe(provider, what)
    found = tokens.examine(request, probe, catalog, is_brief=is_brief)
    if found is not None:
        return found
    signed, spots = provider.sign(what), probe.spots()
    if all(spot.of(signed) is None for spot in spots):
        _check_credentials(probe, catalog)
        note = f"with these settings {catalog.title} signs nothing: whoever knows the URL can write to the bot"
        return Diagnosis(outcome="unsigned", notes=(note,))
    names = frozenset(spot.name for spot in spots if spot.kind == "query")
    trial = Trial(request, Probe(provider, replace(what, url=urls.without(request.url, names))), spots, catalog)
    if trial.is_of_url and not request.url:
        raise InputError(_no_url(request, catalog))
    diagnosis = trial.diagnosis(is_brief=is_brief)
    if diagnosis.is_valid or all(each.given is not None for each in diagnosis.signatures):
        return diagnosis
    return _under_another_option(request, probe, catalog) or diagnosis


def _under_another_option(request: Captured, probe: Probe, catalog: Catalog) -> Diagnosis | None:
    """Give the diagnosis of a request that is right with another setting; what lacks is then not missing."""
    known = probe.what.options
    for option in catalog.options.values():
        for value in option.values or ():
            changed = Probe(probe.provider, replace(probe.what, options={**known, option.name: value}))
            spots = changed.spots()
            if value == known.get(option.name) or not spots or spots == probe.spots():
                continue
            found = Trial(request, changed, spots, catalog).diagnosis(is_brief=True)
            if found.is_valid:
                return replace(found, notes=(*found.notes, f"signed as with --option {option.name}={value}"))
    return None


def signing_credentials(
    provider: Provider, catalog: Catalog, credentials: Mapping[str, str], options: Mapping[str, Any]
) -> tuple[str, ...]:
    """Give the names of the credentials by which requests are signed."""
    filled = {name: value or ALIEN[::-1] for name, value in credentials.items()}
    probe = Probe(provider, _to_sign(Captured(url="https://bot.example/"), catalog, filled, options))
    return probe.keys(lambda left, right: left != right)


def _to_sign(request: Captured, catalog: Catalog, credentials: Mapping[str, str], options: Mapping[str, Any]) -> ToSign:
    told = request.header("content-type")
    return ToSign(
        body=request.body,
        content_type=catalog.body.under(options).content_type if told is None else told,
        url=request.url.partition("#")[0],
        credentials=credentials,
        options=options,
        stamp_ms=0,
        # Gateways of Python, PHP and Ruby spell the names of headers otherwise.
        given={name.casefold().replace("_", "-").removeprefix("http-"): value for name, value in request.headers},
    )


def _check_credentials(probe: Probe, catalog: Catalog) -> None:
    """Raise CredentialError where nothing is signed only because a credential is empty."""
    for name, value in probe.what.credentials.items():
        filled = {**probe.what.credentials, name: ALIEN}
        if not value and Probe(probe.provider, replace(probe.what, credentials=filled)).spots():
            raise CredentialError(
                Problem(
                    code="empty-credential",
                    what=f"the {name} is empty",
                    why=f"{catalog.title} signs with it: {catalog.credentials[name].about}",
                    fix=f"give the {name} that the bot verifies with",
                )
            )


def _no_url(request: Captured, catalog: Catalog) -> Problem:
    return Problem(
        code="no-url",
        what="the URL is not known",
        where=request.where or "--url",
        why=f"{catalog.title} signs it too",
        fix="give --url with the URL as it was registered",
    )
