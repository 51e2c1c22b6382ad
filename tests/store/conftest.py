"""Databases to test on: SQLite files, and a schema on Postgres when there is one to use."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from danqing.store import Database, connect
from danqing.store.engine import Engines, open_engines

DATABASES = ["sqlite", "postgres"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was made and closed, to be copied."""
    path = tmp_path_factory.mktemp("store") / "new.db"

    async def make() -> None:
        await (await connect(f"sqlite:///{path}")).close()

    asyncio.run(make())
    return path


@pytest.fixture
def sqlite_url(new_file: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(new_file, tmp_path / 'danqing.db')}"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty schema of its own for each test."""
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    schema = f"test_{uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        yield url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await connect(database_url)
    yield database
    await database.close()


@pytest.fixture
def engines(database_url: str, database: Database) -> Iterator[Engines]:
    """A way past the store, to look at its tables."""
    engines = open_engines(database_url)
    yield engines
    engines.dispose()
