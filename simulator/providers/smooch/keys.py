"""Who may call: a token signed with the app's key, or the key itself by basic authentication."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from simulator import digests
from simulator.multipart import is_multipart
from simulator.provider import ApiResponse
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.users import find_user
from simulator.records import ApiCall
from simulator.world import World

ALGORITHM = "HS256"

UNTYPED = "the content type is not application/json"
"""
Why a body is not read.

Source: docs.smooch.io/rest/v1, "Introduction": JSON needs that type. What else is answered is not told.
"""

OPEN = frozenset({"get_attachment"})
"""Operations for which nobody has to say who calls."""

SCOPES = ("app", "account")
"""Scopes of tokens that may do all that is done here."""

ACCOUNT_KEY = "act_"
"""How the id of a key of the account begins; that of an app's begins otherwise."""

OWN_SCOPE = "appUser"
OWN = frozenset(
    {
        *("get_app_user", "update_app_user", "get_conversation", "get_messages", "read_conversation"),
        *("post_message", "post_postback"),
    }
)
"""
What a token of the scope `appUser`, which a client of a person has, may do: with her own data alone.

Source: curiouslychris/smooch-docs, guide "Authorization": her conversation and her profile. The list itself is ours.
"""


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
    claims: Mapping[str, Any] = {}
    if scheme.casefold() == "bearer":
        claims = claims_of(shown.strip(), world.credentials)
    elif scheme.casefold() == "basic" and version_of(call) != "v1":
        # Only v1.1 takes the key itself.
        claims = {"scope": _scope_of_key(shown.strip(), world.credentials)}
    scope = str(claims.get("scope") or "")
    if not scope:
        return refused(call, Fault("unauthorized"))
    if scope not in SCOPES and not (scope == OWN_SCOPE and _is_own(call, claims, world)):
        return refused(call, Fault("forbidden", f"a token with the scope {scope} may not do this"))
    if scope == "account" and not world.credentials["key_id"].startswith(ACCOUNT_KEY):
        return refused(call, Fault("forbidden", "a key of an app cannot give the scope account"))
    # Where the path names no app, it is that of the key.
    app_id = call.params.get("app_id", world.options["app_id"])
    if app_id != world.options["app_id"]:
        fault = Fault("app_not_found") if scope == "account" else Fault("forbidden", "the key belongs to another app")
        return refused(call, fault)
    return refused(call, Fault("bad_request", UNTYPED)) if _is_untyped(call) else None


def version_of(call: ApiCall) -> str:
    """Give the version of the API that a path belongs to: `v1` or `v1.1`."""
    return "v1.1" if call.path.casefold().startswith("/v1.1/") else "v1"


def _is_untyped(call: ApiCall) -> bool:
    """True for a body that is called neither JSON nor a form with files."""
    content_type = call.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().casefold()
    return bool(call.body.strip()) and kind != "application/json" and not is_multipart(content_type)


def _is_own(call: ApiCall, claims: Mapping[str, Any], world: World) -> bool:
    """True for a call about the person whose token it is, in her own name."""
    user = find_user(world, call.params.get("user_id", ""))
    if call.operation not in OWN or user is None or not isinstance(claims.get("userId"), str):
        return False
    role = call.fields.get("role") if isinstance(call.fields, Mapping) else None
    return claims["userId"] in (user["id"], user.get("userId")) and role in (None, OWN_SCOPE)


def claims_of(token: str, credentials: Mapping[str, str]) -> Mapping[str, Any]:
    """
    Give the claims of a JWT, none where it is not signed with our key.

    It must be signed with HS256, and its header must name the key as `kid`. Times in it are not looked at: the story
    has its own.

    Source: docs.smooch.io/rest/v1, "Authentication"; Smooch's tokens carry a scope and need no expiry.
    """
    try:
        signed, _, signature = token.rpartition(".")
        header, claims = (_object(_decoded(part)) for part in signed.split("."))
        given = _decoded(signature)
    except ValueError:
        return {}
    if header.get("alg") != ALGORITHM or header.get("kid") != credentials["key_id"]:
        return {}
    secret = credentials["key_secret"]
    if not secret or not digests.is_equal(given, digests.hmac_sha256(secret, signed.encode("utf-8"))):
        return {}
    return claims


def _scope_of_key(value: str, credentials: Mapping[str, str]) -> str:
    try:
        shown = base64.b64decode(value, validate=True)
    except ValueError:
        return ""
    right = f"{credentials['key_id']}:{credentials['key_secret']}"
    if not digests.is_equal(shown, right):
        return ""
    return "account" if credentials["key_id"].startswith(ACCOUNT_KEY) else "app"


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
