"""The words of the scenario language and what each means: for the reader, its messages and the schema."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]
"""Word → what it means, in one sentence."""

TOP: Words = {
    "format": "The version of the language; 1, or left out.",
    "scenario": "The name of the story in every report.",
    "about": "What the story shows, for people.",
    "tags": "Words to choose stories by, with --tag.",
    "provider": "The provider that is imitated; with several, the story runs once for each.",
    "endpoint": "The bot's webhook URL; normally given on the command line.",
    "credentials": "Name → value of what the bot and the provider share; normally given on the command line.",
    "options": "Name → value of the provider's own switches.",
    "seed": "The number that all drawn values come from; left out, it comes from the file's name.",
    "clock": "When the story begins and how its time passes.",
    "actors": "Who may speak: a list of names, or name → profile.",
    "given": "What the provider knows before the first step.",
    "cases": "A table: the story is played once for each row, with the row's values as variables.",
    "vars": "Name → value, for expressions.",
    "steps": "What happens, one after another.",
    "always": "What must hold at every delivery and every call.",
    "load": "How many of this story there shall be, and how they arrive; `run` plays it once.",
}

STEPS: Words = {
    "bot": "What the bot must say.",
    "together": "Several things that the bot must say, in any order.",
    "silence": "After all is quiet, the bot says nothing more for this long, in real time.",
    "wait": "The story's clock moves on: by a duration, by one drawn from a range, or until a moment.",
    "emit": "A stream of events on a schedule; the steps after it go on beside it.",
    "repeat": "The steps beside it, several times.",
    "if": "The steps beside it, if the expression is true.",
    "choose": "One of several ways, drawn from the seed.",
    "meanwhile": "Several lists of steps, side by side.",
    "api": "The next calls of the bot get this answer instead of the right one.",
    "include": "The steps of another file.",
    "set": "Name → value: variables from here on.",
}

BESIDE: Mapping[str, tuple[str, ...]] = {
    "act": ("deliver", "ack", "save"),
    "emit": ("deliver", "ack"),
    "repeat": ("steps",),
    "if": ("steps", "else"),
    "include": ("vars",),
}
"""What may stand beside the key of a step."""

MODIFIERS: Words = {
    "deliver": "A provider having a bad day with what is sent.",
    "ack": "What the bot's HTTP answer must be.",
    "save": "Variable → path in the body that was sent.",
    "steps": "The steps that a `repeat` or an `if` holds.",
    "else": "The steps that are taken where the expression of `if` is not true.",
    "vars": "Variables for the steps of an included file.",
}

VERBS: Words = {
    "text": "Writes this; beside a picture, a video, a sound or a file it is the caption.",
    "image": "Sends a picture: a file beside the scenario, or a URL.",
    "video": "Sends a video: a file beside the scenario, or a URL.",
    "audio": "Sends a sound: a file beside the scenario, or a URL.",
    "file": "Sends a file: one beside the scenario, or a URL.",
    "location": "Sends a place: `{lat, lon}`.",
    "contact": "Sends a contact: a name, or `{name, phone}`.",
    "sticker": "Sends a sticker, by its id.",
    "url": "Sends a link.",
    "tap": "Taps the button of this label that the bot has put there.",
    "reads": "Has read the bot's `last` message.",
    "types": "Is typing.",
    "opens": "Opens the `chat`.",
    "leaves": "Leaves the `chat`.",
    "event": "Any event of the provider, by the provider's own name.",
    "raw": "The whole body, as it stands.",
}

CAPTIONED = ("image", "video", "audio", "file")
"""The verbs beside which `text` is a caption."""

MEDIA = ("image", "video", "audio", "file")
"""The verbs whose value is a file or a URL."""

ACT_BESIDE: Words = {
    "in": "The conversation of `given` in which it is done; her private one if not given.",
    "with": "Dotted path → value, laid over the body; a leading `+` allows a path that is not there.",
}

BOT_FIELDS: Words = {
    "text": "What it says.",
    "buttons": "The labels of its buttons, in order; others may stand between.",
    "cards": "Its cards.",
    "image": "The URL of its picture.",
    "video": "The URL of its video.",
    "audio": "The URL of its sound.",
    "file": "The URL of its file.",
    "location": "The place it sends.",
    "contact": "The contact it sends.",
    "sticker": "The sticker it sends.",
    "url": "The link it sends.",
    "typing": "That it shows it is typing.",
    "edits": "The message that it changes.",
    "deletes": "The message that it takes back.",
    "reacts": "The reaction that it puts on a message.",
    "raw": "Dotted path → matcher: a look at the call itself.",
}

BOT_OTHER: Words = {
    "to": "The actor it must speak to.",
    "in": "The conversation of `given` in which it must speak.",
    "operation": "The provider's operation that it must use.",
    "within": "How long it may take; 5s if not given.",
    "times": "Exactly so many, counted when all is quiet; 0: none.",
    "optional": "True: it need not come.",
    "save": "Variable → path in the call.",
}

DELIVER: Words = {
    "copies": "How many times it is delivered.",
    "latency": "How much later than due each copy goes out, drawn for each.",
    "late": "How much later than due it goes out, with all its copies.",
    "reorder": "True: it goes out after the next delivery; or after how many.",
    "drop": "True: it never arrives; or how many of its attempts are lost on their way.",
    "retry": "True, or how often: the bot's answer is lost on its way back, and it is sent again.",
    "tamper": "True, or in which way the body differs from what was signed.",
    "signature": "`wrong`, `expired` or `missing`.",
    "chance": "How likely all this is, such as 5%; drawn from the seed for each event.",
}

ACK: Words = {
    "status": "A number, `2xx`, or several with commas.",
    "within": "How long the answer may take.",
    "headers": "Header → matcher.",
    "body": "A matcher for the text, or dotted path → matcher for JSON.",
}

ALWAYS: Words = {
    "ack": "What every HTTP answer of the bot must be.",
    "never": "What the bot must never do.",
}

ALWAYS_ACK: Words = {
    "status": ACK["status"],
    "within": ACK["within"],
    "headers": ACK["headers"],
    "body": ACK["body"],
    "p50": "Half of all answers take no longer.",
    "p99": "Of a hundred answers, ninety-nine take no longer.",
    "lost": "How many deliveries may end without success.",
}

NEVER: Words = {
    "bot": "A reply that must not come.",
    "operation": "An operation that must not be called.",
}

WAIT: Words = {
    "until": "A time such as 2026-01-05T18:00:00Z, or a cron line such as `0 9 * * mon-fri`.",
    "zone": "The time zone in which a cron line, or a time without one, is read; UTC if not given.",
}

EMIT: Words = {
    "event": "The provider's event type.",
    "with": ACT_BESIDE["with"],
    "rate": "How many a second, a minute or an hour: 20/s, 90/m, 1/10s.",
    "every": "The time between two moments; drawn for each from a range.",
    "cron": "The moments, as a cron line.",
    "zone": "The time zone in which `cron` is read; UTC if not given.",
    "burst": "How many events there are at each moment; 1 if not given.",
    "lasting": "For how long moments follow.",
    "count": "How many events there are in all.",
    "arrivals": "`uniform`: equal gaps; `poisson`: those of independent arrivals.",
    "actors": "How many people are drawn for it, or the actors by name.",
    "after": "Each event of this type causes one, with its actor and its ids.",
    "lag": "How much later than its cause.",
    "chance": "How likely each event is, such as 60%.",
}

CHOICE: Words = {
    "weight": "How often this way is taken beside the others; 1 if not given.",
    "steps": "What happens then.",
}

LOAD: Words = {
    "actors": "How many stories are played at the same time, at most.",
    "rate": "How many stories begin each second, minute or hour: 5/s.",
    "lasting": "For how long stories begin.",
    "ramp": "How long it takes from nothing to all of it.",
}

REPEAT: Words = {
    "times": "How many rounds.",
    "until": "An expression, asked after each round.",
    "at_most": "How many rounds there may be before that is a failure.",
}

API: Words = {
    "operation": "The provider's operation, or `reply` for all through which the bot speaks.",
    "answer": "A named error of the provider, `{status, body}`, or `{delay}`.",
    "times": "How many calls get it; 1 if not given.",
    "after": "How many calls go by before.",
}

ANSWER: Words = {
    "status": "The HTTP status.",
    "body": "The body: text, or a JSON value.",
    "delay": "The right answer, so much later.",
}

CLOCK: Words = {
    "start": "When the story begins, such as 2026-01-05T09:00:00Z; now if not given.",
    "pace": "`instant`, `real`, or a factor such as `10x`.",
    "settle": "How long there must be no sign of the bot before time passes; 50ms if not given.",
    "patience": "How long quiet is waited for; 30s if not given.",
}

INCLUDE: Words = {
    "path": "The file, relative to this one.",
    "vars": "Variables for its steps.",
}

GIVEN: Words = {
    "users": "People whom the provider knows.",
    "conversations": "Chats that there are.",
    "messages": "Messages that were sent before.",
    "subscriptions": "Endpoints that are registered.",
}

PROFILE: Words = {
    "locale": "The language and country that the rest is drawn for, such as pt_BR.",
    "id": "The provider's id of the person.",
    "name": "The full name.",
    "first_name": "The first name.",
    "last_name": "The last name.",
    "email": "The e-mail address.",
    "phone": "The telephone number.",
    "username": "The name that she logs in with.",
    "language": "The language of her device.",
    "country": "The country, by two letters.",
    "time_zone": "The time zone.",
    "city": "The city.",
    "latitude": "Where she is, north of the equator.",
    "longitude": "Where she is, east of Greenwich.",
    "avatar": "The URL of her picture.",
}

MEANT: Mapping[str, str] = {
    "sleep": "wait",
    "pause": "wait",
    "delay": "wait",
    "expect": "bot",
    "reply": "bot",
    "assert": "bot",
    "answer": "bot",
    "loop": "repeat",
    "for": "repeat",
    "while": "repeat",
    "when": "if",
    "import": "include",
    "var": "set",
    "let": "set",
    "quiet": "silence",
    "parallel": "meanwhile",
    "concurrently": "meanwhile",
    "any_order": "together",
    "all": "together",
    "mock": "api",
    "stream": "emit",
    "send": "emit",
    "random": "choose",
    "either": "choose",
    "one_of": "choose",
}
"""Words of other tools → the step of this language."""

MEANT_TOP: Mapping[str, str] = {
    "name": "scenario",
    "title": "scenario",
    "description": "about",
    "variables": "vars",
    "users": "actors",
    "people": "actors",
    "providers": "provider",
    "platform": "provider",
    "url": "endpoint",
    "invariants": "always",
    "rules": "always",
    "examples": "cases",
    "parameters": "cases",
    "table": "cases",
    "secrets": "credentials",
    "version": "format",
    "time": "clock",
}
"""Words of other tools → the key of a file."""

MEANT_EMIT: Mapping[str, str] = {
    "type": "event",
    "interval": "every",
    "for": "lasting",
    "duration": "lasting",
    "times": "count",
    "number": "count",
    "users": "actors",
    "delay": "lag",
    "probability": "chance",
    "share": "chance",
    "timezone": "zone",
    "schedule": "cron",
    "distribution": "arrivals",
}
"""Words of other tools → the key of a stream."""

MEANT_LOAD: Mapping[str, str] = {
    "users": "actors",
    "stories": "actors",
    "for": "lasting",
    "duration": "lasting",
    "rampup": "ramp",
}
"""Words of other tools → the key of `load`."""

MEANT_BESIDE: Mapping[str, str] = {"then": "steps", "do": "steps", "otherwise": "else", "with": "vars"}
"""Words of other tools → what stands beside a step here."""

SURROUNDINGS = ("vars", "actors", "provider", "fake", "ids", "now")
"""The names that every expression sees."""

RESERVED = frozenset({*STEPS, *MODIFIERS, *VERBS, *ACT_BESIDE, *BOT_FIELDS, *BOT_OTHER})
"""What no actor can be called: each of these words means something in a step already."""
