"""JSON Schemas: of a scenario file, which people write, and of the events, which their bots read."""

from __future__ import annotations

from simulator.schema.draft import DRAFT, Schema
from simulator.schema.event import event_schema, events_schema
from simulator.schema.scenario import scenario_schema

__all__ = ["DRAFT", "Schema", "event_schema", "events_schema", "scenario_schema"]
