"""The usual reasons for which a signature does not verify: their names, and what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RAW = "verify the bytes of the request as they came, before anything parses, decodes or changes them"
PUBLIC = "verify with the URL as it was registered, not with the one that the bot sees behind a proxy"
KEY = "compare how the key is read with how the provider's page says it is used"
FORM = "compare with how the provider writes its signature"
NAME = "look for the header by the name that the provider gives it, in any case"
STAMP = "use the time as it stands in the request, in the provider's unit"
TOKEN = "hand the body over as it came: the whole of it is the token"

FIXES: Mapping[str, str] = {
    # The body.
    "json-spaces": RAW,
    "json-escapes": RAW,
    "json-escape-case": RAW,
    "json-slashes": RAW,
    "json-html": RAW,
    "json-order": RAW,
    "json-numbers": RAW,
    "newline-added": RAW,
    "newline-cut": RAW,
    "white-space": RAW,
    "line-ends": RAW,
    "byte-order-mark": RAW,
    "charset": RAW,
    "gzip": "verify the bytes as they came, and see which of the two the provider signs: packed or unpacked",
    "form": RAW,
    "quoted-body": RAW,
    "base64-body": "decode the body first where the server in front of the bot hands it over as base64",
    "python-bytes": "hand over the bytes themselves: str() of them is their spelling in Python",
    "python-dict": RAW,
    "empty-body": "read the body once and keep it: what was read before is empty the second time",
    "content-length": RAW,
    # The URL.
    "url-scheme": PUBLIC,
    "url-host": PUBLIC,
    "url-port": PUBLIC,
    "url-path": PUBLIC,
    "url-slash": PUBLIC,
    "url-query": PUBLIC,
    "url-escapes": PUBLIC,
    # The key.
    "key-white-space": KEY,
    "key-newline": KEY,
    "key-base64": KEY,
    "key-hex": KEY,
    "key-case": KEY,
    "key-prefix": KEY,
    "key-quotes": KEY,
    "key-hyphens": KEY,
    "key-default": "give both sides the same credential; the simulator signs with its default unless it is told one",
    "key-other": "use the credential that signs, not its neighbour",
    # The time.
    "stamp-unit": STAMP,
    "stamp-other": STAMP,
    "stamp-missing": STAMP,
    # How the signature is written, and where it stands.
    "hex-base64": FORM,
    "hex-case": FORM,
    "base64-alphabet": FORM,
    "base64-padding": FORM,
    "base64-of-hex": FORM,
    "prefix-missing": FORM,
    "prefix-added": FORM,
    "prefix-other": FORM,
    "signature-cut": FORM,
    "signature-case": FORM,
    "signature-white-space": FORM,
    "plus-as-space": "decode a query parameter only once, and leave a plus sign that stands in a signature",
    "header-renamed": NAME,
    "header-missing": "see that nothing in front of the bot takes the header out",
    "hidden": "take the value from where it is not hidden: journals and reports show no credentials",
    # What is signed with other settings.
    "option": "give the same setting, or see why the request came so",
    # Tokens.
    "token-wrapped": TOKEN,
    "token-padding": TOKEN,
    "token-broken": TOKEN,
    "token-unpacked": TOKEN,
    "token-algorithm": "refuse such a token: it proves nothing about who sent it",
    "token-key": "take the key of that id from the published key set, and refuse a token whose key is not there",
    "token-header": TOKEN,
    "token-claims": "see that body and URL are those that were sent: the token says their digests",
    "token-altered": "refuse such a token: it is not what was signed",
}
"""Name → what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Culprit:
    """One reason, found by trying it."""

    name: str
    """One of `FIXES`."""
    what: str
    """How what was given differs from what was signed; one line."""

    @property
    def fix(self) -> str:
        """The next thing to do."""
        return FIXES[self.name]
