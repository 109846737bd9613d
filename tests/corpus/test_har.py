"""The HTTP archive, held against the model of HAR 1.2 of somebody else."""

from __future__ import annotations

import io
import json
from datetime import datetime

import harfile
import pytest

from simulator import catalog as catalogs
from tests.corpus.conftest import content, recipe


def read(entry):
    """Give an entry as the other's records: a field that they do not know, or miss, is an error."""
    request, response = dict(entry["request"]), dict(entry["response"])
    records = {name: [harfile.Record(**each) for each in request.pop(name)] for name in ("headers", "queryString")}
    post = harfile.PostData(**request.pop("postData"))
    cookies = [harfile.Cookie(**each) for each in request.pop("cookies")]
    answer = harfile.Response(**{**response, "content": harfile.Content(**response["content"])})
    return {
        "startedDateTime": entry["startedDateTime"],
        "time": entry["time"],
        "request": harfile.Request(**request, **records, postData=post, cookies=cookies),
        "response": answer,
        "timings": harfile.Timings(**entry["timings"]),
        "comment": entry["comment"],
    }


def again(log):
    """Give a log as the other writes what it has read."""
    out = io.StringIO()
    with harfile.HarFile.open(out, creator=harfile.Creator(**log["creator"])) as file:
        for entry in log["entries"]:
            file.add_entry(**read(entry))
    return json.loads(out.getvalue())["log"]


@pytest.mark.parametrize("provider", catalogs.names())
def test_archive_is_read_and_written_again_by_another_library(provider):
    ours = json.loads(content(recipe(140, provider, shape="har")))["log"]
    theirs = again(ours)

    assert ours["version"] == theirs["version"] == harfile.HAR_VERSION
    assert len(ours["entries"]) == 140
    for mine, other in zip(ours["entries"], theirs["entries"], strict=True):
        # The other names the phases that nobody measured: -1, as the format has it.
        assert {name: other["timings"][name] for name in mine["timings"]} == mine["timings"]
        assert {**other, "timings": mine["timings"]} == mine


def test_entries_are_the_signed_requests_in_their_order():
    entries = json.loads(content(recipe(50, shape="har")))["log"]["entries"]
    requests = [json.loads(line) for line in content(recipe(50, shape="requests")).splitlines()]
    times = [datetime.fromisoformat(entry["startedDateTime"]) for entry in entries]

    assert times == sorted(times)
    for entry, request in zip(entries, requests, strict=True):
        sent = entry["request"]
        assert sent["postData"]["text"] == request["body"]
        assert {each["name"]: each["value"] for each in sent["headers"]} == request["headers"]
        assert (sent["url"], entry["comment"]) == (request["url"], request["event"])
        assert sent["bodySize"] == len(request["body"].encode())
        assert [each["name"] for each in sent["queryString"]] == ["sig"]


def test_corpus_of_nothing_is_an_archive_of_nothing():
    assert json.loads(content(recipe(0, shape="har")))["log"]["entries"] == []
