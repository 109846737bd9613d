"""Files that the bot can get."""

from __future__ import annotations

import pytest

from simulator.errors import InputError
from simulator.mockapi.media import shared_file


def test_path_hangs_on_name_and_content_alone(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, same, other = tmp_path / "a" / "my photo.jpg", tmp_path / "b" / "my photo.jpg", tmp_path / "other.jpg"
    first.write_bytes(b"jpeg")
    same.write_bytes(b"jpeg")
    other.write_bytes(b"jpeg, but different")

    assert shared_file(first).path == shared_file(same).path
    assert shared_file(first).path != shared_file(other).path
    assert shared_file(first).quoted_path.endswith("/my%20photo.jpg")


def test_size_and_type_are_known(tmp_path):
    photo, unknown = tmp_path / "photo.jpg", tmp_path / "thing"
    photo.write_bytes(b"jpeg")
    unknown.write_bytes(b"")

    assert (shared_file(photo).size, shared_file(photo).content_type) == (4, "image/jpeg")
    assert (shared_file(unknown).size, shared_file(unknown).content_type) == (0, "application/octet-stream")


@pytest.mark.parametrize("name", ["missing.jpg", ".", "nul\0byte"])
def test_file_that_cannot_be_read_is_an_input_error(tmp_path, name):
    with pytest.raises(InputError) as caught:
        shared_file(f"{tmp_path}/{name}")

    assert caught.value.problems[0].code == "unreadable-file"
