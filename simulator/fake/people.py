"""Whole people: name, address, city and country of one person belong together."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from simulator.fake.pools import draw_entry, known_locale
from simulator.seeds import derive, stream

_COUNTRIES = {
    "ar_AA": "SA",
    "de": "DE",
    "en": "US",
    "en_MS": "MY",
    "es": "ES",
    "es_CA": "ES",
    "la": "VA",
    "sw": "KE",
    "th": "TH",
}
"""Countries of the locales that name none, or one that is no country."""

_LANGUAGES = {"dk_DK": "da", "es_CA": "ca"}

_FAMILY_FIRST = {"hu": " ", "ja": " ", "ko": "", "vi": " ", "zh": ""}
"""Languages in which the family name comes first, and what stands between the two."""

_CODES = """
    1 CA US, 7 RU, 20 EG, 27 ZA, 30 GR, 31 NL, 32 BE, 33 FR, 34 ES, 36 HU, 39 IT VA, 40 RO, 41 CH, 43 AT, 44 GB, 45 DK,
    46 SE, 47 NO, 48 PL, 49 DE, 52 MX, 54 AR, 55 BR, 56 CL, 57 CO, 60 MY, 61 AU, 62 ID, 63 PH, 64 NZ, 65 SG, 66 TH,
    81 JP, 82 KR, 84 VN, 86 CN, 90 TR, 91 IN, 92 PK, 94 LK, 98 IR, 212 MA, 213 DZ, 216 TN, 233 GH, 234 NG, 251 ET,
    254 KE, 255 TZ, 351 PT, 352 LU, 353 IE, 354 IS, 355 AL, 356 MT, 357 CY, 358 FI, 359 BG, 370 LT, 371 LV, 372 EE,
    374 AM, 380 UA, 381 RS, 385 HR, 386 SI, 387 BA, 389 MK, 420 CZ, 421 SK, 423 LI, 852 HK, 880 BD, 886 TW, 962 JO,
    966 SA, 970 PS, 971 AE, 972 IL, 973 BH, 977 NP, 994 AZ, 995 GE, 998 UZ
