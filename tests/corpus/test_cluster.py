"""A corpus made by a Dask cluster of two workers, of which one does not live long."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.corpus import cluster, making
from simulator.corpus.plan import BLOCK
from simulator.corpus.press import Press
from simulator.corpus.recipe import versions
from simulator.corpus.write import to_place
from simulator.errors import EndpointError, InputError
from tests.corpus.conftest import manifest, recipe, silent, written

DEADLINE_S = 60
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("what", [Press.batches, Press.digests])
def test_worker_makes_what_is_made_here(what):
    asked = recipe(BLOCK + 30)
    wanted = versions(catalogs.load("viber"))
    there = [batch for block in (0, 1) for batch in cluster.work(asked, {}, wanted, what, block, (10, asked.count))]

    assert there == list(making.batches(asked, {}, 10, asked.count, what=what))


def test_worker_with_other_versions_makes_nothing():
    wanted = {**versions(catalogs.load("viber")), "faker": "1.0"}

    with pytest.raises(InputError, match=r"\[cluster-differs\]") as caught:
        cluster.work(recipe(seed=99), {}, wanted, Press.batches, 0, (0, 10))
    assert "and 1.0 here" in caught.value.problems[0].why


def test_missing_library_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(InputError, match=r"\[missing-extra\][^$]*distributed>=") as caught:
        list(making.batches(recipe(), {}, 0, 10, "tcp://127.0.0.1:1"))
    assert caught.value.problems[0].where == "--cluster"


# --- with Dask -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def program(*words):
    with subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def scheduler(tmp_path):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    told = tmp_path / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", "--scheduler-file", str(told))
    with program("distributed.cli.dask_scheduler", *words) as process:
        end = time.monotonic() + DEADLINE_S
        while not told.exists() or not told.read_text():
            assert process.poll() is None
            assert time.monotonic() < end
        yield json.loads(told.read_text())["address"]


def worker(address):
    words = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--host", "127.0.0.1")
    return program("distributed.cli.dask_worker", address, *words)


@pytest.mark.cluster
def test_worker_that_is_killed_changes_nothing(tmp_path, scheduler):
    asked = recipe(60 * BLOCK, compress="gzip")
    with worker(scheduler) as first, worker(scheduler):

        def kill_in_the_middle(_):
            if (tmp_path / "there").stat().st_size > 2_000_000 and first.poll() is None:
                first.kill()

        there = to_place(manifest(asked), {}, tmp_path / "there", jobs=scheduler, tell=kill_in_the_middle)
        killed = first.poll()
    here = written(asked, tmp_path / "here")

    assert killed is not None
    assert there == here
    assert (tmp_path / "there").read_bytes() == (tmp_path / "here").read_bytes()


@pytest.mark.cluster
def test_mistake_on_a_worker_is_told_as_one_here_is(scheduler):
    asked = recipe(9000, options={"no_such_option": "1"})
    with worker(scheduler), pytest.raises(InputError, match="no_such_option"):
        list(making.batches(asked, {}, 0, 9000, scheduler))


@pytest.mark.cluster
def test_cluster_without_workers_is_told(tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 1)

    with pytest.raises(EndpointError, match=r"\[cluster-unreachable\][^$]*no workers"):
        to_place(manifest(recipe()), {}, tmp_path / "corpus", jobs=scheduler, tell=silent)


@pytest.mark.cluster
def test_cluster_whose_workers_all_end_is_told(tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "LOOK_S", 1)
    with worker(scheduler) as only:

        def kill(_):
            only.kill()

        with pytest.raises(EndpointError, match=r"\[cluster-lost\]"):
            to_place(manifest(recipe(100 * BLOCK)), {}, tmp_path / "corpus", jobs=scheduler, tell=kill)


@pytest.mark.cluster
def test_address_of_nobody_is_told(monkeypatch):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(cluster, "CONNECT_S", 1)

    with pytest.raises(EndpointError, match=r"\[cluster-unreachable\]"):
        list(making.batches(recipe(), {}, 0, 10, "tcp://127.0.0.1:1"))
