"""google-genai makes batches with a key alone; June 2025 knew them for Vertex only (wire.md 15.5)."""

import pytest

from serving import Server

from .calls import GEMINI, new_key
from .conftest import Facts, performed

ERAS = ("spring-2026", "newest")


@pytest.fixture(scope="session", params=ERAS)
def batches(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What google-genai of an era makes of batches."""
    key = new_key(server, f"batches of {request.param}")
    return performed("google_batches", request.param, server, key, tmp_path_factory)


def test_requests_in_the_call_are_answered_in_the_batch(batches: Facts) -> None:
    told = batches.value("inline")
    assert told["state"] == ["JOB_STATE_PENDING", "JOB_STATE_SUCCEEDED"]
    assert (told["title"], told["model"], told["ended"]) == ("two foxes", f"models/{GEMINI}", True)
    assert (told["words"], told["metadata"]) == (True, {"which": "fox"})
    assert told["error"] == [14, True]


def test_requests_in_a_file_are_answered_in_a_file(batches: Facts) -> None:
    assert batches.value("by file") == ["JOB_STATE_SUCCEEDED", "fox", ["image/png"]]


def test_a_batch_is_cancelled_and_deleted(batches: Facts) -> None:
    assert batches.value("cancelled") == ["JOB_STATE_CANCELLED", 404]


def test_batches_are_listed_page_by_page(batches: Facts) -> None:
    assert batches.value("listed") == ["JOB_STATE_SUCCEEDED", "JOB_STATE_SUCCEEDED"]


def test_async_too(batches: Facts) -> None:
    assert batches.value("async") == [True]
    assert batches.error("unknown")["code"] == 404
