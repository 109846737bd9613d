"""What any field of a call may be held to: each check gives what is wrong with it, by its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.providers.birdplatform.refusals import Detail

TAG = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
URL = re.compile(r"https?://[^\s/?#]+([/?]\S*)?")


def text(
    holder: Mapping[str, Any], name: str, at: str, most: int | None = None, *, needed: bool = True
) -> Iterator[Detail]:
    """Tell what is wrong with a text: it is missing, none, empty or too long."""
    value = holder.get(name)
    if value is None and not needed:
        return
    path = f"{at}.{name}" if at else name
    if value is None or value == "":
        yield Detail(path, f"{path} is required")
    elif not isinstance(value, str):
        yield Detail(path, f"{path} must be a string")
    elif most is not None and len(value) > most:
        yield Detail(path, f"{path} must have at most {most} characters")


def url(holder: Mapping[str, Any], at: str) -> Iterator[Detail]:
    """Tell what is wrong with the address of a file that WhatsApp is to fetch."""
    wrong = list(text(holder, "url", at))
    yield from wrong
    if not wrong and not URL.fullmatch(holder["url"]):
        yield Detail(f"{at}.url", f"{at}.url must be a URL")


def number(holder: Mapping[str, Any], name: str, at: str, most: int) -> Iterator[Detail]:
    """Tell what is wrong with a coordinate."""
    value = holder.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        yield Detail(f"{at}.{name}", f"{at}.{name} must be a number between -{most} and {most}")


def items(holder: Mapping[str, Any], name: str, at: str, most: int) -> Iterator[Detail]:
    """Tell what is wrong with a list of objects, beside what is in them."""
    value, path = holder.get(name), f"{at}.{name}" if at else name
    if not isinstance(value, list) or not value or not all(isinstance(each, Mapping) for each in value):
        yield Detail(path, f"{path} must be a list of objects")
    elif len(value) > most:
        yield Detail(path, f"{path} must have at most {most} items")


def labels(fields: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[Detail]:
    """Tell what is wrong with `tags` and `metadata`."""
    tags, metadata = fields.get("tags"), fields.get("metadata")
    if tags is not None:
        if not isinstance(tags, list) or len(tags) > limits["tags"]:
            yield Detail("tags", f"tags must be a list of at most {limits['tags']} items")
        else:
            for i, tag in enumerate(tags):
                yield from _tag(tag, f"tags[{i}]", limits)
    if metadata is not None:
        if not isinstance(metadata, Mapping):
            yield Detail("metadata", "metadata must be an object")
        elif len(json.dumps(metadata).encode()) > limits["metadata_bytes"]:
            yield Detail("metadata", f"metadata must have at most {limits['metadata_bytes']} bytes")


def _tag(tag: Any, at: str, limits: Mapping[str, Any]) -> Iterator[Detail]:
    for name, most in (("name", limits["tag_name"]), ("value", limits["tag_value"])):
        value = tag.get(name) if isinstance(tag, Mapping) else None
        if not isinstance(value, str) or not TAG.fullmatch(value) or len(value) > most:
            yield Detail(f"{at}.{name}", f"{at}.{name} must be at most {most} letters, digits, hyphens and underscores")
