"""A URL that is not the one that was signed: which part of it differs is told."""

from __future__ import annotations

import pytest

from simulator.errors import InputError
from tests.doctor.cases import OF_URL, Case, changed, culprits, named, one_each

FORWARDED = (("X-Forwarded-Prefix", "/public"), ("X-Forwarded-Host", "bot.example.com"))

SPOILED_URLS = {
    "url-scheme": ("https://bot.example.com/hook", "http://bot.example.com/hook"),
    "url-port": ("https://bot.example.com:8443/hook", "https://bot.example.com:443/hook"),
    "url-slash": ("https://bot.example.com/hook/", "https://bot.example.com/hook"),
    "url-query": ("https://bot.example.com/hook?a=1&b=2", "https://bot.example.com/hook?b=2&a=1"),
    "url-path": ("https://bot.example.com/public/hook", "https://bot.example.com/hook"),
    "url-host": ("https://bot.example.com/hook", "https://10.0.0.7/hook"),
    "url-escapes": ("https://bot.example.com/a%20hook", "https://bot.example.com/a hook"),
    "url-scheme url-host url-path": ("https://bot.example.com/public/hook", "http://10.0.0.7/hook"),
}
"""Culprits → the URL that was signed, the URL that is given."""


def is_signed(each: Case, pair: tuple[str, str]) -> bool:
    """True where the provider signs the part of the URL in which these two differ."""
    one, other = (each.request(url=url) for url in pair)
    return one.headers != other.headers


SIGNED = [
    pytest.param(each, names, *pair, id=f"{each.provider.id}-{names}")
    for each in one_each(OF_URL)
    for names, pair in SPOILED_URLS.items()
    if is_signed(each, pair)
]


@pytest.mark.parametrize(("each", "names", "signed", "given_url"), SIGNED)
def test_spoiled_url_is_told(each: Case, names: str, signed: str, given_url: str) -> None:
    request = each.request(url=signed)
    headers = (*request.headers, *FORWARDED, ("X-Forwarded-Port", "8443"))

    found = each.examine(changed(request, url=given_url, headers=headers))

    assert culprits(found) == set(names.split())


@pytest.mark.parametrize("each", named(OF_URL))
def test_unknown_url_is_asked_for(each: Case) -> None:
    with pytest.raises(InputError, match="no-url"):
        each.examine(changed(each.request(), url=""))


@pytest.mark.parametrize("each", named(OF_URL))
def test_unknown_scheme_is_no_fault(each: Case) -> None:
    request = each.request(url="http://bot.example.com/hook")

    found = each.examine(changed(request, url="https://bot.example.com/hook", is_scheme_known=False))

    assert found.is_valid
