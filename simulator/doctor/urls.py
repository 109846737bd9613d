"""The URL as it was given → the URLs that it may have been when it was signed: what proxies do on the way."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from simulator.doctor.culprits import Culprit
from simulator.doctor.variant import Variant

MOST = 3_000
"""So many URLs are tried at most."""

PORTS = {"http": "80", "https": "443"}
HOSTS = ("x-forwarded-host", "x-original-host", "x-host", "host")
ORIGINAL = ("x-original-uri", "x-original-url", "x-rewrite-url", "x-envoy-original-path", "x-forwarded-uri")
PREFIX = ("x-forwarded-prefix", "x-forwarded-path", "x-script-name", "x-base-path")


class Parts(NamedTuple):
    """A URL taken apart, each part as it is spelled."""

    scheme: str
    host: str
    port: str
    path: str
    query: str | None

    @property
    def text(self) -> str:
        """The whole URL."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}{self.path}" + ("" if self.query is None else f"?{self.query}")


def taken_apart(url: str) -> Parts | None:
    """Give the parts of a URL; None where it is none."""
    try:
        found = urlsplit(url)
    except ValueError:
        return None
    if not found.scheme or not found.netloc:
        return None
    host, _, port = found.netloc.rpartition(":") if re.search(r":\d*$", found.netloc) else (found.netloc, "", "")
    return Parts(found.scheme, host, port, found.path, found.query if "?" in url.partition("#")[0] else None)


def without(url: str, names: frozenset[str]) -> str:
    """Give the URL without these query parameters; what is left stays as it is spelled."""
    address, mark, query = url.partition("#")[0].partition("?")
    if not mark or not names:
        return url.partition("#")[0]
    kept = [field for field in query.split("&") if unquote(field.partition("=")[0]) not in names]
    gone = len(kept) < len(query.split("&"))
    return f"{address}?{'&'.join(kept)}" if kept or not gone else address


def value_of(url: str, name: str) -> str | None:
    """Give the value of a query parameter, decoded; None where it is not there."""
    for field in url.partition("#")[0].partition("?")[2].split("&"):
        key, mark, value = field.partition("=")
        if mark and unquote(key) == name:
            return unquote(value)
    return None


def variants(url: str, headers: Mapping[str, str]) -> Iterator[Variant]:
    """Give what the URL may have been, that first which differs in one part; `headers` have lower-case names."""
    given = taken_apart(url)
    if given is None:
        return
    axes = {
        "url-scheme": _schemes(given, headers),
        "url-host": _hosts(given, headers),
        "url-path": _paths(given, headers),
        "url-query": _queries(given),
        "url-port": _ports(given, headers),
        "url-slash": ("", "/"),
        "url-escapes": ("", "decoded", "encoded"),
    }
    seen, count = {url}, 0
    for number in range(1, len(axes) + 1):
        for names in itertools.combinations(axes, number):
            for chosen in itertools.product(*(axes[name] for name in names)):
                found = _with(given, dict(zip(names, chosen, strict=True)))
                if found.text not in seen:
                    seen.add(found.text)
                    count += 1
                    yield _variant(given, found)
                if count >= MOST:
                    return


def _with(given: Parts, chosen: Mapping[str, object]) -> Parts:
    changes = {
        field: chosen[name]
        for name, field in (("url-scheme", "scheme"), ("url-port", "port"), ("url-query", "query"))
        if name in chosen
    }
    found = given._replace(**changes)  # type: ignore[arg-type]
    if "url-host" in chosen:
        host = str(chosen["url-host"])
        name, _, port = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "")
        found = found._replace(host=name, port=str(changes.get("port", port)))
    if "url-path" in chosen:
        path, mark, query = str(chosen["url-path"]).partition("?")
        found = found._replace(path=path, query=query if mark else found.query)
    if chosen.get("url-slash") == "/":
        found = found._replace(path=found.path.removesuffix("/") if found.path.endswith("/") else found.path + "/")
    if chosen.get("url-escapes"):
        found = _escaped(found, str(chosen["url-escapes"]))
    return found


def _escaped(parts: Parts, how: str) -> Parts:
    change = unquote if how == "decoded" else lambda text: quote(unquote(text), safe="/=&+:,;@!$'()*~-._")
    return parts._replace(path=change(parts.path), query=None if parts.query is None else change(parts.query))


def _variant(given: Parts, found: Parts) -> Variant:
    culprits = []
    for name, part, one, other in (
        ("url-scheme", "scheme", given.scheme, found.scheme),
        ("url-host", "host", given.host, found.host),
        ("url-port", "port", given.port or "none", found.port or "none"),
        ("url-path", "path", given.path or "none", found.path or "none"),
        ("url-query", "query", _shown(given.query), _shown(found.query)),
    ):
        if one != other:
            is_slash = part == "path" and (given.path + "/" == found.path or given.path == found.path + "/")
            is_escape = part in ("path", "query") and unquote(one) == unquote(other)
            kind = "url-slash" if is_slash else "url-escapes" if is_escape else name
            culprits.append(Culprit(name=kind, what=f"the {part} of the URL: given {one}, signed {other}"))
    return Variant(culprits=tuple(culprits), changes={"url": found.text})


def _shown(query: str | None) -> str:
    return "none" if query is None else query or "an empty one"


# --- what each part may have been ------------------------------------------------------------------------------------


def _first(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name, "").partition(",")[0].strip()


def _schemes(given: Parts, headers: Mapping[str, str]) -> tuple[str, ...]:
    told = _first(headers, "x-forwarded-proto").casefold()
    other = {"http": "https", "https": "http"}.get(given.scheme.casefold(), "https")
    return tuple(dict.fromkeys(each for each in (other, told) if each in PORTS))


def _hosts(given: Parts, headers: Mapping[str, str]) -> tuple[str, ...]:
    named = [_first(headers, name) for name in HOSTS]
    told = re.search(r'host="?([^;,"\s]+)', headers.get("forwarded", ""), re.IGNORECASE)
    named += [told[1]] if told else []
    named += [given.host.casefold(), given.host.removeprefix("www."), f"www.{given.host}"]
    return tuple(dict.fromkeys(each for each in named if re.fullmatch(r"[\w.:\[\]-]+", each)))


def _ports(given: Parts, headers: Mapping[str, str]) -> tuple[str, ...]:
    told = [_first(headers, "x-forwarded-port"), "", PORTS.get(given.scheme, ""), "443", "80"]
    return tuple(dict.fromkeys(each for each in told if each.isdecimal() or not each))


def _paths(given: Parts, headers: Mapping[str, str]) -> tuple[str, ...]:
    original = [_first(headers, name) for name in ORIGINAL]
    parts = [taken_apart(each) if "://" in each else None for each in original]
    paths = [each.path if each is not None else text for each, text in zip(parts, original, strict=True)]
    paths += [_first(headers, name).removesuffix("/") + given.path for name in PREFIX if _first(headers, name)]
    segments = given.path.split("/")
    paths += ["/" + "/".join(segments[count:]) for count in range(2, min(len(segments) + 1, 8))]
    paths += [given.path.casefold(), re.sub("/{2,}", "/", given.path)]
    return tuple(dict.fromkeys(each for each in paths if each.startswith("/")))


def _queries(given: Parts) -> tuple[str | None, ...]:
    if given.query is None:
        return ("",)
    fields = given.query.split("&")
    orders = [sorted(fields), fields[::-1]]
    if 2 < len(fields) <= 5:
        orders += [list(each) for each in itertools.permutations(fields)]
    return tuple(dict.fromkeys([None, *("&".join(order) for order in orders)]))
