"""ApiCall × World → ApiResponse: which operation it is, whether it is allowed, and what the REST API answers. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from simulator import forms, templates
from simulator.catalog import Catalog
from simulator.errors import InputError, Problem, did_you_mean
from simulator.ids import Ids
from simulator.provider import ApiResponse, Provider, Route
from simulator.records import ApiCall, Headers
from simulator.render.answer import fill_answer, write_answer
from simulator.world import World

DEEPEST = 100
"""So many maps and lists may stand inside each other in the body of a call."""

TOO_LARGE = "too large"
"""How `ApiCall.problem` begins where the body was so large that it was not kept."""

BODY_LIMIT = "body_bytes"
"""The limit of `provider.yaml` that says how large the body of a call may be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """A call and all of its answer."""

    call: ApiCall
    """With operation, params and fields."""
    response: ApiResponse
    status: int
    headers: Headers
    body: bytes
    is_arranged: bool = False
    """An `api:` step of the story wanted this answer."""
    is_aside: bool = False
    """The call was about somebody of a stream, whom no step of the story waits for."""


def answer(call: ApiCall, *, provider: Provider, catalog: Catalog, world: World, ids: Ids) -> Answered:
    """
    Give the answer of the REST API; the effects in its response are for the caller to apply.

    What is wrong is told in this order: no such path, another method, the body, the authorisation, and then what the
    operation itself finds. A call that stood in the answer to a delivery needs no authorisation.
    """
    route, call, refusal = _understood(call, provider, world)
    if refusal is None and call.source == "http":
        refusal = provider.authorize(call, world)
    response = refusal or _handled(route, call, world, ids)
    status, headers, body = render_response(
        response, call=call, provider=provider, catalog=catalog, world=world, ids=ids
    )
    return Answered(call=call, response=response, status=status, headers=headers, body=body)


def operation_of(call: ApiCall, provider: Provider) -> str:
    """Give the provider's name of the operation; empty where no route fits."""
    if call.operation:
        return call.operation
    found = _route(call, provider)
    return found[0].operation if found is not None else ""


def fault_response(
    call: ApiCall, *, provider: Provider, catalog: Catalog, error: str = "", status: int | None = None, body: Any = None
) -> ApiResponse:
    """
    Give the answer that an `api:` step asks for: a named error in the provider's own words, or status and body as told.

    It counts as a refusal in either case, since what the call wanted has not been done. A body that is text is sent
    as it is, like what a proxy says where the API cannot be reached.

    Raises:
        InputError: the provider has no error of that name.
    """
    if not error:
        headers = (("Content-Type", "text/plain; charset=utf-8"),) if isinstance(body, str) else ()
        return ApiResponse(status=200 if status is None else status, headers=headers, body=body, error="as told")
    if error not in catalog.errors:
        names = ", ".join(catalog.errors)
        raise InputError(
            Problem(
                code="unknown-error",
                what=f'unknown error "{error}"',
                why=f"{catalog.title} has: {names}",
                fix=did_you_mean(error, catalog.errors, "use one of them"),
            )
        )
    return provider.refuse(call, error, "")


def render_response(
    response: ApiResponse, *, call: ApiCall, provider: Provider, catalog: Catalog, world: World, ids: Ids
) -> tuple[int, Headers, bytes]:
    """
    Give status, headers and body as they go over the wire.

    A body that is text is sent as it is where the headers name another content type than JSON.

    Raises:
        InputError: the template is broken.
    """
    value, body = response.body, None
    content_type = next((text for name, text in response.headers if name.casefold() == "content-type"), "")
    if response.template:
        scope = {
            "answer": response.values,
            "call": call,
            "account": world.get("account", "account") or catalog.account,
            "ids": ids,
            "now": call.at_ms,
            "options": world.options,
        }
        known = templates.of(catalog, provider)
        if not content_type:
            body = write_answer(known, response.template, scope)
        if body is None:
            value = fill_answer(known, response.template, scope)
    headers = response.headers
    if not content_type and (body is not None or value is not None):
        headers = (("Content-Type", "application/json; charset=utf-8"), *headers)
    if body is None:
        body = _encoded(value, is_json=not content_type or "json" in content_type.casefold())
    return response.status, headers, b"" if call.method == "HEAD" else body


# --- which operation -------------------------------------------------------------------------------------------------


def _understood(call: ApiCall, provider: Provider, world: World) -> tuple[Route | None, ApiCall, ApiResponse | None]:
    """Give the route, the call with all that is known of it now, and the refusal where there is no more to be known."""
    if call.source == "ack":
        route = next((route for route in provider.routes if route.operation == call.operation), None)
        return route, call, None if route is not None else provider.refuse(call, "not_found", call.operation)
    found = _route(call, provider)
    if found is None:
        return None, call, _unrouted(call, provider)
    route, params = found
    limit_bytes = world.limits.get(BODY_LIMIT)
    if call.problem.startswith(TOO_LARGE) or (limit_bytes is not None and len(call.body) > limit_bytes):
        detail = f"the body has {len(call.body)} bytes; {limit_bytes} are allowed" if call.body else call.problem
        call = replace(call, operation=route.operation, params=params)
        return route, call, provider.refuse(call, "too_large", detail)
    try:
        return route, replace(call, operation=route.operation, params=params, fields=_fields(call)), None
    except ValueError as error:
        call = replace(call, operation=route.operation, params=params, problem=str(error))
    # Nobody looks at what comes with a GET; a few clients send a body all the same.
    refusal = None if call.method in ("GET", "HEAD") else provider.refuse(call, "bad_body", call.problem)
    return route, call, refusal


