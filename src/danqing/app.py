"""The composition root: the only module that knows every concrete part, and puts them together."""

import asyncio
import fcntl
import importlib
import json
import os
import pkgutil
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from uuid import uuid4

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from danqing import assets, dialects, prompts, providers
from danqing.assets.bucket import Bucket
from danqing.assets.desk import Desk
from danqing.assets.disk import Disk
from danqing.assets.probe import probe
from danqing.assets.stamp import inspector, told
from danqing.assets.thumbnails import Thumbnails
from danqing.catalog import load as load_catalog
from danqing.config import Config, ConfigError, open_upstreams
from danqing.dialects import native
from danqing.domain.errors import Problem
from danqing.domain.ports import Archive, Editor, Fleet, Provider
from danqing.front import Front, refusal
from danqing.front.clerk import Clerk
from danqing.front.discreet import Discreet
from danqing.front.listening import answering, told_to_stop
from danqing.front.paths import specificity, unknown
from danqing.gateway.accounts import Accounts
from danqing.gateway.bookkeeping import Bookkeeper
from danqing.gateway.breakers import Breakers
from danqing.gateway.cleaning import Cleaner
from danqing.gateway.curating import Curator
from danqing.gateway.dispatch import ASKS, Queue, slots_of
from danqing.gateway.durable import Durable
from danqing.gateway.events import Alone
from danqing.gateway.gateway import Gateway, Parts
from danqing.gateway.keyring import Keyring
from danqing.gateway.postman import Postman
from danqing.gateway.shelf import Shelf
from danqing.gateway.webhooks import Webhooks
from danqing.store.bus import Bus
from danqing.store.database import Database, connect
from danqing.upstream.courier import Courier
from danqing.upstream.pictures import Pictures
from danqing.upstream.settings import read_upstream
from danqing.wire.media_type import media_type

ASSET_BYTES_MAX = 2 << 30
CACHE_BYTES_MAX = 4 << 30
ALONE = (
    "{what} needs a database that several machines can share: set DANQING_DATABASE to postgresql://user@host/name."
    " With SQLite `danqing serve` makes the films itself."
)
ALREADY_RUNNING = "A server is already running on {data}: {url}."


class AlreadyRunning(Exception):
    """Another process owns the data directory. `url` is where it listens, "" while it starts or stops."""

    def __init__(self, data: Path, url: str) -> None:
        super().__init__(ALREADY_RUNNING.format(data=data, url=url or "it is starting or stopping"))
        self.url = url


def open_keyring(config: Config) -> Keyring:
    """The pepper, shared or made on the first start, and the keys beside it; only their owner can read them."""
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = config.data / "secret"
    if not (config.secret or path.exists()):
        write_secret(path, secrets.token_hex(32))
    keyring = Keyring(bytes.fromhex(config.secret or path.read_text().strip()))
    write_secret(config.data / "owner-key", keyring.owner_token)
    return keyring


