"""Fleets on empty databases of their own: one for each test that breaks its machines, two that others share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet import Fleet, fleet


@pytest.fixture
def machines(tmp_path: Path, postgres_server: str) -> Iterator[Fleet]:
    """A fleet without a machine yet; whatever becomes of it, its books are right in the end."""
    with fleet(tmp_path, postgres_server) as made:
        yield made
        made.close()
        if made.gateways:
            assert made.audit() == []


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[Fleet]:
    """Two gateways and a worker that makes one film at a time; nobody may stop them."""
    yield from _shared(tmp_path_factory.mktemp("company"), postgres_server, workers=1)


@pytest.fixture(scope="package")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[Fleet]:
    """Two gateways that nobody may stop, and nobody who makes films."""
    yield from _shared(tmp_path_factory.mktemp("pair"), postgres_server, workers=0)


def _shared(folder: Path, server: str, *, workers: int) -> Iterator[Fleet]:
    with fleet(folder, server) as made:
        made.gateway(), made.gateway()
        for _ in range(workers):
            made.worker()
        yield made
        for machine in (*made.gateways, *made.workers):
            assert machine.stop() == 0, machine.log()
        assert made.audit() == []
