"""The files of `init` are those of a project that runs as it is, on a machine and in CI."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from simulator import catalog, starter
from simulator.cli import init
from tests.cli.conftest import Simulate
from tests.terminal import NEEDS_A_SHELL, Terminal

ALL = {starter.PROJECT, starter.STORY, starter.STORY_SCHEMA, starter.PROJECT_SCHEMA, *starter.SERVICES.values()}


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def commands_of(service: str, text: str) -> list[str]:
    """Give what a job types, in its order."""
    document = yaml.safe_load(text)
    if service == "gitlab":
        return [line for job in document.values() for line in job["script"]]
    return [step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.mark.parametrize("provider", catalog.names())
def test_first_run_passes_as_it_is(simulate: Simulate, here: Path, provider: str) -> None:
    begun = simulate("init", provider)
    played = simulate("run", "--listen", ":0")

    assert begun.code == 0
    assert files_below(here) >= ALL
    assert played.code == 0, played.out + played.err
    assert "scenarios/hello.yaml" in played.out


@NEEDS_A_SHELL
@pytest.mark.parametrize("service", starter.SERVICES)
def test_job_runs_as_it_is_and_leaves_its_reports(terminal: Terminal, service: str) -> None:
    terminal.type("simulator init viber")
    text = (terminal.folder / starter.SERVICES[service]).read_text("utf-8")

    done = terminal.type("\n".join(commands_of(service, text)), GITHUB_STEP_SUMMARY=str(terminal.folder / "summary.md"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert terminal.asked.read_text("utf-8").split() == ["install", "webhook-simulator"]
    assert {"reports/junit.xml", "reports/run.html", "reports/run.json"} <= files_below(terminal.folder)


@NEEDS_A_SHELL
@pytest.mark.parametrize("service", starter.SERVICES)
def test_job_is_red_where_the_bot_says_nothing(terminal: Terminal, service: str) -> None:
    terminal.type("simulator init viber")
    project = terminal.folder / starter.PROJECT
    project.write_text(project.read_text("utf-8").replace("python -m simulator.bots.viber", "python deaf.py"), "utf-8")
    (terminal.folder / "deaf.py").write_text(DEAF, "utf-8")
    text = (terminal.folder / starter.SERVICES[service]).read_text("utf-8")

    done = terminal.type("\n".join(commands_of(service, text)))

    assert done.returncode == 1, done.stdout + done.stderr
    assert 'failures="1"' in (terminal.folder / "reports" / "junit.xml").read_text("utf-8")


DEAF = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Bot(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Bot).serve_forever()
"""


def test_gitlab_takes_what_the_job_leaves() -> None:
    job = yaml.safe_load(starter.jobs(["gitlab"])[".gitlab-ci.yml"])["simulator"]

    assert job["artifacts"]["reports"]["junit"] == "reports/junit.xml"
    assert job["artifacts"]["when"] == "always"


