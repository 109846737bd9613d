"""The HTTP shell around the answering of calls: the REST APIs of the providers on one port of this machine."""

from __future__ import annotations

from simulator.mockapi.answers import HttpAnswer
from simulator.mockapi.listening import HEALTH, listen_address
from simulator.mockapi.server import LARGEST_BODY, TOO_LARGE, Answer, MockApi

__all__ = ["HEALTH", "LARGEST_BODY", "TOO_LARGE", "Answer", "HttpAnswer", "MockApi", "listen_address"]
