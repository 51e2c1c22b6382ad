"""The databases that the store is tested on."""

from store.conftest import new_file, postgres_url, sqlite_url

__all__ = ["new_file", "postgres_url", "sqlite_url"]
