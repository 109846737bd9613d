"""The bot's HTTP answers to deliveries: what was wanted of them × what came, and both in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator import match
from simulator.match import Fill
from simulator.records import UNREACHABLE, Ack, Delivery, Mismatch
from simulator.scenario.model import AckWanted
from simulator.units import show_ms

REFUSED = "4xx"
"""What a forged delivery must be answered with, where the story says nothing else."""


def show_attempts(delivery: Delivery) -> str:
    """Give how a delivery went, in one line."""
    if delivery.state == "dropped":
        return "dropped on its way, as the story wants it"
    last = delivery.attempts[-1]
    if last.ack is not None:
        said = f"{last.ack.status} in {last.duration_ms:.0f} ms"
    else:
        said = {
            "refused": "connection refused",
            "timeout": f"no answer in {last.duration_ms:.0f} ms",
            "closed": "connection closed without an answer",
            "garbage": "an answer that is not HTTP",
            "tls": "TLS failed",
            "dns": "unknown host",
        }[last.trouble or "closed"]
    return said if len(delivery.attempts) == 1 else f"{said}, after {len(delivery.attempts)} attempts"


def show_ack_wanted(wanted: AckWanted, success: str) -> str:
    """Give what an answer to a delivery must be, in one line."""
    parts = [f"answered {wanted.status or success}"]
    if wanted.within_ms is not None:
        parts.append(f"within {show_ms(wanted.within_ms)}")
    if wanted.headers:
        parts.append(f"headers {match.describe(wanted.headers)}")
    if wanted.body is not None:
        parts.append(f"body {match.describe_value(wanted.body)}")
    return ", ".join(parts)


def ack_mismatches(wanted: AckWanted, delivery: Delivery, success: str, fill: Fill) -> tuple[Mismatch, ...]:
    """Give what differs between the answer that was wanted and the last one of a delivery; of a dropped one nothing."""
    if delivery.state == "dropped":
        return ()
    last = delivery.attempts[-1]
    status = wanted.status or (REFUSED if delivery.is_forged else success)
    if last.ack is None:
        return (Mismatch(path="ack", wanted=status, found=last.detail or str(last.trouble)),)
    differences: list[Mismatch] = []
    if not match.status_matches(status, last.ack.status):
        differences.append(Mismatch(path="ack.status", wanted=status, found=str(last.ack.status)))
    if wanted.within_ms is not None and last.duration_ms > wanted.within_ms:
        differences.append(
            Mismatch(path="ack.within", wanted=show_ms(wanted.within_ms), found=f"{last.duration_ms:.0f} ms")
        )
    headers = {name.lower(): value for name, value in last.ack.headers} if wanted.headers else {}
    for name, matcher in wanted.headers.items():
        differences += match.match_value(matcher, headers.get(name.lower()), fill, f"ack.headers.{name}").mismatches
    if wanted.body is not None:
        differences += match.match_value(wanted.body, _ack_body(last.ack, wanted.body), fill, "ack.body").mismatches
    return tuple(differences)


def _ack_body(ack: Ack, wanted: Any) -> Any:
    """Give the body as JSON where the matcher looks into it, else as text."""
    text = ack.body.decode("utf-8", "replace")
    return json_or_text(text) if isinstance(wanted, Mapping) else text


def json_or_text(text: str) -> Any:
    """Give the JSON value that a text holds, or the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def was_reached(delivery: Delivery) -> bool:
    """True where the endpoint was there for one of the attempts, whatever it made of it."""
    return any(each.lost != "request" and each.trouble not in UNREACHABLE for each in delivery.attempts)


def ack_hint(delivery: Delivery) -> str:
    """Give what to look at next where a delivery ended so; empty where nothing is known."""
    last = delivery.attempts[-1]
    if last.ack is not None and any(fault.startswith("expired") for fault in delivery.faults):
        return "the signature is right and its time long past; does the bot look at that time?"
    if last.ack is not None and delivery.is_forged:
        return "the provider would never send this request; does the bot check the signature, over the raw body?"
    if last.ack is not None and last.ack.status in (401, 403):
        return "the bot refused the signature: does it know the same credential, and does it check the raw body?"
    if last.trouble == "refused":
        url = last.request.url.partition("?")[0]
        if was_reached(delivery):
            return f"the bot was at {url} and is there no more: did it end by itself?"
        return f"nobody listens at {url}; start the bot, or name its address with --endpoint"
    return ""
