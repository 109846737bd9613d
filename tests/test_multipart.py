from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.multipart import is_multipart, parse, parts

TYPE = "multipart/form-data; boundary=b0und"


def form(*parts: tuple[str, bytes]) -> bytes:
    pieces = [f"--b0und\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts]
    return b"".join(pieces) + b"--b0und--\r\n"


FILE = 'Content-Disposition: form-data; name="source"; filename="a \\"b\\".png"\r\nContent-Type: image/png'
ROLE = "content-disposition: form-data; name=role"


def test_parts_have_names_contents_and_types() -> None:
    found = parse(form((FILE, b"\x89PNG\r\n\r\n--b0un"), (ROLE, b"appMaker")), TYPE)

    assert (found["source"].file_name, found["source"].content_type) == ('a "b".png', "image/png")
    assert found["source"].content == b"\x89PNG\r\n\r\n--b0un"
    assert found["role"].content == b"appMaker"


@given(st.binary(max_size=200))
def test_content_comes_out_as_it_went_in(content: bytes) -> None:
    if b"\r\n--b0und" in content or content.startswith(b"--b0und"):
        return

    assert parse(form((FILE, content)), TYPE)["source"].content == content


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (form((ROLE, b"x")), "multipart/form-data"),
        (b"", TYPE),
        (form((ROLE, b"x"))[:-8], TYPE),
        (form(("Content-Type: text/plain", b"x")), TYPE),
        (b"--b0und\r\nno gap\r\n--b0und--", TYPE),
    ],
)
def test_what_is_no_form_is_told(body: bytes, content_type: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(body, content_type)


def test_boundary_may_stand_in_quotes() -> None:
    assert parse(form((ROLE, b"x")), 'Multipart/Form-Data; boundary="b0und"; charset=utf-8')["role"].content == b"x"
    assert is_multipart("Multipart/Form-Data; x=y")


def test_parts_of_one_name_keep_their_order() -> None:
    found = parts(form((ROLE, b"x"), (FILE, b"y"), (ROLE, b"z")), TYPE)

    assert [(part.name, part.content) for part in found] == [("role", b"x"), ("source", b"y"), ("role", b"z")]
    assert parse(form((ROLE, b"x"), (ROLE, b"z")), TYPE)["role"].content == b"z"
