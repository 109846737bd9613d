"""Certificates that are trusted; what they do to a connection stands in test_plain."""

from __future__ import annotations

import pytest

from simulator.delivery.trust import trusting
from simulator.errors import InputError


def test_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError) as caught:
        trusting(tmp_path / "missing.pem")

    (problem,) = caught.value.problems
    assert problem.code == "bad-ca-file"
    assert problem.why == "No such file or directory"


def test_file_without_a_certificate_is_an_input_error(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")

    with pytest.raises(InputError) as caught:
        trusting(tmp_path / "ca.pem")

    assert caught.value.problems[0].why == "it holds no certificate in PEM form"