def write_secret(path: Path, text: str) -> None:
    """A file that only its owner can read, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def owning(config: Config) -> Iterator[Callable[[str], None]]:
    """Own the data directory while the block runs; gives a function to tell others the URL. Raises AlreadyRunning."""
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (config.data / "server.json").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(config.data, running_at(config.data)) from error
        file.truncate(0)  # what a server that was killed has left behind

        def announce(url: str) -> None:
            file.truncate(0)
            file.write(json.dumps({"url": url, "pid": os.getpid()}))
            file.flush()

        try:
            yield announce
        finally:
            file.truncate(0)


def running_at(data: Path) -> str:
    """The URL that the data directory's server announced, or nothing."""
    try:
        return str(json.loads((data / "server.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return ""


class Role(StrEnum):
    """What a process is among those that share a database."""

    SERVE = "serve"  # answers requests and makes films
    GATEWAY = ASKS  # answers requests; films are made by workers
    WORKER = "worker"  # makes films


@asynccontextmanager
async def opened(config: Config, role: Role) -> AsyncIterator[Front]:
    """Every part, put together and at work; taken down in the opposite order."""
    keyring = open_keyring(config)
    config.catalog.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        database = await connect(config.database_url)
        stack.push_async_callback(database.close)
        archive = await connect_archive(config)
        stack.callback(archive.close)
        desk = Desk(config.scratch)
        stack.callback(desk.close)
        makers = connect_providers(config, desk.directory)
        close_with(stack, *makers.values())
        accounts = Accounts(database, keyring)
        await accounts.open()
        write_secret(config.data / "test-key", await accounts.first_key())
        me = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:12]}"
        slots = None if role is Role.GATEWAY else {name: slots_of(maker) for name, maker in makers.items()}
        queue = Durable(config.queue_url, executor=me, slots=slots)
        fleet = database.member(me, kind=role.value, lease_s=config.lease_s)
        gateway = connect_gateway(config, database, archive, makers, queue, fleet, keyring)
        # DBOS has the event loop use its threads, and takes them away when it closes; the store still needs some then.
        stack.callback(lambda: asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor()))
        stack.push_async_callback(gateway.close)
        await gateway.open()
        cleaner = Cleaner(database, archive, queue, database.postbox(), config.keep)
        thumbnails = Thumbnails(archive, config.cache / "thumbnails", desk.directory)
        fetch = Pictures(archive) if config.fetch else None
        courier = Courier(config.public_url, private=config.webhooks_private)
        close_with(stack, thumbnails, fetch, courier)
        if config.prompts and role is not Role.WORKER:
            await stack.enter_async_context(working(asyncio.to_thread(prompts.prepare)))
        async with working(cleaner.run()):
            lasts = timedelta(hours=config.upload_hours)
            shelf = Shelf(database, gateway, cleaner, keyring, probe, media_type, lasts=lasts)
            clerk = Clerk(database.docket(), gateway, shelf, fleet)
            curator = Curator(database.shelves(), cleaner, keyring, thumbnails, told, inspector(archive))
            webhooks = Webhooks(database.postbox(), keyring, private=config.webhooks_private)
            rest = (shelf, clerk, curator, Bookkeeper(database.statements(), database), webhooks)
            postman = Postman(database.postbox(), database, courier, keyring)
            async with working(clerk.run()), working(postman.run()):
                url, scratch = config.public_url, desk.directory
                yield Front(gateway, accounts, cleaner, *rest, public_url=url, scratch=scratch, fetch=fetch)


def connect_gateway(
    config: Config,
    database: Database,
    archive: Archive,
    makers: Mapping[str, Provider],
    queue: Queue,
    fleet: Fleet,
    keyring: Keyring,
) -> Gateway:
    """The gateway on all its parts. Raises ConfigError."""
    breakers = Breakers()
    return Gateway(
        Parts(
            catalog=load_catalog(extra=config.catalog),
            store=database,
            feed=database,
            assets=archive,
            providers=makers,
            upstreams=[read_upstream(name, row) for name, row in config.upstreams.items()],
            queue=queue,
            fleet=fleet,
            keyring=keyring,
            probe=probe,
            editor=connect_editor(config, makers, breakers),
            breakers=breakers,
            bus=Bus(config.database) if config.shared else Alone(),
        )
    )


def close_with(stack: AsyncExitStack, *parts: object) -> None:
    """Have those of the parts closed that can be, when the stack is."""
    for close in filter(None, (getattr(part, "close", None) for part in parts)):
        stack.push_async_callback(close)


