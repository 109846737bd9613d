"""Smooch's official SDK holds a conversation with the mock API: pages, files, an error and a retry."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from simulator import answering, digests, forms
from simulator.ids import Ids
from simulator.provider import Act
from simulator.records import ApiCall
from simulator.seeds import stream
from simulator.world import Emit, Put, Register

from .conftest import NOW_MS, Bench, bench
from .proofs import Proofs

smooch = pytest.importorskip("smooch")
filepost = pytest.importorskip("urllib3.filepost")

BASE = "http://127.0.0.1:1/smooch"
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"


class Wire:
    """Takes the place of the SDK's connections, and hands its requests to the mock API without a network."""

    def __init__(self, made: Bench) -> None:
        self.made = made
        self.count = 0
        self.faults: list[str] = []
        """The errors that the next calls meet."""
        self.operations: list[str] = []
        """Those that were called and not refused."""
        self.events: list[Any] = []
        """The bodies of what webhooks hear because of the calls."""

    def request(
        self, method: str, url: str, *, body: Any = None, fields: Any = None, headers: Any = None, **settings: Any
    ) -> Any:
        self.count += 1
        parts = urlsplit(url)
        query = parse_qsl(parts.query)
        headers = {name.lower(): str(value) for name, value in (headers or {}).items()}
        if method == "GET":
            query += [(name, str(value)) for name, value in fields or ()]
        elif fields is not None:
            body, headers["content-type"] = filepost.encode_multipart_formdata(fields)
        call = ApiCall(
            id=f"call-{self.count}",
            provider="smooch",
            method=method,
            path=unquote(parts.path.removeprefix("/smooch")),
            headers=headers,
            body=body.encode() if isinstance(body, str) else body or b"",
            query=forms.gather(query),
            at_ms=NOW_MS + 1_000_000 + 1000 * self.count,
            base_url=BASE,
        )
        answered = self.answered(call)
        self.settle(answered)
        return SimpleNamespace(
            status=answered.status, reason="", data=answered.body, getheaders=dict, getheader=lambda *_: None
        )

    def answered(self, call: ApiCall) -> answering.Answered:
        made = self.made
        ids = Ids(made.provider.ids, stream(1, self.count), call.at_ms)
        known: dict[str, Any] = {"provider": made.provider, "catalog": made.catalog, "world": made.world, "ids": ids}
        if not self.faults:
            return answering.answer(call, **known)
        error = self.faults.pop(0)
        refused = answering.fault_response(call, provider=made.provider, catalog=made.catalog, error=error)
        status, headers, body = answering.render_response(refused, call=call, **known)
        return answering.Answered(call=call, response=refused, status=status, headers=headers, body=body)

    def settle(self, answered: answering.Answered) -> None:
        if not answered.response.error:
            self.operations.append(answered.call.operation)
        for effect in answered.response.effects:
            if isinstance(effect, Emit):
                payload = self.made.render(effect.type, values=effect.values, actor=effect.user)
                self.events.append(json.loads(payload.body))
            elif isinstance(effect, Register):
                self.made.world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
            else:
                self.made.world.apply(effect)


class Bot:
    """What a bot on the official SDK has at hand."""

    def __init__(self, wire: Wire, app_id: str) -> None:
        client = smooch.ApiClient(host=BASE)
        client.rest_client.pool_manager = wire
        self.app_id = app_id
        self.conversations = smooch.ConversationApi(client)
        self.people = smooch.AppUserApi(client)
        self.files = smooch.AttachmentsApi(client)
        self.menu = smooch.MenuApi(client)
        self.notifications = smooch.NotificationApi(client)
        self.webhooks = smooch.WebhookApi(client)
        self.apps = smooch.AppApi(client)
        self.integrations = smooch.IntegrationApi(client)
        self.templates = smooch.TemplateApi(client)

    def say(self, user_id: str, **fields: Any) -> Any:
        """Send a message, and again where the service is busy or down."""
        message = smooch.MessagePost(**{"role": "appMaker", "type": "text", **fields})
        for _ in range(3):
            try:
                return self.conversations.post_message(self.app_id, user_id, message)
            except smooch.rest.ApiException as error:
                if error.status != 429 and error.status < 500:
                    raise
        raise AssertionError("the service has not come back")

    def history(self, user_id: str) -> list[Any]:
        """Give all that was said, oldest first, page by page."""
        found: list[Any] = []
        query: dict[str, Any] = {}
        while True:
            page = self.conversations.get_messages(self.app_id, user_id, **query)
            found = [*page.messages, *found]
            if page.next is None:
                return found
            query = {"before": dict(parse_qsl(urlsplit(page.next).query))["before"]}


