"""Payload → SignedRequest: the provider's signature in its headers, its query or around its body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from simulator import forgery
from simulator.errors import InputError, Problem
from simulator.faults import Signature
from simulator.provider import Provider, Signed, ToSign
from simulator.records import Headers, Payload, SignedRequest
from simulator.units import iso8601

MARK = "X-Simulated"
"""The header that tells a bot that a request is simulated, and the story time at which it is due."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_UNRESERVED = re.compile(r"[0-9A-Za-z_.~-]*")
_UNSENDABLE = re.compile(r"[^\x21-\x7e]")


def sign_request(
    payload: Payload,
    *,
    url: str,
    registered_url: str,
    provider: Provider,
    credentials: Mapping[str, str],
    options: Mapping[str, Any],
    stamp_ms: int,
    due_ms: int,
    attempt: int = 1,
    last_outcome: str = "",
    method: str = "POST",
    marked: bool = True,
    signature: Signature = "right",
    altered: bytes | None = None,
) -> SignedRequest:
    """
    Give the request that carries the payload to `url`, signed as the provider signs for `registered_url`.

    Headers stand in this order: content type, the provider's, the mark. What the signature adds to the query comes
    after what is there, which stays as it is spelled. A wrong signature differs in one character, a missing one leaves
    no trace; what the provider sends beside it, such as a time, is the same in all three. An expired one is right: the
    caller's `stamp_ms` makes it old. `altered` is sent in place of the body that was signed.

    Raises:
        CredentialError: a credential cannot be used for signing.
        InputError: a header cannot be sent, because a credential or an option put a line break or the like into it; or
            a request shall be forged in which nothing is signed that a bot could check.
    """
    what = ToSign(
        body=payload.body,
        content_type=payload.content_type,
        url=registered_url or url,
        credentials=credentials,
        options=options,
        stamp_ms=stamp_ms,
        due_ms=due_ms,
        type=payload.type,
        attempt=attempt,
        last_outcome=last_outcome,
        event_id=str(payload.ids.get("event", payload.event_id)),
    )
    signed = provider.sign(what)
    if altered is not None:
        signed = _altered(signed, what, provider, altered)
    elif signature in ("wrong", "missing"):
        signed = _spoiled(signed, what, provider, signature)
    content_type = signed.content_type or payload.content_type
    headers: list[tuple[str, str]] = []
    if not any(name.casefold() == "content-type" for name, _ in signed.headers):
        headers.append(("Content-Type", content_type))
    headers += signed.headers
    if marked:
        headers.append((MARK, f"webhook-simulator; due={iso8601(due_ms)}"))
    return SignedRequest(
        method=method,
        url=with_query(url, signed.query),
        headers=_checked(headers),
        body=payload.body if signed.body is None else signed.body,
    )


def with_query(url: str, fields: Headers) -> str:
    """
    Give the URL with these fields after its query, percent-encoded; its fragment, which is never sent, is left out.

    What is there stays as it is, byte for byte, but for characters that no URL may hold.
    """
    address = _address(url)
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields)
    if not query:
        return address
    if "?" not in address:
        return f"{address}?{query}"
    return f"{address}{query}" if address.endswith(("?", "&")) else f"{address}&{query}"


@lru_cache(maxsize=256)
def _address(url: str) -> str:
    address, _, _ = url.partition("#")
    return _UNSENDABLE.sub(lambda found: quote(found[0].encode("utf-8", "surrogatepass"), safe=""), address)


def _quoted(text: str) -> str:
    # Most signatures are made of digits and letters, which `quote` looks at one by one.
    return text if _UNRESERVED.fullmatch(text) else quote(text.encode("utf-8", "surrogatepass"), safe="")


def _spoiled(signed: Signed, what: ToSign, provider: Provider, signature: Signature) -> Signed:
    """Give what the provider adds, its signature wrong or missing."""
    if signed.body is not None:
        return _spoiled_body(signed.body, signed, signature)
    # What changes with the body is the signature; where nothing does, a shared secret takes its place, and it is all
    # that was added. So nobody has to say which header is which.
    headers, query = _bound_to_body(signed, what, provider)
    if not headers and not query:
        headers, query = set(range(len(signed.headers))), set(range(len(signed.query)))
    if not headers and not query:
        raise _unsigned(provider, f"a signature that is {signature}", "it sends no signature at all")
    return replace(
        signed, headers=_treated(signed.headers, headers, signature), query=_treated(signed.query, query, signature)
    )


def _altered(signed: Signed, what: ToSign, provider: Provider, altered: bytes) -> Signed:
    """Give the other body with the signature of the right one."""
    if signed.body is None:
        if not any(_bound_to_body(signed, what, provider)):
            raise _unsigned(provider, "a body that was changed", "what it adds to a request is the same for every body")
        return replace(signed, body=altered)
    # A compact JWS: what was signed, a dot, the signature.
    content = (provider.sign(replace(what, body=altered)).body or b"").rpartition(b".")[0]
    return replace(signed, body=content + b"." + signed.body.rpartition(b".")[2])


def _bound_to_body(signed: Signed, what: ToSign, provider: Provider) -> tuple[set[int], set[int]]:
    """Give the places of the headers and of the query fields that would be others for another body."""
    other = provider.sign(replace(what, body=what.body + b" "))
    return _differing(signed.headers, other.headers), _differing(signed.query, other.query)


def _unsigned(provider: Provider, forgery: str, why: str) -> InputError:
    return InputError(
        Problem(
            code="nothing-signed",
            what=f"no bot can notice {forgery}",
            why=f"{provider.id}, with these options: {why}",
            fix="set the option that lets it sign, or leave the fault out",
        )
    )


def _spoiled_body(body: bytes, signed: Signed, signature: Signature) -> Signed:
    if signature == "missing":
        return replace(signed, body=None, content_type=None)
    return replace(signed, body=forgery.spoil(body.decode("latin-1")).encode("latin-1"))


def _differing(left: Headers, right: Headers) -> set[int]:
    return {i for i, (one, other) in enumerate(zip(left, right, strict=False)) if one != other}


def _treated(values: Headers, places: set[int], signature: Signature) -> Headers:
    if signature == "missing":
        return tuple(value for i, value in enumerate(values) if i not in places)
    return tuple(forgery.spoil_values((value,))[0] if i in places else value for i, value in enumerate(values))


@lru_cache(maxsize=256)
def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _checked(headers: list[tuple[str, str]]) -> Headers:
    problems = [
        Problem(
            code="bad-header",
            what=f'the header "{name}" cannot be sent',
            why="a header holds characters of Latin-1 only, and no line break",
            fix="look at the credential or the option that it is made of",
        )
        for name, value in headers
        if not _is_name(name) or not _VALUE.fullmatch(value)
    ]
    if problems:
        raise InputError(*problems)
    return tuple(headers)
