from __future__ import annotations

import random
import uuid

import pytest

from simulator.ids import Ids, uuid_text


def make_ids(seed: int = 1) -> Ids:
    makers = {"message": lambda stream, now_ms: stream.getrandbits(32), "time": lambda stream, now_ms: now_ms}
    return Ids(makers, random.Random(seed), 1_700_000_000_000)


def test_id_that_is_not_called_is_known_by_its_name() -> None:
    assert make_ids().message.__name__ == "message"


def test_id_asked_for_again_is_the_same() -> None:
    ids = make_ids()

    assert ids.message() == ids.message()


def test_label_tells_ids_of_one_name_apart() -> None:
    ids = make_ids()

    assert ids.message("first") != ids.message("second")
    assert ids.message("first") == ids.give("message", "first")
    assert set(ids.drawn) == {"message:first", "message:second"}


def test_same_stream_gives_the_same_ids() -> None:
    assert make_ids().message() == make_ids().message()
    assert make_ids(1).message() != make_ids(2).message()


def test_maker_is_told_the_story_time() -> None:
    assert make_ids().time() == 1_700_000_000_000


def test_unknown_name_tells_the_known_ones() -> None:
    with pytest.raises(AttributeError, match=r"'chat'; there are: message, time"):
        make_ids().chat()
    with pytest.raises(AttributeError, match=r"'chat'; there are: message, time"):
        make_ids().give("chat")


@pytest.mark.parametrize("version", [4, 5])
def test_uuid_is_one_of_its_version(version: int) -> None:
    stream = random.Random(1)
    found = [uuid.UUID(uuid_text(stream, version)) for _ in range(50)]

    assert {each.version for each in found} == {version}
    assert {each.variant for each in found} == {uuid.RFC_4122}
    assert len(set(found)) == 50


def test_ids_are_written_without_their_place_in_memory() -> None:
    assert str(make_ids()) == repr(make_ids()) == "ids"


def test_stream_is_begun_once_the_first_id_is_drawn() -> None:
    begun: list[random.Random] = []

    def begin() -> random.Random:
        begun.append(random.Random(1))
        return begun[-1]

    ids = Ids(make_ids()._makers, begin, 1_700_000_000_000)
    before = len(begun)
    drawn = [ids.message(), ids.message("second")]
    same = make_ids()

    assert (before, len(begun)) == (0, 1)
    assert drawn == [same.message(), same.message("second")]