"""
_CALLING_CODES = {
    country: code for code, *countries in map(str.split, _CODES.replace("\n", " ").split(",")) for country in countries
}
_NOWHERE_CODE = "883"
"""Numbers that belong to no country."""

_Spot = tuple[str, float, float, str]
"""City, latitude, longitude, time zone."""

_SPOTS: Mapping[str, _Spot] = MappingProxyType(
    {
        "AE": ("Abu Dhabi", 24.46667, 54.36667, "Asia/Dubai"),
        "AL": ("Tirana", 41.3275, 19.81889, "Europe/Tirane"),
        "BH": ("Manama", 26.22787, 50.58565, "Asia/Bahrain"),
        "CY": ("Nicosia", 35.17531, 33.3642, "Asia/Nicosia"),
        "GR": ("Athens", 37.98376, 23.72784, "Europe/Athens"),
        "HU": ("Budapest", 47.49835, 19.04045, "Europe/Budapest"),
        "IS": ("Reykjavik", 64.13548, -21.89541, "Atlantic/Reykjavik"),
        "JO": ("Amman", 31.95522, 35.94503, "Asia/Amman"),
        "LI": ("Vaduz", 47.14151, 9.52154, "Europe/Vaduz"),
        "LU": ("Luxembourg", 49.60982, 6.13268, "Europe/Luxembourg"),
        "LV": ("Riga", 56.946, 24.10589, "Europe/Riga"),
        "NP": ("Kathmandu", 27.70169, 85.3206, "Asia/Kathmandu"),
        "SI": ("Ljubljana", 46.05108, 14.50513, "Europe/Ljubljana"),
        "VA": ("Vatican City", 41.90268, 12.45414, "Europe/Vatican"),
    }
)
"""One city for each country of which Faker knows no place."""


def profile(
    seed: int, start_ms: int, name: str, locale: str, given: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """
    Give a whole person of that locale, drawn from the seed and the name by which the run knows them.

    The keys are `name`, `first_name`, `last_name`, `email`, `phone`, `username`, `locale`, `language` (`en`),
    `country` (`GB`), `time_zone`, `city`, `latitude`, `longitude`, `avatar_key` (32 hexadecimal digits; alone in
    hanging on `start_ms` too, as ids do). What is `given` stands as it is, further keys as well, and what hangs on it
    follows: a given name is in the address, a given country in the city. Addresses and numbers belong to nobody.

    Raises:
        InputError: there is no such locale.
    """
    locale = known_locale(locale)
    draw = stream(seed, "person", name)
    first, last = _drawn_names(seed, locale, draw)
    number = draw.randrange(10, 1000)
    domain = draw.choice(("com", "net", "org"))
    subscriber = draw.randrange(10**6)
    spot_number = draw.getrandbits(32)

    language = _LANGUAGES.get(locale, locale.split("_")[0])
    names = _names(first, last, given, language)
    country = str(given.get("country") or _COUNTRIES.get(locale) or locale.split("_")[1])
    spots = _spots(country)
    city, latitude, longitude, time_zone = spots[spot_number % len(spots)]
    username = str(given.get("username") or _username(names, name, number))
    return {
        **names,
        "email": f"{username}@example.{domain}",
        "phone": f"+{_CALLING_CODES.get(country, _NOWHERE_CODE)}555{subscriber:06d}",
        "username": username,
        "locale": locale,
        "language": language,
        "country": country,
        "time_zone": time_zone,
        "city": city,
        "latitude": latitude,
        "longitude": longitude,
        "avatar_key": f"{derive(seed, start_ms, 'avatar', name):032x}",
        **given,
    }


def _drawn_names(seed: int, locale: str, draw: random.Random) -> tuple[str, str]:
    gender = draw.choice(("female", "male"))
    first, last = (draw_entry(seed, locale, f"{part}_name_{gender}", draw) for part in ("first", "last"))
    return str(first).strip(), str(last).strip()


def _names(first: str, last: str, given: Mapping[str, Any], language: str) -> dict[str, str]:
    """Give name, first_name and last_name so that they agree; a given name of one word leaves no last name."""
    if given.get("name"):
        whole = str(given["name"])
        words = whole.split()
        is_turned = language in _FAMILY_FIRST and len(words) > 1
        first, last = (" ".join(words[1:]), words[0]) if is_turned else (" ".join(words[:1]), " ".join(words[1:]))
        first, last = str(given.get("first_name", first)), str(given.get("last_name", last))
        return {"name": whole, "first_name": first, "last_name": last}
    first, last = str(given.get("first_name", first)), str(given.get("last_name", last))
    parts = (last, first) if language in _FAMILY_FIRST else (first, last)
    return {"name": _FAMILY_FIRST.get(language, " ").join(filter(None, parts)), "first_name": first, "last_name": last}


def _username(names: Mapping[str, str], fallback: str, number: int) -> str:
    words = [_ascii(names["first_name"]), _ascii(names["last_name"])]
    word = ".".join(filter(None, words)) or _ascii(fallback) or "user"
    return f"{word[:40]}{number}"


@lru_cache(maxsize=4096)
def _ascii(text: str) -> str:
    """Give the text in plain lower-case letters and digits, other scripts as they are commonly written in those."""
    from faker.decode import unidecode

    clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"[^a-z0-9]", "", unidecode(clean).lower())


@lru_cache(maxsize=512)
def _spots(country: str) -> tuple[_Spot, ...]:
    """Give the places of a country that are known; where none is, one in no country."""
    from faker.providers.geo import Provider

    found = tuple(
        (city, float(latitude), float(longitude), zone)
        for latitude, longitude, city, code, zone in Provider.land_coords
        if code == country
    )
    return found or (_SPOTS.get(country, ("Null Island", 0.0, 0.0, "Etc/UTC")),)
