"""Bird's CRM platform: what of it must be computed. The facts stand in templates/bird/, their sources beside them."""

from __future__ import annotations

from simulator import digests
from simulator.provider import Provider, Signed, ToSign
from simulator.providers.bird.acts import acts
from simulator.providers.bird.identifiers import IDS
from simulator.providers.bird.people import FILTERS, person
from simulator.providers.bird.refusals import authorize, refuse
from simulator.providers.bird.routes import ROUTES
from simulator.providers.bird.speech import replies
from simulator.providers.bird.subscriptions import wants


def sign(what: ToSign) -> Signed:
    """
    Give the two headers by which a bot knows that a body came from Bird; none where the subscription has no key.

    The signature is base64 of HMAC-SHA256 over the time in Unix seconds, the URL as it was registered and the raw bytes
    of the body's SHA-256, with a line feed after the first two. The key is text, even where it looks like base64.

    Source: docs.bird.com, "Verifying a webhook subscription"; that nothing is sent without a key is unconfirmed.
    """
    agent = str(what.options.get("user_agent") or "")
    headers = (("User-Agent", agent),) if agent else ()
    kind = str(what.options.get("content_type") or what.content_type)
    key = what.credentials.get("signing_key", "")
    if not key:
        return Signed(headers=headers, content_type=kind)
    stamp = str(what.stamp_ms // 1000)
    url = what.options.get("sign_url") or what.url
    message = f"{stamp}\n{url}\n".encode("utf-8", "surrogatepass") + digests.sha256(what.body)
    signature = digests.hmac_sha256_base64(key, message, name="signing_key")
    own = (("messagebird-signature", signature), ("messagebird-request-timestamp", stamp))
    return Signed(headers=(*headers, *own), content_type=kind)


PROVIDER = Provider(
    id="bird",
    acts=acts,
    sign=sign,
    authorize=authorize,
    routes=ROUTES,
    ids=IDS,
    person=person,
    replies=replies,
    refuse=refuse,
    filters=FILTERS,
    wants=wants,
)
