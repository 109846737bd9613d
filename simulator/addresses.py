"""The addresses that events may go to: how a person may write one, and which ones a bot may name itself. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import quote, urlsplit

from simulator.errors import InputError, Problem

LEGAL = "%/?:@!$&'()*+,;=-._~[]"
"""What stands in a URL as it is, beside letters and digits; a `%` is taken for the beginning of an escape."""

LONGEST = 8192
"""Characters of an address; servers take no longer ones."""

EXAMPLES = "http://127.0.0.1:3000/hook, localhost:3000/hook or :3000/hook"

_NAMED = re.compile("(?:(?<=//)|^)[^/]*@")
"""Name and password at the beginning, or behind the scheme."""

_FORM = re.compile(
    r"""
    (?P<scheme>https?) ://
    (?P<host> [A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?
            | \[[0-9A-Fa-f:.]+\] )
    (:(?P<port>[0-9]{1,5}))?
    (?P<rest>[/?].*)?
    """,
    re.VERBOSE | re.ASCII,
)


@lru_cache(maxsize=1024)
def parse(text: str, where: str = "") -> str:
    """
    Give the address that a person means, as a whole URL.

    `:3000/hook` and `localhost:3000/hook` are on this machine; so is what a server calls `0.0.0.0` when it listens.
    Everything else stays as it was written, but for characters that no URL may hold, which are percent-encoded.

    Raises:
        InputError: it is no address, or one that nothing can be sent to.
    """
    given = text.strip()
    url = _with_scheme(given)
    wrong = _problem(given, url)
    if wrong:
        what, fix = wrong
        raise InputError(
            Problem(
                code="bad-endpoint",
                what=f'"{_shortened(given)}" is no address to send to',
                where=where,
                why=what,
                fix=fix,
            )
        )
    return _reachable(_ascii(url))


def is_local(url: str) -> bool:
    """True where the URL surely leads to this machine: its host is `localhost` or a loopback address."""
    host = host_of(url)
    return host == "localhost" or _is_loopback(host)


def host_of(url: str) -> str:
    """Give the host of a URL in lower case, without brackets, port, and the dot that may end it; empty for none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_allowed(url: str, hosts: Collection[str]) -> bool:
    """
    True where something can be sent to the URL as it stands, and it leads to this machine or to one of these hosts.

    Hosts are names or addresses, without port, in any case.
    """
    if "://" not in url or _problem(url, url) or _ascii(url) != url:
        return False
    return is_local(url) or host_of(url) in {host.casefold().strip("[]").rstrip(".") for host in hosts}


def target(registered: str, named: str | None, hosts: Collection[str]) -> str | None:
    """
    Give where an event goes whose bot registered a URL itself.

    That is the registered URL if it leads to this machine, to a host of `hosts`, or to the host of the named endpoint;
    else the named endpoint; None if there is none, so that the registration is to be refused.
    """
    try:
        url = parse(registered)
    except InputError:
        return named
    if is_allowed(url, [*hosts, host_of(named)] if named else hosts):
        return url
    return named


def _shortened(text: str) -> str:
    """One line of it, to be shown; without what stands before an @, which may be a password."""
    line = _NAMED.sub("…@", " ".join(text.encode("utf-8", "replace").decode().split()))
    return line if len(line) <= 80 else f"{line[:79]}…"


def _with_scheme(given: str) -> str:
    if given.startswith(":"):
        return f"http://127.0.0.1{given}"
    if "://" not in given and is_local(f"http://{given}"):
        return f"http://{given}"
    if given.startswith(("0.0.0.0:", "[::]:")):
        return f"http://{given}"
    scheme, mark, rest = given.partition("://")
    return f"{scheme.casefold()}{mark}{rest}"


def _problem(given: str, url: str) -> tuple[str, str] | None:
    """What is wrong with it, and what would be right."""
    if not given:
        return "it is empty", f"write {EXAMPLES}"
    if len(given) > LONGEST:
        return f"it is longer than {LONGEST} characters", f"write {EXAMPLES}"
    if any(ord(letter) < 32 or ord(letter) == 127 or 0xD800 <= ord(letter) < 0xE000 for letter in given):
        return "it holds a character that cannot be printed", "write it anew"
    if "://" not in url:
        if re.fullmatch(r"[0-9]{1,5}(/\S*)?", given, re.ASCII):
            return "a port alone has a colon before it", f'write ":{given}"'
        return "it does not say http or https", f'write "https://{_NAMED.sub("", given)}", or {EXAMPLES}'
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if scheme not in ("http", "https"):
        return f'events are sent by http and https, not by "{scheme}"', f"write {EXAMPLES}"
    if "@" in authority:
        return "a name and password in an address would stand in every report", "leave out what is before the @"
    if "#" in url:
        return "what follows # is never sent", "leave it out, or write %23 where the path has that sign"
    return _form_problem(url)


def _form_problem(url: str) -> tuple[str, str] | None:
    try:
        found = _FORM.fullmatch(_ascii(url))
    except UnicodeError:
        found = None
    if found is None:
        return "host and port do not have the right form", f"write {EXAMPLES}"
    host, port = found["host"], found["port"]
    if port is not None and not 1 <= int(port) <= 65535:
        return f"there is no port {port}", "use a port from 1 to 65535"
    if len(host) > 253 or any(len(label) > 63 for label in host.split(".")):
        return "the host's name is too long", f"write {EXAMPLES}"
    if (host.startswith("[") or re.fullmatch(r"[0-9.]+", host)) and not _is_address(host.strip("[]")):
        return f"{host} is no IP address", f"write {EXAMPLES}"
    return None


def _ascii(url: str) -> str:
    """The same URL in the characters that a URL may have; the host's name as DNS knows it."""
    scheme, mark, rest = url.partition("://")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    host = authority if authority.isascii() else authority.encode("idna").decode("ascii")
    return f"{scheme}{mark}{host}{quote(rest[len(authority) :], safe=LEGAL)}"


def _reachable(url: str) -> str:
    """Where to connect for what a server calls all its addresses."""
    return re.sub(r"^(https?://)(0\.0\.0\.0|\[::\])(?=[:/?]|$)", _to_loopback, url)


def _to_loopback(found: re.Match[str]) -> str:
    return found[1] + ("127.0.0.1" if found[2] == "0.0.0.0" else "[::1]")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback
