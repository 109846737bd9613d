"""Templates as functions of slots: read once, then filled without the sandbox, to the same bytes."""

from simulator.render.slots.expression import SCOPE, NotCompiledError
from simulator.render.slots.program import FAULTS, Program, compiled, compiled_template

__all__ = ["FAULTS", "SCOPE", "NotCompiledError", "Program", "compiled", "compiled_template"]
