"""A fleet for each test with many machines, on an empty database of its own."""

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
