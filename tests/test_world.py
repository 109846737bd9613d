from __future__ import annotations

from collections.abc import Collection

import pytest

from simulator.world import Put, Remove, World


def make_world(beside: World | None = None, apart: Collection[str] = ()) -> World:
    return World(credentials={"token": "t"}, options={}, limits={}, beside=beside, apart=apart)


def test_row_that_was_put_is_there() -> None:
    world = make_world()

    world.apply(Put(table="users", key="u1", row={"name": "Ann"}))

    assert world.get("users", "u1") == {"name": "Ann"}
    assert world.count("users") == 1


def test_row_that_was_put_again_keeps_its_turn() -> None:
    world = make_world()

    for key, name in [("u1", "Ann"), ("u2", "Bob"), ("u1", "Anna")]:
        world.apply(Put(table="users", key=key, row={"name": name}))

    assert list(world.rows("users")) == [("u1", {"name": "Anna"}), ("u2", {"name": "Bob"})]


def test_row_that_was_removed_is_gone() -> None:
    world = make_world()
    world.apply(Put(table="users", key="u1", row={}))

    world.apply(Remove(table="users", key="u1"))
    world.apply(Remove(table="users", key="never"))

    assert world.get("users", "u1") is None
    assert world.count("users") == 0


def test_row_cannot_be_changed_where_it_is_read() -> None:
    world = make_world()
    given = {"name": "Ann"}
    world.apply(Put(table="users", key="u1", row=given))

    given["name"] = "Bob"
    row = world.get("users", "u1")

    assert row == {"name": "Ann"}
    with pytest.raises(TypeError):
        row["name"] = "Bob"  # type: ignore[index]


def test_rows_can_be_removed_while_they_are_read() -> None:
    world = make_world()
    for key in ("u1", "u2"):
        world.apply(Put(table="users", key=key, row={}))

    for key, _ in world.rows("users"):
        world.apply(Remove(table="users", key=key))

    assert world.count("users") == 0


def test_worlds_beside_each_other_share_the_account_alone() -> None:
    first = make_world()
    second = make_world(beside=first)

    second.apply(Put(table="subscriptions", key="s", row={"url": "http://127.0.0.1/"}))
    second.apply(Put(table="users", key="u1", row={}))

    assert first.get("subscriptions", "s") == {"url": "http://127.0.0.1/"}
    assert first.get("users", "u1") is None


def test_world_may_have_an_account_s_table_of_its_own() -> None:
    first = make_world()
    first.apply(Put(table="subscriptions", key="s", row={}))
    first.apply(Put(table="account", key="a", row={}))
    second = make_world(beside=first, apart={"subscriptions"})

    assert second.count("subscriptions") == 0
    assert second.get("account", "a") == {}


def test_keys_are_those_of_the_story_and_not_of_the_account() -> None:
    world = World(credentials={}, options={}, limits={})
    world.apply(Put(table="users", key="u1", row={}))
    world.apply(Put(table="subscriptions", key="s1", row={}))

    assert world.keys() == {"u1"}
    assert world.holds("u1")
    assert not world.holds("s1")
