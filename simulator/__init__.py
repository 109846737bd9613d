"""Plays the provider for the bot you are writing: webhooks out, a mock API beside them, a verdict at the end."""
# Every Python reads this before __main__ can tell an old one off: standard library only, in the syntax of old versions.

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from simulator.errors import EndpointError, InputError, Problem, SimulatorError
    from simulator.records import RunResult, StoryResult, Verdict

__all__ = [
    "EndpointError",
    "InputError",
    "Problem",
    "RunResult",
    "SimulatorError",
    "StoryResult",
    "Verdict",
    "__version__",
]

_PLACES = {
    "EndpointError": "simulator.errors",
    "InputError": "simulator.errors",
    "Problem": "simulator.errors",
    "RunResult": "simulator.records",
    "SimulatorError": "simulator.errors",
    "StoryResult": "simulator.records",
    "Verdict": "simulator.records",
}


def __getattr__(name):  # noqa: ANN001, ANN202 - the type comment says it, which old versions read over
    # type: (str) -> object
    """Give a public name, imported on first use."""
    if name not in _PLACES:
        raise AttributeError("module 'simulator' has no attribute %r" % name)  # noqa: UP031 - no f-strings in old syntax
    import importlib

    return getattr(importlib.import_module(_PLACES[name]), name)
