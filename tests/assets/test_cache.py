"""Copies of a bucket's files: bounded, shared by processes, and never taken from somebody who was just given one."""

import os
import time
from pathlib import Path

import pytest

from danqing.assets.cache import IN_USE_S, Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "copies", bytes_max=25)


def added(cache: Cache, folder: Path, name: str, *, idle_s: float = 0) -> Path:
    """A copy of ten bytes that was last used so long ago."""
    source = folder / "received"
    source.write_bytes(bytes(10))
    path = cache.add(source, name)
    os.utime(path, (time.time() - idle_s, time.time() - idle_s))
    return path


def test_a_copy_is_found_again(tmp_path: Path, cache: Cache) -> None:
    assert cache.find("a") is None
    path = added(cache, tmp_path, "a")
    assert cache.find("a") == path
    cache.drop("a")
    assert cache.find("a") is None


def test_the_least_recently_used_one_goes_first(tmp_path: Path, cache: Cache) -> None:
    added(cache, tmp_path, "oldest", idle_s=3 * IN_USE_S)
    added(cache, tmp_path, "older", idle_s=2 * IN_USE_S)
    assert cache.find("oldest"), "it is used again"
    added(cache, tmp_path, "new")
    assert cache.find("oldest")
    assert not cache.find("older")
    assert cache.find("new")


def test_what_is_in_use_stays_even_beyond_the_limit(tmp_path: Path, cache: Cache) -> None:
    for name in ("a", "b", "c", "d"):
        added(cache, tmp_path, name)
    assert all(map(cache.find, ("a", "b", "c", "d")))


def test_a_neighbour_knows_what_is_in_use(tmp_path: Path, cache: Cache) -> None:
    neighbour = Cache(tmp_path / "copies", bytes_max=25)
    added(cache, tmp_path, "a", idle_s=2 * IN_USE_S)
    added(cache, tmp_path, "b", idle_s=2 * IN_USE_S)
    assert cache.find("a")
    added(neighbour, tmp_path, "c")
    assert cache.find("a")
    assert not cache.find("b")
