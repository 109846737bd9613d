"""What the provider knows at the beginning."""

from __future__ import annotations

from typing import Any

import pytest

STORY = "scenario: A\nprovider: parrot\nactors: {}\nsteps:\n  - silence: 1s\n"
GIVEN = "scenario: A\nprovider: parrot\nactors: [ana]\ngiven: {{{}}}\nsteps:\n  - silence: 1s\n"


def test_tables_hold_rows_by_key(read: Any) -> None:
    story = read(STORY.format("[ana]\ngiven: {users: {ana: {subscribed: true}}, messages: {m1: {text: hi}}}"))

    assert story.given == {"users": {"ana": {"subscribed": True}}, "messages": {"m1": {"text": "hi"}}}


@pytest.mark.parametrize(
    "row",
    [
        "{}",
        "{events: [message]}",
        "{events: [message/text, '*', '{{ provider.id }}']}",
        "{events: '{{ [provider.id] }}', url: '{{ provider.id }}'}",
        "{url: ':3000/hook', credentials: {secret: 7}, options: {signed: true}, name: [what, else]}",
    ],
)
def test_subscription_has_what_all_have_and_the_providers_own(read: Any, row: str) -> None:
    assert list(read(GIVEN.format(f"subscriptions: {{a: {row}}}")).given["subscriptions"]) == ["a"]


def test_credentials_of_a_subscription_are_texts_in_which_the_environment_is_filled_in(read: Any) -> None:
    row = 'a: {credentials: {secret: 0123, account: "${ACCOUNT}"}}, b: {credentials: "{{ [provider.id] }}"}'
    story = read(GIVEN.format(f"subscriptions: {{{row}}}"), environment={"ACCOUNT": "of-mine"})

    assert [each["credentials"] for each in story.given["subscriptions"].values()] == [
        {"secret": "0123", "account": "of-mine"},
        "{{ [provider.id] }}",
    ]


def test_option_of_a_subscription_that_cannot_have_a_value_is_told(problems: Any) -> None:
    row = "a: {options: {timeout: soon, of_its_own: {a: 1}}}, b: {options: {timeout: '{{ provider.id }}'}}"
    [told] = problems(GIVEN.format(f"subscriptions: {{{row}}}"))

    assert (told.code, told.at) == ("bad-option", "given.subscriptions.a.options.timeout")


def test_credential_of_a_subscription_whose_variable_is_not_set_is_told(problems: Any) -> None:
    [told] = problems(GIVEN.format('subscriptions: {a: {credentials: {secret: "${SECRET}"}}}'))

    assert (told.code, told.at) == ("unset-variable", "given.subscriptions.a.credentials.secret")


@pytest.mark.parametrize("row", ["{}", "{id: 5, participants: [5, x]}", "{participants: '{{ [provider.id] }}'}"])
def test_conversation_has_its_people(read: Any, row: str) -> None:
    assert list(read(GIVEN.format(f"conversations: {{a: {row}}}")).given["conversations"]) == ["a"]