def test_github_keeps_the_reports_of_a_red_job_too() -> None:
    (job,) = yaml.safe_load(starter.jobs(["github"])[".github/workflows/simulator.yml"])["jobs"].values()
    (upload,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/upload-artifact@")]

    assert upload["if"] == "always()"
    assert upload["with"]["path"] == "reports"


def test_files_name_their_schema_and_keep_to_it() -> None:
    files = init.files_of("viber", "none")
    project: dict[str, Any] = json.loads(files[starter.PROJECT_SCHEMA])
    story: dict[str, Any] = json.loads(files[starter.STORY_SCHEMA])

    assert files[starter.PROJECT].startswith(f"#:schema ./{starter.PROJECT_SCHEMA}\n")
    assert files[starter.STORY].startswith("# yaml-language-server: $schema=./scenario.schema.json\n")
    assert jsonschema_rs.is_valid(project, tomllib.loads(files[starter.PROJECT]))
    assert jsonschema_rs.is_valid(story, yaml.safe_load(files[starter.STORY]))


@pytest.mark.parametrize("provider", catalog.names())
def test_target_that_is_offered_is_right_once_it_is_no_comment(simulate: Simulate, here: Path, provider: str) -> None:
    text = init.files_of(provider, "none")[starter.PROJECT]
    before, _, target = text.partition("# [targets.staging]")
    (here / starter.PROJECT).write_text(f"{before}[targets.staging]{target.replace('# ', '')}", "utf-8")
    secrets = tomllib.loads((here / starter.PROJECT).read_text("utf-8"))["targets"]["staging"]["credentials"]

    done = simulate("list", "providers")

    assert done.code == 0, done.err
    assert set(secrets) == set(catalog.load(provider).credentials)


def test_schemas_are_those_that_the_program_prints(simulate: Simulate) -> None:
    files = init.files_of("viber", "none")

    assert files[starter.STORY_SCHEMA] == simulate("schema", "scenario").out
    assert files[starter.PROJECT_SCHEMA] == simulate("schema", "project").out


@pytest.mark.parametrize(("ci", "written"), [("none", set()), ("github", {".github/workflows/simulator.yml"})])
def test_only_the_jobs_that_are_asked_for_are_written(
    simulate: Simulate, here: Path, ci: str, written: set[str]
) -> None:
    simulate("init", "viber", "--ci", ci)

    assert files_below(here) & set(starter.SERVICES.values()) == written


def test_jobs_below_the_root_of_a_repository_are_told_to_be_moved(simulate: Simulate, here: Path) -> None:
    (here / ".git").mkdir()

    done = simulate("init", "viber", "--into", "bots/shop", "--ci", "github")

    assert files_below(here / "bots" / "shop") >= {".github/workflows/simulator.yml"}
    assert "! .github/workflows/simulator.yml: read at the root of the repository alone; move it here, " in done.err
    assert "those of bots/shop" in done.err


@pytest.mark.parametrize("words", [("--into", "bots", "--ci", "none"), ("--into", ".")])
def test_jobs_that_are_found_are_not_told_to_be_moved(simulate: Simulate, here: Path, words: tuple[str, ...]) -> None:
    (here / ".git").mkdir()

    assert "move" not in simulate("init", "viber", *words).err


def test_nothing_is_written_where_a_file_is_there_already(simulate: Simulate, here: Path) -> None:
    (here / ".gitlab-ci.yml").write_text("mine", "utf-8")

    done = simulate("init", "viber")

    assert done.code == 2
    assert ".gitlab-ci.yml: there already   [file-exists]" in done.err
    assert "--ci github leaves it out" in done.err
    assert files_below(here) == {".gitlab-ci.yml"}
    assert (here / ".gitlab-ci.yml").read_text("utf-8") == "mine"


def test_all_files_that_are_there_are_named(simulate: Simulate, here: Path) -> None:
    simulate("init", "viber")

    done = simulate("init", "viber")

    assert done.code == 2
    assert all(str(Path(path)) in done.err for path in ALL)


def test_another_folder_is_made(simulate: Simulate, here: Path) -> None:
    done = simulate("init", "viber", "--into", "shop/tests")

    assert done.code == 0
    assert files_below(here / "shop" / "tests") == ALL
    assert "cd shop" in done.err


def test_folder_that_cannot_be_made_is_told(simulate: Simulate, here: Path) -> None:
    (here / "shop").write_text("a file", "utf-8")

    done = simulate("init", "viber", "--into", "shop")

    assert done.code == 2
    assert "[file-not-written]" in done.err


def test_nothing_is_left_where_a_later_file_cannot_be_written(simulate: Simulate, here: Path) -> None:
    (here / ".github").write_text("a file in the place of a folder", "utf-8")

    done = simulate("init", "viber")

    assert done.code == 2
    assert ".github is a file, not a folder" in done.err
    assert files_below(here) == {".github"}
    assert {path.name for path in here.iterdir()} == {".github"}


def test_folders_that_were_there_stay_where_a_file_cannot_be_written(simulate: Simulate, here: Path) -> None:
    (here / "scenarios").mkdir()
    (here / ".github").write_text("a file in the place of a folder", "utf-8")

    simulate("init", "viber")

    assert {path.name for path in here.iterdir()} == {".github", "scenarios"}


def test_next_step_is_a_line_for_a_shell(simulate: Simulate, here: Path) -> None:
    done = simulate("init", "viber", "--into", "my shop")

    assert "cd 'my shop' && simulator run" in done.err or 'cd "my shop" && simulator run' in done.err


def test_unknown_provider_is_told_with_the_nearest(simulate: Simulate, here: Path) -> None:
    done = simulate("init", "vibr")

    assert done.code == 2
    assert 'did you mean "viber"?' in done.err
    assert files_below(here) == set()


def test_provider_without_a_demo_gets_a_command_to_replace() -> None:
    assert init.bot_of("nobody") == starter.LATER_BOT
