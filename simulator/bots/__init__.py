"""The small bots of `demo`: ordinary programs that know nothing of the simulator, to be copied as a start."""

FIRST = "viber"
"""The one that a demo is played with where nobody names a provider."""
