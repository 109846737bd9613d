"""Names, texts and people as Faker makes them, each drawn from the seed alone."""

from simulator.fake.people import profile
from simulator.fake.pools import DEFAULT_LOCALE, KINDS, POOL_SIZE, Fake, is_locale, known_locale

__all__ = ["DEFAULT_LOCALE", "KINDS", "POOL_SIZE", "Fake", "is_locale", "known_locale", "profile"]
