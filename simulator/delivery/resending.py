"""When the run itself sends a request again, since the network between and not the bot failed. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from simulator import addresses
from simulator.records import Sent

MOST = 3
"""So often a request is sent again to an endpoint outside this machine, unless the person says otherwise."""

FIRST_WAIT_MS = 500
LONGEST_WAIT_MS = 8_000

NOTHING_CAME = frozenset({"refused", "closed", "dns"})
"""Troubles that a network has and that pass; a wrong certificate or an answer that is no HTTP does not."""


class Resending:
    """Knows which endpoints have answered in this run, and says whether a request goes out once more."""

    def __init__(self, most: int | None) -> None:
        """
        Begin with none that has answered.

        `most` is how often one request is sent again; None: `MOST` times where the endpoint is not on this machine,
        and never where it is, since no network lies between.
        """
        self._most = most
        self._answering: set[str] = set()
        self._given_up: set[str] = set()

    def wait_ms(self, url: str, sent: Sent, number: int) -> int | None:
        """
        Give how long to wait, in real time, before a request goes out for the `number`th time again; None: it does not.

        It does where nothing of it can have been received, or where an endpoint that has not answered anything in this
        run yet, as while it is being deployed, gave nothing back. What a bot answered is never asked for again, and
        once all was in vain an endpoint is not waited for until it answers.
        """
        place = _place(url)
        if sent.ack is not None or sent.trouble == "garbage":
            self._answering.add(place)
            self._given_up.discard(place)
        is_network = sent.is_unsent or (sent.is_unanswered and place not in self._answering)
        if sent.trouble not in NOTHING_CAME or not is_network or place in self._given_up:
            return None
        if number > self._most_for(url):
            self._given_up.add(place)
            return None
        return int(min(FIRST_WAIT_MS * 2 ** (number - 1), LONGEST_WAIT_MS))

    def _most_for(self, url: str) -> int:
        if self._most is not None:
            return self._most
        return 0 if addresses.is_local(url) else MOST


def _place(url: str) -> str:
    """Give the server that a URL leads to."""
    # What is signed in the query is another one each time, and the rest is looked up.
    parts = urlsplit(url.partition("?")[0])
    return f"{parts.scheme}://{parts.netloc}"