def _handled(route: Route | None, call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    # A route is missing only where the call was refused.
    assert route is not None
    return route.handler(call, world, ids)


def _unrouted(call: ApiCall, provider: Provider) -> ApiResponse:
    """Give the answer to a path or a method that there is not; what only a wide name fits is another path."""
    methods = sorted({route.method for route, _ in _fitting(call.path, provider, widths=(False,))})
    if not methods:
        return provider.refuse(call, "not_found", f"there is no {call.path}")
    allow = (("Allow", ", ".join([*methods, "OPTIONS"])),)
    if call.method == "OPTIONS":
        return ApiResponse(status=204, headers=allow)
    refusal = provider.refuse(call, "bad_method", f"{call.path} takes {', '.join(methods)}, not {call.method}")
    is_told = any(name.casefold() == "allow" for name, _ in refusal.headers)
    return refusal if refusal.status != 405 or is_told else replace(refusal, headers=(*refusal.headers, *allow))


def _route(call: ApiCall, provider: Provider) -> tuple[Route, dict[str, str]] | None:
    method = "GET" if call.method == "HEAD" else call.method
    return next((found for found in _fitting(call.path, provider) if found[0].method == method), None)


def _fitting(
    path: str, provider: Provider, widths: tuple[bool, ...] = (False, True)
) -> Iterator[tuple[Route, dict[str, str]]]:
    """
    Give the routes that a path fits, those that fit it best first, with what stands in their `{names}`.

    A slash at the end is passed over. A path comes decoded, so that an id with a slash in it looks like two segments:
    where no route fits segment by segment, a name may stand for several.
    """
    path = path.rstrip("/") or "/"
    for is_wide in widths:
        seen = False
        for route, pattern in _candidates(path, provider, is_wide=is_wide):
            found = pattern.fullmatch(path)
            if found is not None:
                seen = True
                yield route, found.groupdict()
        if seen:
            return


Patterns = list[tuple[Route, re.Pattern[str]]]

_PATTERNS: dict[int, tuple[Provider, Patterns, dict[int, Patterns]]] = {}
"""By a provider's id: itself, its routes as wide patterns, and by their number of segments as narrow ones."""


def _candidates(path: str, provider: Provider, *, is_wide: bool) -> Patterns:
    """Give the routes that a path may fit, those with the fewest names first."""
    if id(provider) not in _PATTERNS:
        routes = sorted(provider.routes, key=lambda route: route.path.count("{"))
        wide = [(route, _pattern(route.path, provider, is_wide=True)) for route in routes]
        narrow: dict[int, Patterns] = {}
        for route in routes:
            pattern = _pattern(route.path, provider, is_wide=False)
            narrow.setdefault(route.path.rstrip("/").count("/"), []).append((route, pattern))
        # The provider is kept with them, so that no other can have its id.
        _PATTERNS[id(provider)] = provider, wide, narrow
    _, wide, narrow = _PATTERNS[id(provider)]
    return wide if is_wide else narrow.get(path.count("/") if path != "/" else 0, [])


def _pattern(path: str, provider: Provider, *, is_wide: bool) -> re.Pattern[str]:
    segment = ".+" if is_wide else "[^/]+"
    parts = re.split(r"\{(\w+)\}", path.rstrip("/") or "/")
    text = "".join(f"(?P<{part}>{segment})" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.compile(text, re.DOTALL | re.IGNORECASE if provider.ignores_case else re.DOTALL)


# --- the body --------------------------------------------------------------------------------------------------------


def _fields(call: ApiCall) -> Any:
    """
    Give the body's fields, None where there is no body: JSON if it looks like JSON, whatever its content type says.

    Raises:
        ValueError: it is neither JSON nor a form; the text is a sentence for a person.
    """
    if not call.body.strip():
        return None
    content_type = call.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if content_type == "multipart/form-data":
        # A file is no text; the operation reads the body itself.
        return None
    try:
        text = call.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"the body is not UTF-8: byte {error.start} cannot be read") from error
    if content_type == "application/x-www-form-urlencoded" and text.lstrip()[:1] not in ("{", "["):
        return forms.parse(text)
    try:
        fields = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        # Of a number with too many digits Python says, behind a semicolon, what a programmer of its own could do.
        raise ValueError(f"the body is no JSON: {str(error).partition(';')[0]}") from error
    if _depth(fields) > DEEPEST:
        raise ValueError(f"the body is nested deeper than {DEEPEST} levels")
    if not isinstance(fields, dict):
        raise ValueError("the body is JSON, but no object")
    return fields


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        depth += 1
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
    return depth


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _encoded(value: Any, *, is_json: bool) -> bytes:
    if value is None or isinstance(value, bytes):
        return value or b""
    if isinstance(value, str) and not is_json:
        return value.encode("utf-8", "replace")
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")
