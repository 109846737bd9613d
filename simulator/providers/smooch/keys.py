"""Who may call: a token signed with the app's key, or the key itself by basic authentication."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from simulator import digests
from simulator.provider import ApiResponse
from simulator.providers.smooch.multipart import is_multipart
from simulator.providers.smooch.refusals import Fault, refused
from simulator.records import ApiCall
from simulator.world import World

ALGORITHM = "HS256"

OPEN = frozenset({"get_attachment"})
"""Operations for which nobody has to say who calls."""

SCOPES = ("app", "account")
"""Scopes of keys that may do all that is done here; `appUser` is for the clients of people."""


def authorize(call: ApiCall, world: World) -> ApiResponse | None:
    """
    Give the refusal of a call that shows no key, a wrong one, or one for something else; None for all others.

    401 for who cannot be known, 403 for who may not. Files are open to everybody who has their address.
    """
    if call.operation in OPEN:
        return None
    if len(call.body) > world.limits["json_bytes"] and not is_multipart(call.headers.get("content-type", "")):
        return refused(call, Fault("too_large"))
    scheme, _, shown = call.headers.get("authorization", "").strip().partition(" ")
    scope = ""
    if scheme.casefold() == "bearer":
        scope = scope_of(shown.strip(), world.credentials)
    elif scheme.casefold() == "basic" and version_of(call) != "v1":
        # Only v1.1 takes the key itself.
        scope = _scope_of_key(shown.strip(), world.credentials)
    if not scope:
        return refused(call, Fault("unauthorized"))
    if scope not in SCOPES:
        return refused(call, Fault("forbidden", f"a token with the scope {scope} may not do this"))
    # Where the path names no app, it is that of the key.
    app_id = call.params.get("app_id")
    if app_id is None or app_id == world.options["app_id"]:
        return None
    if scope == "account":
        return refused(call, Fault("app_not_found"))
    return refused(call, Fault("forbidden", "the key belongs to another app"))


def version_of(call: ApiCall) -> str:
    """Give the version of the API that a path belongs to: `v1` or `v1.1`."""
    return "v1.1" if call.path.startswith("/v1.1/") else "v1"


def scope_of(token: str, credentials: Mapping[str, str]) -> str:
    """
    Give the scope that a JWT has been given, empty where it is not signed with our key.

    It must be signed with HS256, and its header must name the key as `kid`. Times in it are not looked at: the story
    has its own.

    Source: docs.smooch.io/rest/v1, "Authentication"; Smooch's tokens carry a scope and need no expiry.
    """
    try:
        signed, _, signature = token.rpartition(".")
        header, claims = (_object(_decoded(part)) for part in signed.split("."))
        given = _decoded(signature)
    except ValueError:
        return ""
    if header.get("alg") != ALGORITHM or header.get("kid") != credentials["key_id"]:
        return ""
    secret = credentials["key_secret"]
    if not secret or not digests.is_equal(given, digests.hmac_sha256(secret, signed.encode("utf-8"))):
        return ""
    return str(claims.get("scope") or "")


def _scope_of_key(value: str, credentials: Mapping[str, str]) -> str:
    try:
        shown = base64.b64decode(value, validate=True)
    except ValueError:
        return ""
    right = f"{credentials['key_id']}:{credentials['key_secret']}"
    if not digests.is_equal(shown, right):
        return ""
    return "account" if credentials["key_id"].startswith("act_") else "app"


def _decoded(part: str) -> bytes:
    """
    Give the bytes of a part of a JWT: base64url without padding.

    Raises:
        ValueError: it is none.
    """
    if not part or set(part) & set("+/="):
        raise ValueError("no base64url")
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _object(text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
