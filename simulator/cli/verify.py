"""`verify`: whether a request is signed as the provider signs, and if not, why."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.catalog import Catalog
    from simulator.doctor import Captured, Diagnosis
    from simulator.errors import InputError
    from simulator.provider import Provider

MOST_BYTES = 64_000_000
"""So large may a file be."""

MOST_SHOWN = 10
"""So many requests of one file are diagnosed; of the others only the number is told."""


@form.command("verify", exits=(0, 1, 2, 3))
@names.provider
@click.argument("request", metavar="[REQUEST]", required=False)
@click.option("--number", type=options.whole(1), help="Which request of the file, counted from 1; all, if not given.")
@click.option(
    "--body", metavar="TEXT", help="The body; TEXT may be file:PATH, @PATH, env:VARIABLE or - for standard input."
)
@click.option(
    "--header",
    "headers",
    metavar="NAME:VALUE",
    multiple=True,
    help="A header; @PATH is a file of them, one a line. Repeatable.",
)
@click.option("--url", metavar="URL", help="The URL as it was registered, with its query.")
@click.option(
    "--secret", metavar="TEXT", help="The credential that signs, whatever its name; TEXT is read as that of --body."
)
@options.credential
@options.option
@options.env_file
@options.as_json
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> int:
    """
    Tell whether a request is signed as the provider signs, and why not.

    REQUEST is a file, or - for standard input, with a raw HTTP request, lines of `generate --format requests`, a
    journal or a HAR. The options give a request by themselves, or change what is in the file.
    """
    from simulator import catalog as catalogs
    from simulator import providers
    from simulator.cli import findings
    from simulator.cli.screens import standard_screen
    from simulator.codec import Redactor

    facts, provider = catalogs.load(given["provider"]), providers.load(given["provider"])
    variables = options.variables(ctx)
    settings = catalogs.options_with(facts, dict(given["switches"]), "--option")
    credentials = _credentials(facts, provider, settings, given, variables)
    requests = _requests(given, variables)
    found = diagnoses(requests, facts, provider, credentials, settings)
    secrets = Redactor(catalogs.secrets_in(credentials.values(), [facts]))
    if given["as_json"]:
        from simulator.cli.output import say_json

        say_json(findings.as_json(facts, found, secrets))
    else:
        findings.show(facts, found, standard_screen(ctx), secrets.hide, most=MOST_SHOWN)
    return 0 if all(diagnosis.is_valid for _, diagnosis in found) else 1


def diagnoses(
    requests: Sequence[Captured],
    facts: Catalog,
    provider: Provider,
    credentials: Mapping[str, str],
    settings: Mapping[str, Any],
) -> list[tuple[Captured, Diagnosis]]:
    """Give each request with what is to be said about it; culprits are looked for in the first that fail."""
    from simulator import doctor

    found, searched = [], 0
    for request in requests:
        is_brief = searched >= MOST_SHOWN
        diagnosis = doctor.examine(
            request, provider=provider, catalog=facts, credentials=credentials, options=settings, is_brief=is_brief
        )
        searched += not diagnosis.is_valid
        found.append((request, diagnosis))
    return found


# --- the request -----------------------------------------------------------------------------------------------------


def _requests(given: Mapping[str, Any], variables: Mapping[str, str]) -> tuple[Captured, ...]:
    """
    Give the requests to look at.

    Raises:
        InputError: there is none, or one of the options cannot be read.
    """
    from simulator.doctor import Captured, capture

    parts = ("body", "headers", "url")
    if given["request"] is None and not any(given[name] for name in parts):
        raise _problem(
            "no-request",
            "there is no request to verify",
            why=f"wanted is {capture.FORMS}",
            fix="name a file, or give --body, --header and --url",
        )
    if given["request"] == "-" and given["body"] == "-":
        raise _problem("bad-value", "standard input can be read only once", "--body", fix="name a file for one of them")
    if given["request"] is None:
        requests: tuple[Captured, ...] = (Captured(),)
    else:
        requests = capture.read(_file(given["request"], "REQUEST"), given["request"])
    if given["number"] is not None:
        requests = _one_of(requests, given["number"])
    return tuple(_changed(request, given, variables) for request in requests) if _any(given, parts) else requests


def _any(given: Mapping[str, Any], parts: Sequence[str]) -> bool:
    return any(given[name] is not None and given[name] != () for name in parts)


def _one_of(requests: tuple[Captured, ...], number: int) -> tuple[Captured, ...]:
    if number > len(requests):
        count = len(requests)
        said = "there is 1 request in it" if count == 1 else f"there are {count} requests in it"
        raise _problem("bad-value", f"there is no request number {number}", "--number", why=said)
    return requests[number - 1 : number]


def _changed(request: Captured, given: Mapping[str, Any], variables: Mapping[str, str]) -> Captured:
    """Give the request with what the options say in place of its own."""
    if given["body"] is not None:
        request = replace(request, body=_bytes(given["body"], "--body", variables))
    if given["headers"]:
        headers = [pair for text in given["headers"] for pair in _headers(text)]
        named = {name.casefold() for name, _ in headers}
        kept = [pair for pair in request.headers if pair[0].casefold() not in named]
        request = replace(request, headers=(*kept, *headers))
    if given["url"] is not None:
        request = replace(request, url=_url(given["url"]), is_scheme_known=True)
    return request


def _headers(text: str) -> Sequence[tuple[str, str]]:
    from simulator.doctor import capture

    path = text.removeprefix("@") if text.startswith("@") else ""
    try:
        return capture.read_headers(_file(path, "--header").decode("latin-1") if path else text)
    except ValueError as error:
        raise _problem("bad-value", str(error), "--header", fix='write it as "Name: value"') from error


def _url(text: str) -> str:
    from simulator.doctor import urls

    found = urls.taken_apart(text.strip())
    if found is None:
        raise _problem(
            "bad-value", f'"{text[:80]}" is no URL', "--url", fix="write it whole, such as https://bot.example/hook?a=1"
        )
    return text.strip()


# --- texts and files -------------------------------------------------------------------------------------------------


def _credentials(
    facts: Catalog,
    provider: Provider,
    settings: Mapping[str, Any],
    given: Mapping[str, Any],
    variables: Mapping[str, str],
) -> dict[str, str]:
    from simulator import catalog as catalogs
    from simulator import doctor
    from simulator.cli.given import credentials_of

    credentials = catalogs.credentials_with(facts, credentials_of(given["credentials"], variables), "--credential")
    if given["secret"] is None:
        return credentials
    signing = doctor.signing_credentials(provider, facts, credentials, settings)
    if len(signing) != 1:
        why = (
            f"{facts.title} signs with: {', '.join(signing)}" if signing else f"{facts.title} signs with no credential"
        )
        fix = "name each by --credential" if signing else "leave it out"
        raise _problem("unclear-secret", "it is not clear which credential this is", "--secret", why=why, fix=fix)
    secret = _bytes(given["secret"], "--secret", variables).decode("utf-8", "surrogateescape")
    if given["secret"].startswith(("@", "file:")) or given["secret"] == "-":
        secret = secret.removesuffix("\n").removesuffix("\r")
    return {**credentials, signing[0]: secret}


def _bytes(text: str, where: str, variables: Mapping[str, str]) -> bytes:
    """Give what a text stands for: a file, a variable, standard input, or itself."""
    if text == "-" or text.startswith("@"):
        return _file(text.removeprefix("@"), where)
    if text.startswith("file:"):
        return _file(text.removeprefix("file:"), where)
    variable = text.removeprefix("env:")
    if variable != text:
        if variable not in variables:
            raise _problem("unset-variable", f'the variable "{variable}" is not set', where, fix="set it")
        text = variables[variable]
    # An argument that is no UTF-8 arrives with halves of characters, which go back to its bytes.
    return text.encode("utf-8", "surrogateescape")


def _file(path: str, where: str) -> bytes:
    try:
        if path == "-":
            return _read(sys.stdin.buffer, where, "standard input")
        with Path(path).open("rb") as stream:
            return _read(stream, where, path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _problem(
            "unreadable-file", "the file cannot be read", where, why=why, fix=f'look at the path "{path}"'
        ) from error


def _read(stream: BinaryIO, where: str, path: str) -> bytes:
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        why = f"{path} has more than {MOST_BYTES} bytes"
        raise _problem("file-too-large", "the file is too large", where, why=why, fix="take out the one request")
    return content


def _problem(code: str, what: str, where: str = "", *, why: str = "", fix: str = "") -> InputError:
    from simulator.errors import InputError, Problem

    return InputError(Problem(code=code, what=what, where=where, why=why, fix=fix))
