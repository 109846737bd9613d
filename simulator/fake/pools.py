"""Names and texts as Faker makes them, drawn through pools of a fixed size."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from simulator import seeds
from simulator.errors import InputError, Problem, did_you_mean, nearest
from simulator.fake.patterns import PATTERNS

if TYPE_CHECKING:
    from faker.generator import Generator

POOL_SIZE = 4096
"""There are so many values of one kind and locale. Part of the contract: another size gives other payloads."""

_POOL_BITS = POOL_SIZE.bit_length() - 1
_PATTERN_BITS = 64

DEFAULT_LOCALE = "en_US"

_KINDS = """
    name name_female name_male first_name first_name_female first_name_male
    last_name last_name_female last_name_male prefix suffix
    user_name email safe_email free_email company_email ascii_safe_email
    domain_name domain_word safe_domain_name hostname url uri uri_path slug tld image_url
    ipv4 ipv4_private ipv4_public ipv6 mac_address port_number http_method
    company company_suffix catch_phrase bs job phone_number msisdn country_calling_code
    address street_address street_name building_number city postcode
    country country_code current_country current_country_code
    latitude longitude coordinate timezone locale language_code language_name
    word words sentence sentences paragraph paragraphs text emoji password
    boolean random_int random_number random_digit random_digit_not_null random_letter
    random_element random_elements pyint pyfloat
    bothify numerify lexify hexify uuid4 md5 sha1 sha256
    color_name hex_color safe_color_name rgb_color file_name file_extension file_path mime_type
    currency_code currency_name currency_symbol pricetag
    credit_card_number credit_card_provider iban bban swift
    ean8 ean13 isbn10 isbn13 license_plate vin
"""

KINDS = frozenset(_KINDS.split())
"""
What may be drawn, by Faker's own names. Dates are not among them, since even seeded ones read the wall clock; nor is
anything that reads files, makes binary content or keeps a memory.
"""

_PROVIDERS: Mapping[str, str] = {
    **dict.fromkeys(
        ("first_name_female", "first_name_male", "last_name_female", "last_name_male"), "faker.providers.person"
    ),
    **dict.fromkeys(("word", "words", "sentence", "sentences", "paragraph", "paragraphs"), "faker.providers.lorem"),
}
"""Kinds that ask for nothing but one of Faker's providers: to make all of them ready takes a tenth of a start."""

_ANY_NUMBER = frozenset({"random_int", "pyint"})
_LARGEST = 10_000
"""No argument that says how much to make may be larger, and no text longer."""


class Bits(Protocol):
    """What says which entry of a pool is drawn: a random stream, or anything that gives bits as one does."""

    def getrandbits(self, count: int, /) -> int:
        """Give a whole number of that many bits."""


class Fake:
    """Faker's methods as expressions call them: `fake.name()`, `fake.bothify('BR-####')`; each call draws anew."""

    def __init__(self, seed: int, locale: str, stream: Bits) -> None:
        """
        Draw from the pools of that seed and locale, the places in them from the stream.

        Raises:
            InputError: there is no such locale.
        """
        self._seed = seed
        self._locale = known_locale(locale)
        self._stream = stream

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        if kind not in KINDS:
            near = nearest(kind, KINDS)
            raise AttributeError(f"fake has no {kind!r}" + (f"; did you mean {near!r}?" if near else ""))

        def draw(*arguments: Any, **named: Any) -> Any:
            return draw_entry(self._seed, self._locale, kind, self._stream, arguments=arguments, named=named)

        draw.__name__ = kind
        return draw

    def __dir__(self) -> list[str]:
        return sorted(KINDS)


def draw_entry(
    seed: int,
    locale: str,
    kind: str,
    stream: Bits,
    *,
    arguments: tuple[Any, ...] = (),
    named: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """
    Give one entry of the pool of that kind, the stream says which.

    Raises:
        ValueError: Faker cannot make that with these arguments, or it would be too much.
        InputError: there is no such locale.
    """
    if kind in PATTERNS:
        return _made(
            kind, partial(PATTERNS[kind], seeds.stream(seed, stream.getrandbits(_PATTERN_BITS))), arguments, named
        )
    number = stream.getrandbits(_POOL_BITS)
    return entry(seed, locale, kind, number, arguments=arguments, named=named)


def entry(
    seed: int,
    locale: str,
    kind: str,
    number: int,
    *,
    arguments: tuple[Any, ...] = (),
    named: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """
    Give that entry of a pool: it hangs on nothing but these, whatever was drawn before.

    Raises:
        ValueError: Faker cannot make that with these arguments, or it would be too much.
        InputError: there is no such locale.
    """
    key = json.dumps([arguments, dict(named)], sort_keys=True, default=str) if arguments or named else ""
    pool = _pool(seed, locale, kind, key)
    if number not in pool:
        generator = _generator(known_locale(locale), _PROVIDERS.get(kind, ""))
        generator.seed_instance(seeds.derive(seed, "pool", locale, kind, key, number))
        pool[number] = _made(kind, getattr(generator, kind), arguments, named)
    return pool[number]


def is_locale(text: str) -> bool:
    """Tell whether there is such a locale."""
    return text.replace("-", "_").casefold() in _locales()


def known_locale(locale: str) -> str:
    """
    Give the locale as Faker spells it: `pt-br` and `pt_BR` are the same.

    Raises:
        InputError: there is no such locale.
    """
    found = _locales().get(locale.replace("-", "_").casefold())
    if found is not None:
        return found
    names = sorted(set(_locales().values()))
    language = locale.replace("-", "_").split("_")[0].casefold()
    alike = [name for name in names if language and name.split("_")[0] == language]
    raise InputError(
        Problem(
            code="unknown-locale",
            what=f'unknown locale "{locale}"',
            why=f"for this language there are: {', '.join(alike)}" if alike else f"there are: {', '.join(names)}",
            fix=did_you_mean(locale, names, f"use {alike[0]}" if alike else f"use {DEFAULT_LOCALE}"),
        )
    )


@lru_cache(maxsize=1)
def _locales() -> Mapping[str, str]:
    from faker.config import AVAILABLE_LOCALES

    # Faker warns of this one and gives fr_CA.
    return {name.casefold(): name for name in AVAILABLE_LOCALES} | {"fr_qc": "fr_CA"}


@cache
def _generator(locale: str, provider: str) -> Generator:
    """Give what makes values of that locale: with one of Faker's providers alone, or with all of them."""
    from faker.factory import Factory

    return Factory.create(locale, [provider]) if provider else Factory.create(locale)


@lru_cache(maxsize=1024)
def _pool(seed: int, locale: str, kind: str, key: str) -> dict[int, Any]:
    """Give the entries drawn so far; a pool that was dropped fills again with the same ones."""
    return {}


def _made(kind: str, maker: Callable[..., Any], arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    if kind not in _ANY_NUMBER:
        _refuse_too_much(kind, [*arguments, *named.values()])
    try:
        return _plain(maker(*arguments, **named))
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"fake.{kind} cannot be made with these arguments: {error}") from error


def _refuse_too_much(kind: str, values: list[Any]) -> None:
    for value in values:
        size = len(value) if isinstance(value, str | list | tuple | dict) else value
        if isinstance(size, int | float) and abs(size) > _LARGEST:
            raise ValueError(f"fake.{kind} takes numbers up to {_LARGEST} and texts up to that length")


def _plain(value: Any) -> Any:
    """Give the value as JSON knows it."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
