"""Plays the provider for the bot you are writing: webhooks out, a mock API beside them, a verdict at the end."""
# Every Python reads this before __main__ can tell an old one off: standard library only, in the syntax of old versions.

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from simulator.asyncsimulators import AsyncActor, AsyncService, AsyncSimulator
    from simulator.backstage import VerdictError
    from simulator.doctor import Diagnosis
    from simulator.errors import EndpointError, InputError, Problem, SimulatorError
    from simulator.library import check, fire, generate, payload, request, run, schema_of, verify
    from simulator.records import Delivery, Entry, Payload, Reply, RunResult, Sent, SignedRequest, StoryResult, Verdict
    from simulator.scenario.model import Scenario
    from simulator.session import Outcome
    from simulator.settings import Settings
    from simulator.simulators import Actor, Service, Simulator

__all__ = [
    "Actor",
    "AsyncActor",
    "AsyncService",
    "AsyncSimulator",
    "Delivery",
    "Diagnosis",
    "EndpointError",
    "Entry",
    "InputError",
    "Outcome",
    "Payload",
    "Problem",
    "Reply",
    "RunResult",
    "Scenario",
    "Sent",
    "Service",
    "Settings",
    "SignedRequest",
    "Simulator",
    "SimulatorError",
    "StoryResult",
    "Verdict",
    "VerdictError",
    "__version__",
    "check",
    "fire",
    "generate",
    "payload",
    "request",
    "run",
    "schema_of",
    "verify",
]

_PLACES = {
    "Actor": "simulator.simulators",
    "AsyncActor": "simulator.asyncsimulators",
    "AsyncService": "simulator.asyncsimulators",
    "AsyncSimulator": "simulator.asyncsimulators",
    "Delivery": "simulator.records",
    "Diagnosis": "simulator.doctor",
    "EndpointError": "simulator.errors",
    "Entry": "simulator.records",
    "InputError": "simulator.errors",
    "Outcome": "simulator.session",
    "Payload": "simulator.records",
    "Problem": "simulator.errors",
    "Reply": "simulator.records",
    "RunResult": "simulator.records",
    "Scenario": "simulator.scenario.model",
    "Sent": "simulator.records",
    "Service": "simulator.simulators",
    "Settings": "simulator.settings",
    "SignedRequest": "simulator.records",
    "Simulator": "simulator.simulators",
    "SimulatorError": "simulator.errors",
    "StoryResult": "simulator.records",
    "Verdict": "simulator.records",
    "VerdictError": "simulator.backstage",
    "check": "simulator.library",
    "fire": "simulator.library",
    "generate": "simulator.library",
    "payload": "simulator.library",
    "request": "simulator.library",
    "run": "simulator.library",
    "schema_of": "simulator.library",
    "verify": "simulator.library",
}


if not TYPE_CHECKING:  # With it, a type checker would take any name for one of ours.

    def __getattr__(name):  # noqa: ANN001, ANN202 - the type comment says it, which old versions read over
        # type: (str) -> object
        """Give a public name, imported on first use."""
        if name not in _PLACES:
            raise AttributeError("module 'simulator' has no attribute %r" % name)  # noqa: UP031 - no f-strings in old syntax
        import importlib

        return getattr(importlib.import_module(_PLACES[name]), name)
