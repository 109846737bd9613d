import pytest
from bot import make_app


@pytest.fixture
def ana(sim):
    sim.connect(make_app(sim.viber.api_url, sim.viber.credentials["auth_token"]), "/hook")
    return sim.viber.actor("ana")


def test_it_says_what_was_said(sim, ana):
    ana.says("hello")

    reply = sim.reply("You said <words>")

    assert reply.buttons == ()
    assert sim.viber.variables["words"] == "hello"


def test_an_event_that_comes_twice_is_two_replies_here(sim, ana):
    ana.says("hello", deliver={"copies": 2})

    assert len(sim.replies("~you said", times=2)) == 2
