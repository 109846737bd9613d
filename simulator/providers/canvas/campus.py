"""What a school has: its courses, and the pages and files that people open there; the same wherever one is met."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from simulator import digests
from simulator.deferral import plainly_deferrable
from simulator.providers.canvas.metadata import COURSE_ACCOUNT
from simulator.providers.canvas.people import LETTERS
from simulator.world import Row

FIRST_COURSE = 566
"""The local id of the first course; the one before is the course of the bot's account."""

SUBJECTS = (
    "Algebra",
    "Astronomy",
    "Biology",
    "Botany",
    "Chemistry",
    "Drawing",
    "Economics",
    "Geometry",
    "History",
    "Journalism",
    "Linguistics",
    "Logic",
    "Music Theory",
    "Physics",
    "Psychology",
    "Statistics",
)
LEVELS = ("101", "102", "201", "202")
COURSES = len(SUBJECTS) * len(LEVELS)

ASSETS: tuple[tuple[str, str | None, str], ...] = (
    ("course", None, "home"),
    ("course", "announcements", "announcements"),
    ("course", "assignments", "assignments"),
    ("course", "calendar_feed", "calendar"),
    ("course", "collaborations", "collaborations"),
    ("course", "conferences", "conferences"),
    ("course", "files", "files"),
    ("course", "grades", "grades"),
    ("course", "modules", "modules"),
    ("course", "outcomes", "outcomes"),
    ("course", "pages", "pages"),
    ("course", "quizzes", "quizzes"),
    ("course", "roster", "roster"),
    ("course", "syllabus", "syllabus"),
    ("course", "topics", "topics"),
    ("assignment", None, "assignments"),
    ("attachment", None, "files"),
    ("content_tag", None, "external_urls"),
    ("context_external_tool", None, "external_tools"),
    ("discussion_topic", None, "topics"),
    ("quizzes:quiz", None, "quizzes"),
    ("wiki_page", None, "wiki"),
)
"""
asset_type, asset_subtype, category of what is opened; with a subtype it is the list of that kind inside the asset.

Source: Live Events, "asset_accessed", for the categories; which type goes with which is chosen.
"""


def course(number: int) -> Row:
    """Give a course by its number from 0; higher numbers begin again."""
    number %= COURSES
    return {
        "id": str(FIRST_COURSE + number),
        "name": _name(number),
        "sis_id": f"2017.100.{number + 101}.101-1",
        "uuid": uuid(f"course {number}"),
        "lti_id": _lti_id(f"course {number}"),
        "section_id": str(FIRST_COURSE + COURSES + number),
        "account_id": COURSE_ACCOUNT,
        "account_uuid": uuid(f"account {COURSE_ACCOUNT}"),
    }


def asset(number: int) -> Mapping[str, Any]:
    """Give what somebody opens, by its number from 0; higher numbers begin again."""
    kind, subtype, category = ASSETS[number % len(ASSETS)]
    return {"type": kind, "subtype": subtype, "category": category}


@plainly_deferrable
def _name(number: int) -> str:
    return f"{SUBJECTS[number % len(SUBJECTS)]} {LEVELS[number // len(SUBJECTS)]}"


@plainly_deferrable
def _lti_id(name: str) -> str:
    return digests.sha256_hex(name.encode())[:40]


@plainly_deferrable
@cache
def uuid(name: str) -> str:
    """Give 40 letters and digits that belong to a name, as rows of Canvas have them."""
    number, found = int(digests.sha256_hex(name.encode()), 16), []
    for _ in range(40):
        number, index = divmod(number, len(LETTERS))
        found.append(LETTERS[index])
    return "".join(found)
