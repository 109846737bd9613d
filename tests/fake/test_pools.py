from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from faker.factory import Factory
from hypothesis import given
from hypothesis import strategies as st

from simulator import fake
from simulator.errors import InputError
from simulator.fake import KINDS, POOL_SIZE, Fake, pools
from simulator.seeds import derive, stream

EVERY_KIND = """
import json
from simulator.fake import KINDS, pools
needs = {"random_element": (("a", "b"),), "random_elements": (("a", "b"),)}
print(json.dumps([[kind, locale, pools.entry(7, locale, kind, 5, arguments=needs.get(kind, ()))]
                  for locale in ("en_US", "pt_BR", "ja_JP", "ru_RU") for kind in sorted(KINDS)]))
"""


def a_fake(seed: int = 1, locale: str = "en_US", name: str = "x") -> Fake:
    return Fake(seed, locale, stream(seed, name))


def test_what_is_not_called_is_known_by_its_name():
    assert a_fake().first_name.__name__ == "first_name"


def test_same_seed_and_stream_draw_the_same():
    assert [a_fake().name() for _ in range(2)] == [a_fake().name() for _ in range(2)]


def test_calls_one_after_another_draw_anew():
    one = a_fake()

    assert len({one.name() for _ in range(20)}) > 15


@given(st.lists(st.integers(0, POOL_SIZE - 1), min_size=2, max_size=6, unique=True))
def test_entry_does_not_hang_on_what_was_drawn_before(numbers):
    pools._pool.cache_clear()
    forwards = {number: pools.entry(3, "en_US", "name", number) for number in numbers}
    pools._pool.cache_clear()
    backwards = {number: pools.entry(3, "en_US", "name", number) for number in reversed(numbers)}

    assert forwards == backwards


def test_pool_has_a_fixed_size():
    pools._pool.cache_clear()
    one = a_fake()
    for _ in range(POOL_SIZE * 3):
        one.random_digit()
    pool = pools._pool(1, "en_US", "random_digit", "")

    assert len(pool) <= POOL_SIZE
    assert max(pool) < POOL_SIZE


@pytest.mark.parametrize("locale", ["en_US", "ja_JP", "ar_EG", "th_TH", "fr_CA"])
def test_values_hang_on_no_other_of_fakers_providers(locale):
    whole = Factory.create(locale)
    wanted, found = {}, {}
    for kind in pools._PROVIDERS:
        whole.seed_instance(derive(7, "pool", locale, kind, "", 3))
        wanted[kind] = getattr(whole, kind)()
        found[kind] = pools.entry(7, locale, kind, 3)

    assert found == wanted


def test_what_is_never_the_same_twice_has_no_pool():
    one = a_fake()

    assert len({one.uuid4() for _ in range(POOL_SIZE * 2)}) == POOL_SIZE * 2


def test_other_arguments_are_another_pool():
    assert pools.entry(1, "en_US", "sentence", 5, named={"nb_words": 3}) != pools.entry(1, "en_US", "sentence", 5)


def test_every_kind_gives_json_in_every_process():
    found = [
        subprocess.run(
            [sys.executable, "-c", EVERY_KIND],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1")
    ]

    assert found[0] == found[1]
    assert len(json.loads(found[0])) == 4 * len(KINDS)


@pytest.mark.parametrize(
    "kind", ["date", "date_time", "iso8601", "binary", "unique", "seed", "zip", "json", "nmae", "user_agent"]
)
def test_kind_that_is_not_allowed_is_not_there(kind):
    with pytest.raises(AttributeError, match=f"fake has no '{kind}'"):
        getattr(a_fake(), kind)


def test_misspelled_kind_names_the_nearest():
    with pytest.raises(AttributeError, match="did you mean 'sentence'"):
        a_fake().sentense()


def test_allowed_kinds_are_listed():
    assert "name" in dir(a_fake())


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("text", (10**9,)),
        ("words", (10**7,)),
        ("bothify", ("#" * 100_000,)),
        ("random_number", (10**8,)),
        ("name", ("unexpected",)),
        ("random_int", (5, 1)),
        ("random_element", ([],)),
        ("pyfloat", (10**9,)),
    ],
)
def test_arguments_that_cannot_be_or_are_too_much_are_a_value_error(kind, arguments):
    with pytest.raises(ValueError, match=f"fake.{kind}"):
        getattr(a_fake(), kind)(*arguments)


def test_wide_range_of_numbers_is_allowed():
    assert 10**12 <= a_fake().random_int(10**12, 10**13) <= 10**13


@pytest.mark.parametrize(
    ("given", "known"), [("pt-br", "pt_BR"), ("pt_BR", "pt_BR"), ("EN_gb", "en_GB"), ("fr_QC", "fr_CA")]
)
def test_locale_is_known_however_it_is_spelled(given, known):
    assert fake.known_locale(given) == known


@pytest.mark.parametrize(
    ("given", "fix"), [("pt_BT", "did you mean"), ("xx", "use en_US"), ("en_ZZ", "en_"), ("", "use en_US")]
)
def test_unknown_locale_is_an_error_with_the_nearest(given, fix):
    with pytest.raises(InputError) as caught:
        Fake(1, given, stream(1))

    assert caught.value.problems[0].code == "unknown-locale"
    assert fix in caught.value.problems[0].fix


def test_faker_is_imported_with_the_first_draw_only():
    code = "import sys, simulator.fake; print('faker' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "False"
