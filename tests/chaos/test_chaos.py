"""Servers and workers die at step after step, and nothing is lost, made twice or paid for twice."""

import sys
from pathlib import Path

import pytest

import objects
from chaos.__main__ import alone, many, shaken

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are killed as Linux does it")

KILLS_ALONE, KILLS_MANY = 16, 24
KINDS_OF_DEATH = 5  # at the least, or the kills are all of the same kind


@pytest.mark.timeout(600)
def test_one_server_that_dies_at_every_step(tmp_path: Path) -> None:
    with alone(tmp_path, seed=1) as world:
        told = shaken(world, KILLS_ALONE)
    assert told.wrong == {}, told
    assert told.kills >= KILLS_ALONE
    assert told.done > 0
    assert len(told.places) > KINDS_OF_DEATH, told.places


@pytest.mark.timeout(600)
def test_two_gateways_and_two_workers_that_die_at_every_step(tmp_path: Path, postgres_server: str) -> None:
    if lacking := objects.lacking("moto"):
        pytest.skip(lacking)
    with many(tmp_path, postgres_server, seed=2) as world:
        told = shaken(world, KILLS_MANY)
    assert told.wrong == {}, told
    assert told.kills >= KILLS_MANY
    assert told.done > 0
    assert len(told.places) > KINDS_OF_DEATH, told.places