@pytest.fixture
def made() -> Bench:
    return bench("smooch", version="v1.1", channel="whatsapp")


@pytest.fixture
def wire(made: Bench) -> Wire:
    return Wire(made)


@pytest.fixture
def bot(made: Bench, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Bot:
    known: Mapping[str, str] = made.world.credentials
    header = {"alg": "HS256", "typ": "JWT", "kid": known["key_id"]}
    signed = ".".join(safe(json.dumps(part).encode()) for part in (header, {"scope": "app"}))
    token = f"{signed}.{safe(digests.hmac_sha256(known['key_secret'], signed.encode()))}"
    monkeypatch.setitem(smooch.configuration.api_key, "Authorization", token)
    monkeypatch.setitem(smooch.configuration.api_key_prefix, "Authorization", "Bearer")
    return Bot(wire, made.world.options["app_id"])


@pytest.fixture
def ana(made: Bench) -> str:
    write(made, "hello", NOW_MS)
    return str(made.ana["id"])


@pytest.fixture
def shown(wire: Wire, proofs: Proofs) -> Iterator[None]:
    """Tell which operations the SDK has called in a test, and which events of them it has read."""
    yield
    proofs.record("smooch", "smooch", operations=wire.operations)


def safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def write(made: Bench, text: str, now_ms: int) -> None:
    """Let Ana write."""
    ids = Ids(made.provider.ids, stream(1, text), now_ms)
    for occurrence in made.provider.acts(Act(verb="text", value=text, user=made.ana), made.world, ids) or ():
        for effect in occurrence.effects:
            made.world.apply(effect)  # type: ignore[arg-type]


# --- a conversation


def test_bot_holds_a_conversation_to_its_end(made: Bench, wire: Wire, bot: Bot, ana: str, shown: None) -> None:
    for number in range(1, 150):
        write(made, f"line {number}", NOW_MS + 1000 * number)

    # Pages.
    assert [message.text for message in bot.history(ana)] == ["hello", *(f"line {n}" for n in range(1, 150))]
    assert wire.operations == ["get_messages"] * 2

    # Typing, and a message with buttons.
    typing = smooch.ConversationActivity(role="appMaker", type="typing:start")
    assert bot.conversations.conversation_activity(bot.app_id, ana, typing).conversation.unread_count == 0
    answer = bot.say(ana, text="What now?", actions=[smooch.Action(type="reply", text="Go", payload="GO")])
    assert (answer.message.text, answer.message.actions[0].payload) == ("What now?", "GO")
    assert [event["trigger"] for event in wire.events] == [
        "message:appMaker",
        "message:delivery:channel",
        "message:delivery:user",
    ]

    # An error that is final, and two that pass.
    with pytest.raises(smooch.rest.ApiException) as refused:
        bot.say(ana, text="x" * 4097)
    assert (refused.value.status, json.loads(refused.value.body)["error"]["code"]) == (400, "bad_request")
    wire.faults = ["rate_limited", "server_error"]
    said = bot.say(ana, text="Only once").message
    assert [message.id for message in bot.history(ana) if message.text == "Only once"] == [said.id]

    # A picture, read marks, and the end of it.
    bot.say(ana, type="image", media_url="https://example.com/box.png")
    assert bot.history(ana)[-1].media_type == "image/png"
    bot.conversations.reset_unread_count(bot.app_id, ana)
    assert bot.conversations.get_messages(bot.app_id, ana).conversation.unread_count == 0
    bot.conversations.delete_message(bot.app_id, ana, said.id)
    assert "Only once" not in [message.text for message in bot.history(ana)]
    bot.conversations.delete_messages(bot.app_id, ana)
    assert bot.history(ana) == []


# --- people


def test_sdk_makes_changes_merges_and_deletes_people(wire: Wire, bot: Bot, ana: str, shown: None) -> None:
    new = smooch.AppUserPreCreate(user_id="eve@example.com", given_name="Eve", properties={"plan": "pro"})
    made = bot.people.pre_create_app_user(bot.app_id, new).app_user
    assert (made.user_id, made.clients, made.conversation_started) == ("eve@example.com", [], False)

    change = smooch.AppUserUpdate(surname="Adams", properties={"seats": 3})
    bot.people.update_app_user(bot.app_id, "eve@example.com", change)
    told = bot.people.get_app_user(bot.app_id, made.id).app_user
    assert (told.surname, told.properties) == ("Adams", {"plan": "pro", "seats": 3})

    sides = smooch.AppUserMerge(surviving=smooch.MergedUser(ana), discarded=smooch.MergedUser(made.id))
    bot.people.merge_users(bot.app_id, sides)
    assert bot.people.get_app_user(bot.app_id, ana).app_user.properties == {"plan": "pro", "seats": 3}
    assert bot.people.delete_app_user_profile(bot.app_id, ana).app_user.properties == {}
    bot.people.delete_app_user(bot.app_id, ana)
    with pytest.raises(smooch.rest.ApiException, match="404"):
        bot.people.get_app_user(bot.app_id, ana)
    assert [event["trigger"] for event in wire.events] == ["merge:appUser", "appUser:delete"]


def test_sdk_links_and_unlinks_channels(made: Bench, wire: Wire, bot: Bot, ana: str, shown: None) -> None:
    confirmation = smooch.Confirmation(type="immediate")
    link = smooch.AppUserLink(type="twilio", phone_number="+14155550123", confirmation=confirmation)
    pending = bot.people.link_app_user(bot.app_id, ana, link).app_user.pending_clients

    assert [(client.platform, client.status) for client in pending] == [("twilio", "pending")]
    found = bot.people.get_app_user_entity_ids(bot.app_id, ana).channels
    assert [(channel.type, channel.phone_number) for channel in found][1] == ("twilio", "+14155550123")
    bot.people.unlink_app_user(bot.app_id, ana, "twilio")
    assert len(bot.people.get_app_user(bot.app_id, ana).app_user.clients) == 1
    triggers = [event["trigger"] for event in wire.events]
    assert triggers == ["link:match", "link:success", "client:add", "client:remove"]
    clients = [event["client"] for event in wire.events if "client" in event]
    assert len({parsed(client, "Client").id for client in clients}) == 1

    assert bot.people.get_app_user_auth_code(bot.app_id, ana).auth_code
    assert bot.people.get_app_user_business_system_ids(bot.app_id, ana).business_systems == []
    messenger = made.catalog.account["integrations"]["messenger"]
    (request,) = bot.people.get_link_requests(bot.app_id, ana, [messenger]).link_requests
    assert request.code in request.url


# --- the app


def test_sdk_sets_menu_and_webhooks(bot: Bot, shown: None) -> None:
    inner = smooch.SubMenuItem(type="link", text="Shop", uri="https://example.com")
    items = [
        smooch.MenuItem(type="postback", text="Human", payload="HUMAN"),
        smooch.MenuItem(type="submenu", text="More", items=[inner]),
    ]
    assert len(bot.menu.update_menu(bot.app_id, smooch.Menu(items=items)).menu.items) == 2
    assert bot.menu.get_menu(bot.app_id).menu.items[1].items[0].uri == "https://example.com"
    assert bot.menu.delete_menu(bot.app_id).menu.items == []

    hook = smooch.WebhookCreate(target="https://bot.example.com/hook", triggers=["client:add"], include_client=True)
    webhook = bot.webhooks.create_webhook(bot.app_id, hook).webhook
    change = smooch.WebhookUpdate(triggers=["*"])
    assert bot.webhooks.update_webhook(bot.app_id, webhook.id, change).webhook.triggers == ["*"]
    assert bot.webhooks.get_webhook(bot.app_id, webhook.id).webhook.secret == webhook.secret
    bot.webhooks.delete_webhook(bot.app_id, webhook.id)
    assert bot.webhooks.list_webhooks(bot.app_id).webhooks == []


def test_sdk_reads_and_changes_the_app(bot: Bot, shown: None) -> None:
    settings = smooch.AppSettings(echo_postback=True)
    changed = bot.apps.update_app(bot.app_id, smooch.AppUpdate(name="Flowers", settings=settings)).app
    found = bot.apps.get_app(bot.app_id).app

    assert (changed.id, found.name) == (bot.app_id, "Flowers")
    assert (found.settings.echo_postback, found.settings.mask_credit_card_numbers) == (True, True)


def test_sdk_ties_channels_to_the_app(made: Bench, bot: Bot, shown: None) -> None:
    first = bot.integrations.list_integrations(bot.app_id, limit=10)
    second = bot.integrations.list_integrations(bot.app_id, limit=10, offset=10)
    assert [row.id for row in (*first.integrations, *second.integrations)] == list(
        made.catalog.account["integrations"].values()
    )
    assert (first.has_more, second.has_more, second.offset) == (True, False, 10)

    telegram = smooch.IntegrationCreate(type="telegram", token="123:abc", display_name="Our bot")
    tied = bot.integrations.create_integration(bot.app_id, telegram).integration
    assert (tied.type, tied.display_name, tied.token) == ("telegram", "Our bot", None)
    change = smooch.IntegrationUpdate(display_name="Another")
    assert bot.integrations.update_integration(bot.app_id, tied.id, change).integration.display_name == "Another"

    menu = smooch.Menu(items=[smooch.MenuItem(type="postback", text="Human", payload="HUMAN")])
    bot.integrations.create_integration_menu(bot.app_id, tied.id, menu)
    shorter = smooch.Menu(items=[smooch.MenuItem(type="link", text="Shop", uri="https://example.com")])
    bot.integrations.update_integration_menu(bot.app_id, tied.id, shorter)
    assert [item.type for item in bot.integrations.get_integration_menu(bot.app_id, tied.id).menu.items] == ["link"]
    bot.integrations.delete_integration_menu(bot.app_id, tied.id)
    assert bot.integrations.get_integration_menu(bot.app_id, tied.id).menu.items == []
    assert bot.integrations.get_integration(bot.app_id, tied.id).integration.type == "telegram"
    bot.integrations.delete_integration(bot.app_id, tied.id)
    with pytest.raises(smooch.rest.ApiException, match="404"):
        bot.integrations.get_integration(bot.app_id, tied.id)


def test_sdk_keeps_messages_as_templates(bot: Bot, shown: None) -> None:
    message = smooch.MessagePost(role="appMaker", type="text", text="Hello!")
    kept = bot.templates.create_template(bot.app_id, smooch.TemplateCreate(name="greeting", message=message)).template
    renamed = bot.templates.update_template(bot.app_id, kept.id, smooch.TemplateUpdate(name="hello")).template
    listed = bot.templates.list_templates(bot.app_id)

    assert (kept.name, renamed.name, renamed.message.text) == ("greeting", "hello", "Hello!")
    assert ([row.id for row in listed.templates], listed.has_more, listed.offset) == ([kept.id], False, 0)
    assert bot.templates.get_template(bot.app_id, kept.id).template.name == "hello"
    bot.templates.delete_template(bot.app_id, kept.id)
    assert bot.templates.list_templates(bot.app_id).templates == []


def test_sdk_notifies_whom_a_channel_knows(made: Bench, wire: Wire, bot: Bot, ana: str, shown: None) -> None:
    destination = smooch.NotificationPostDestination(
        integration_id=made.catalog.account["integrations"]["whatsapp"], destination_id=made.ana["phone"]
    )
    message = {"type": "text", "text": "It is on its way."}
    author = smooch.Author(role="appMaker", name="Shop")
    post = smooch.NotificationPost(destination=destination, author=author, message=message)

    sent = bot.notifications.post_notification(bot.app_id, post).notification

    assert {event["notification"]["_id"] for event in wire.events} == {sent.id}
    assert {event["matchResult"]["appUser"]["_id"] for event in wire.events} == {ana}


# --- files


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "box of tulips.png"
    path.write_bytes(PNG)
    return str(path)


def test_sdk_uploads_a_file_that_can_be_got(shown: None, wire: Wire, bot: Bot, ana: str, picture: str) -> None:
    stored = bot.files.upload_attachment(bot.app_id, picture, "public", _for="message", app_user_id=ana)
    sent = bot.say(ana, type="image", media_url=stored.media_url, text="Your parcel").message

    assert stored.media_type == "image/png"
    assert bytes(wire.request("GET", sent.media_url).data) == PNG
    bot.files.remove_attachment(bot.app_id, smooch.AttachmentRemove(media_url=stored.media_url))
    assert wire.request("GET", sent.media_url).status == 404


def test_sdk_sends_a_picture_with_its_call(shown: None, wire: Wire, bot: Bot, ana: str, picture: str) -> None:
    sent = bot.people.post_image_message(bot.app_id, ana, picture, "appMaker").message

    assert (sent.type, sent.role, sent.media_type) == ("image", "appMaker", "image/png")
    assert bytes(wire.request("GET", sent.media_url).data) == PNG
    assert wire.events[0]["messages"][0]["mediaUrl"] == sent.media_url


# --- forms


def parsed(value: Any, model: str) -> Any:
    return smooch.ApiClient().deserialize(SimpleNamespace(data=json.dumps(value)), model)


def test_sdk_reads_forms_and_what_is_filled_in(made: Bench, proofs: Proofs) -> None:
    for seed in range(100):
        form, answer = (
            parsed(json.loads(made.render(f"message:{event}", seed=seed).body)["messages"][0], "Message")
            for event in ("appMaker/form", "appUser/formResponse")
        )

        assert [field.type for field in form.fields] == ["text", "email"]
        assert (answer.quoted_message.type, answer.quoted_message.content.submitted) == ("message", True)
        assert [field.name for field in answer.fields] == [field.name for field in answer.quoted_message.content.fields]
        assert answer.fields[2].select[0].label in answer.text_fallback
    proofs.record("smooch", "smooch", events=["message:appMaker/form", "message:appUser/formResponse"])
