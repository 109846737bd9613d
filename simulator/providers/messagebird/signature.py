"""The two signatures of MessageBird: the older one over time, query and body, and the token that came after it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from simulator import digests
from simulator.provider import Signed, ToSign

SETTINGS = "settings"
"""The option by which the settings of a webhook are found."""

LIFETIME_S = 60
"""How long a token is good. Source: the fixtures of the SDKs."""


def sign(what: ToSign) -> Signed:
    """
    Give the headers by which a bot knows that a body came from MessageBird, of both kinds unless the options say one.

    Source: the verifiers of MessageBird's SDKs. Whether one request carries both kinds is unconfirmed.
    """
    kind = what.options.get("signatures", "both")
    added = _added(what)
    what = replace(what, url=_with(_url(what), added.query), options={**what.options, "sign_url": ""})
    headers = list(added.headers)
    if kind in ("both", "hmac"):
        stamp = str(what.stamp_ms // 1000)
        headers += [("MessageBird-Signature", _hmac(what, stamp)), ("MessageBird-Request-Timestamp", stamp)]
    if kind in ("both", "jwt"):
        headers.append(("MessageBird-Signature-JWT", token(claims(what), what.credentials.get("signing_key", ""))))
    return Signed(headers=tuple(headers), query=added.query)


def _added(what: ToSign) -> Signed:
    """Give what the settings of a webhook put into each request: headers, a login, and a query, which is signed too."""
    settings: Mapping[str, Any] = what.options.get(SETTINGS) or {}
    headers = [(str(name), str(value)) for name, value in (settings.get("headers") or {}).items()]
    if settings.get("username"):
        login = f"{settings['username']}:{settings.get('password') or ''}".encode("utf-8", "surrogatepass")
        headers.append(("Authorization", f"Basic {base64.b64encode(login).decode('ascii')}"))
    return Signed(headers=tuple(headers), query=tuple(parse_qsl(str(settings.get("query_params") or ""))))


def _with(url: str, query: Sequence[tuple[str, str]]) -> str:
    """Give the URL with a query behind what is there, spelled as it is sent."""
    more = urlencode(query, quote_via=quote, safe="")
    return f"{url}{'&' if '?' in url else '?'}{more}" if more else url


def _hmac(what: ToSign, stamp: str) -> str:
    """Give base64 of HMAC-SHA256 over the time, the sorted query and the raw hash of the body, a line feed between."""
    message = f"{stamp}\n{query_of(_url(what))}\n".encode("utf-8", "surrogatepass") + digests.sha256(what.body)
    return digests.hmac_sha256_base64(what.credentials.get("signing_key", ""), message, name="signing_key")


def query_of(url: str) -> str:
    """Give a URL's query with its parameters sorted by name; empty where there is none."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def claims(what: ToSign) -> dict[str, Any]:
    """Give what the token says: until when it is good, and the hashes of the URL and of the body, if there is one."""
    now_s = what.stamp_ms // 1000
    url_hash = digests.sha256_hex(_url(what).encode("utf-8", "surrogatepass"))
    found: dict[str, Any] = {
        "iss": "MessageBird",
        "nbf": now_s,
        "exp": now_s + LIFETIME_S,
        "jti": _request_id(what, url_hash),
        "url_hash": url_hash,
    }
    return {**found, "payload_hash": digests.sha256_hex(what.body)} if what.body else found


def token(said: Mapping[str, Any], key: str) -> str:
    """Give the compact JWT, signed with HS256."""
    begun = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(said)}"
    return f"{begun}.{_base64url(digests.hmac_sha256(key, begun.encode('ascii'), name='signing_key'))}"


def _url(what: ToSign) -> str:
    return str(what.options.get("sign_url") or what.url)


def _request_id(what: ToSign, url_hash: str) -> str:
    """Give a UUID that is another for each request: it hangs on all that tells one from another."""
    drawn = digests.sha256_hex(f"{what.stamp_ms} {what.attempt} {url_hash} ".encode() + digests.sha256(what.body))
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{'89ab'[int(drawn[16], 16) % 4]}{drawn[17:20]}-{drawn[20:32]}"


def _part(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode("ascii"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
