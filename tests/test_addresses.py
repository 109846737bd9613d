"""Addresses that events may go to."""

from __future__ import annotations

import pytest
import yarl
from hypothesis import given
from hypothesis import strategies as st

from simulator.addresses import host_of, is_allowed, is_local, parse, target
from simulator.errors import InputError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (":3000/hook", "http://127.0.0.1:3000/hook"),
        (":3000", "http://127.0.0.1:3000"),
        ("localhost:3000", "http://localhost:3000"),
        ("localhost/hook", "http://localhost/hook"),
        ("127.0.0.1:3000/a?b=c", "http://127.0.0.1:3000/a?b=c"),
        ("[::1]:3000/a", "http://[::1]:3000/a"),
        ("0.0.0.0:3000/a", "http://127.0.0.1:3000/a"),
        ("http://0.0.0.0:3000/a", "http://127.0.0.1:3000/a"),
        ("http://[::]:3000/a", "http://[::1]:3000/a"),
        ("HTTPS://Bot.example.com/Hook", "https://Bot.example.com/Hook"),
        ("https://bot.example.com", "https://bot.example.com"),
        ("https://bot.example.com?x=1", "https://bot.example.com?x=1"),
        ("  :3000/hook\n", "http://127.0.0.1:3000/hook"),
        ("http://bot_1.internal:8080/", "http://bot_1.internal:8080/"),
    ],
)
def test_address_as_people_write_it_becomes_a_whole_url(written, meant):
    assert parse(written) == meant


@pytest.mark.parametrize("url", ["http://h/a%7Eb/~c?d=%41+e&f[]=1", "http://h/a/../b//c/?", "http://h/'(x)*;=,"])
def test_url_that_is_legal_is_not_requoted(url):
    assert parse(url) == url


def test_characters_that_no_url_holds_are_percent_encoded():
    assert parse("http://bot.example/a b/é?q=<ü>") == "http://bot.example/a%20b/%C3%A9?q=%3C%C3%BC%3E"


def test_international_host_is_written_as_dns_knows_it():
    assert parse("https://bücher.example/ü") == "https://xn--bcher-kva.example/%C3%BC"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "empty"),
        ("3000/hook", "a colon before it"),
        ("bot.example.com/hook", "http or https"),
        ("ftp://bot.example.com/", 'not by "ftp"'),
        ("http://", "right form"),
        ("http:///hook", "right form"),
        ("http://a b/", "right form"),
        ("http://bot\\@evil.example/", "password"),
        ("http://ana:secret@bot.example/", "password"),
        ("http://bot.example\\.evil/", "right form"),
        ("http://a..b/", "right form"),
        pytest.param("http://" + "a" * 64 + ".example/", "too long", id="long label"),
        ("http://[::1/", "right form"),
        ("http://[zz]/", "right form"),
        ("http://[1.2]/", "no IP address"),
        ("http://256.1.1.1/", "no IP address"),
        ("http://127.1/", "no IP address"),
        ("http://127.0.0.1:0/", "no port 0"),
        ("http://127.0.0.1:65536/", "no port 65536"),
        ("http://127.0.0.1:/", "right form"),
        (":http/", "right form"),
        ("http://bot.example/#/hook", "never sent"),
        ("http://bot.example/a\r\nX: y", "cannot be printed"),
        ("http://bot.example/\udc80", "cannot be printed"),
        pytest.param("http://" + "a" * 100_000 + "!", "longer than 8192", id="huge"),
        pytest.param("http://" + "a" * 8_000 + "!", "right form", id="long"),
    ],
)
def test_what_is_no_address_is_said_with_a_reason_and_a_fix(written, why):
    with pytest.raises(InputError) as caught:
        parse(written, where="--endpoint")

    (problem,) = caught.value.problems
    assert problem.code == "bad-endpoint"
    assert problem.where == "--endpoint"
    assert why in problem.why
    assert problem.fix


@pytest.mark.parametrize(
    "url", ["http://ana:hidden@bot.example/", "http://a:hid@hidden@h/", "ana:hidden@bot.example/hook"]
)
def test_password_in_an_address_is_not_repeated(url):
    with pytest.raises(InputError) as caught:
        parse(url)

    assert "hidden" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_an_address_that_can_be_sent_to_or_an_input_error(text):
    try:
        url = parse(text)
    except InputError:
        return

    assert yarl.URL(url, encoded=True).raw_host
    assert url.isascii()
    assert parse(url) == url


@given(st.text("htp:/localhost127.0@[]?#\\%.evil", max_size=30))
def test_host_that_is_judged_is_the_one_that_is_connected_to(text):
    try:
        url = parse(f"http://{text}")
    except InputError:
        return

    assert host_of(url) == (yarl.URL(url, encoded=True).raw_host or "").rstrip(".").lower()


@pytest.mark.parametrize(
    "url",
    ["http://localhost:1/", "https://LOCALHOST./a", "http://127.0.0.1", "http://127.9.8.7:80/", "http://[::1]:1/"],
)
def test_loopback_names_and_addresses_are_local(url):
    assert is_local(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "http://evil.example#localhost",
        "http://evil.example/localhost",
        "http://10.0.0.1/",
        "http://2130706433/",
        "http://[::1",
        "",
    ],
)
def test_what_may_lead_elsewhere_is_not_local(url):
    assert not is_local(url)


def test_named_hosts_are_allowed_in_any_case_and_with_any_port():
    assert is_allowed("https://Bot.Example.com:8443/x", ["bot.example.COM"])
    assert is_allowed("http://[fe80::1]/x", ["[fe80::1]"])
    assert not is_allowed("https://bot.example.com.evil/x", ["bot.example.com"])


@pytest.mark.parametrize(
    "url", ["http://localhost:1/a b", "http://localhost:1/\r\nX: y", "http://a@localhost/", ":3000", "", "http:///"]
)
def test_what_cannot_be_sent_to_as_it_stands_is_not_allowed(url):
    assert not is_allowed(url, ["", "a@localhost"])


def test_registered_local_url_is_used():
    assert target(":4000/new", "http://127.0.0.1:3000/", []) == "http://127.0.0.1:4000/new"


def test_registered_url_on_the_named_host_is_used():
    assert target("https://bot.example/new", "https://bot.example/old", []) == "https://bot.example/new"


def test_registered_foreign_url_gives_way_to_the_named_endpoint():
    assert (
        target("https://tunnel.example/hook", "http://127.0.0.1:3000/", ["other.example"]) == "http://127.0.0.1:3000/"
    )


def test_registered_foreign_url_without_a_named_endpoint_leads_nowhere():
    assert target("https://tunnel.example/hook", None, []) is None


def test_registered_nonsense_gives_way_to_the_named_endpoint():
    assert target("not a url", "http://127.0.0.1:3000/", []) == "http://127.0.0.1:3000/"
