"""One Postgres for all tests with many machines, and an empty database of it for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import postgres
from fleet import Fleet, fleet


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A Postgres for the whole run."""
    with postgres.running() as url:
        if url is None:
            pytest.skip("Postgres is not installed on this machine")
        yield url


@pytest.fixture
def machines(tmp_path: Path, postgres_server: str) -> Iterator[Fleet]:
    """A fleet without a machine yet; whatever becomes of it, its books are right in the end."""
    with fleet(tmp_path, postgres_server) as made:
        yield made
        made.close()
        if made.gateways:
            assert made.audit() == []
