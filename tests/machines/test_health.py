"""A worker says that it is well, to whoever asks at the port that it was given."""

import re
import urllib.error
import urllib.request

import pytest

from fleet import Fleet

from .test_settings import refused


def test_a_worker_is_well_until_it_is_sent_away(machines: Fleet) -> None:
    worker = machines.worker("--port", "0")
    found = re.search(r"http://127\.0\.0\.1:(\d+)/healthz$", worker.log(), re.MULTILINE)
    assert found
    with urllib.request.urlopen(found[0], timeout=10) as answer:
        assert (answer.status, answer.read()) == (200, b"ok")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(found[0].replace("healthz", "api/jobs"), timeout=10)
    told = refused(machines.folder, machines.settings, "worker", "--port", found[1])
    assert f"Nobody can listen at 127.0.0.1:{found[1]}" in told
    assert worker.stop() == 0
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(found[0], timeout=10)