@asynccontextmanager
async def working(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Work that goes on beside the block and is cut off with it."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def connect_archive(config: Config) -> Disk | Bucket:
    """Where the files are kept. Raises Problem."""
    return await assets.connect(
        config.assets, local=config.cache, bytes_max=ASSET_BYTES_MAX, cache_bytes_max=CACHE_BYTES_MAX
    )


def connect_providers(config: Config, scratch: Path) -> dict[str, Provider]:
    """The embedded engine and every configured upstream, by name. Raises ConfigError."""
    sketch = providers.connect("sketch", {"scratch": scratch, "workers": config.workers})
    return {**connect_upstreams(config), "sketch": sketch}


def connect_upstreams(config: Config) -> dict[str, Provider]:
    """Every configured upstream, by name. Raises ConfigError."""
    return {name: providers.connect(str(row["kind"]), row) for name, row in open_upstreams(config).items()}


def connect_editor(config: Config, makers: Mapping[str, Provider], breakers: Breakers) -> Editor:
    """Who works on prompts, by the upstreams alone: a sketch is no text model. Raises ConfigError."""
    upstreams = {name: maker for name, maker in makers.items() if name in config.upstreams}
    try:
        return prompts.connect(config.prompts, upstreams, breakers=breakers)
    except Problem as problem:
        raise ConfigError(f"{config.file}: {problem.message}") from problem


def application(front: Front) -> ASGIApp:
    """The ASGI app: all dialects, found by name, and one place for what no route took."""
    spoken = find_dialects()
    routes = [route for dialect in spoken for route in dialect.routes(front)]
    app = Starlette(
        routes=[HEALTH, *sorted(routes, key=specificity)],
        exception_handlers={HTTPException: unrouted(spoken, front), Exception: unrouted(spoken, front)},
    )
    app.router.redirect_slashes = False
    return Discreet(app)


def find_dialects() -> list[ModuleType]:
    """Every module of `danqing.dialects`, in the order of their names."""
    names = sorted(info.name for info in pkgutil.iter_modules(dialects.__path__))
    return [importlib.import_module(f"{dialects.__name__}.{name}") for name in names]


async def healthz(request: Request) -> Response:
    """Ready: the process only listens once everything is open."""
    return PlainTextResponse("ok")


HEALTH = Route("/healthz", healthz)


def unrouted(spoken: list[ModuleType], front: Front) -> Callable[[Request, Exception], Response]:
    """The handler of unknown paths, wrong methods and defects, in the envelope of the dialect that was meant."""

    def handle(request: Request, error: Exception) -> Response:
        told = error.headers if isinstance(error, HTTPException) else None
        if isinstance(error, HTTPException):
            error = unknown(request, error)
        dialect = next((dialect for dialect in spoken if dialect.claims(request)), None)
        envelope = dialect.envelope if dialect else native.envelope
        response = front.respond(refusal(error, envelope))
        response.headers.update(told or {})  # which methods are allowed
        return response

    return handle


async def serve(config: Config, ready: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. `ready` is told the URL once the first request can be answered."""
    async with serving(config) as url:
        with told_to_stop() as stop:
            ready(url)
            await stop.wait()


async def work(config: Config, ready: Callable[[str], None], *, port: int | None = None) -> None:
    """Make films for the servers on the same database until SIGTERM or SIGINT.

    With a port, `/healthz` answers there as long as it works; `ready` is told the URL, or "".
    Raises ConfigError on SQLite and for a port in use.
    """
    if not config.shared:
        raise ConfigError(ALONE.format(what="A worker"))
    async with AsyncExitStack() as stack:
        listener = None if port is None else stack.enter_context(bound(config.host, port))
        await stack.enter_async_context(opened(config, Role.WORKER))
        if listener:
            await stack.enter_async_context(answering(Starlette(routes=[HEALTH]), listener))
        with told_to_stop() as stop:
            ready(url_of(listener) if listener else "")
            await stop.wait()


@asynccontextmanager
async def serving(config: Config) -> AsyncIterator[str]:
    """A server at work while the block runs; gives its URL. Raises AlreadyRunning, ConfigError for a port in use."""
    role = Role.SERVE if config.work else Role.GATEWAY
    if role is Role.GATEWAY and not config.shared:
        raise ConfigError(ALONE.format(what="A server that makes no films itself"))
    with owning(config) as announce, bound(config.host, config.port) as listener:
        async with opened(config, role) as front, answering(application(front), listener):
            url = url_of(listener)
            announce(url)
            try:
                yield url
            finally:
                announce("")  # from here on nobody new shall come
                front.leave()


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket at the address, before anything else is opened. It does not listen yet. Raises ConfigError."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise ConfigError(f"Nobody can listen at {host}:{port}: {error.strerror}. Choose another port.") from error
        yield listener


def url_of(listener: socket.socket) -> str:
    """The address that this machine itself reaches the socket by."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
