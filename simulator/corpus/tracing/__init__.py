"""
One payload rendered with stand-ins for its values, and what they write down about how it came about.

`line` is one step, `trace` all steps of one payload, `names` what they call. `stands`, `stream` and `drawn` are the
stand-ins: for texts and numbers, for the stream that values are drawn from, for ids and for Faker. `tracer` puts them
where the values would be.
"""

from simulator.corpus.tracing.line import Line, UntracedError
from simulator.corpus.tracing.names import Names
from simulator.corpus.tracing.trace import Trace
from simulator.corpus.tracing.tracer import INPUTS, Course, Piece, Tracer

__all__ = ["INPUTS", "Course", "Line", "Names", "Piece", "Trace", "Tracer", "UntracedError"]
