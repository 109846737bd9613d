import pytest
from bot import application
from django.test import override_settings


@pytest.fixture
def ana(sim):
    sim.connect(application, "/hook")
    with override_settings(VIBER_API_URL=sim.viber.api_url, VIBER_TOKEN=sim.viber.credentials["auth_token"]):
        yield sim.viber.actor("ana")


def test_it_says_what_was_said(sim, ana):
    ana.says("hello")

    sim.reply("You said hello", within="2s")
