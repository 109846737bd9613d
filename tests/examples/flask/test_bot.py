import pytest
from bot import make_app


@pytest.fixture
def ana(sim):
    sim.connect(make_app(sim.viber.api_url, sim.viber.credentials["auth_token"]), "/hook")
    return sim.viber.actor("ana")


def test_it_says_what_was_said(sim, ana):
    ana.says("hello")

    sim.reply("You said hello", within="2s")
    sim.silence("50ms")
