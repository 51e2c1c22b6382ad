"""The client for scripts and notebooks: what AsyncClient does, one call after the other, without an event loop to run.

The loop runs in a thread of its own, so that it works in a notebook too. Each method is that of the asynchronous class,
named once here: its arguments, its types and its words are the same.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from danqing.client.assets import AsyncAssets
from danqing.client.asynchronous import AsyncClient
from danqing.client.delivered import AsyncFile, AsyncResult
from danqing.client.jobs import AsyncJob, AsyncJobs
from danqing.client.making import AsyncImages, AsyncVideos
from danqing.client.office import AsyncOffice
from danqing.client.told import Job as Told
from danqing.client.told import Output
from danqing.client.transport import Way
from danqing.client.webhooks import AsyncWebhooks
from danqing.domain.jobs import State

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


class Loop:
    """An event loop in a thread of its own, for calls that stay until they are answered."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="danqing", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it and stay until it is done; Ctrl-C ends it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def each(self, values: AsyncGenerator[T]) -> Iterator[T]:
        """The values as they come."""
        try:
            while True:
                try:
                    yield self.run(_next(values))
                except StopAsyncIteration:
                    return
        finally:
            self.run(_closed(values))

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _next(values: AsyncGenerator[T]) -> T:
    return await anext(values)


async def _closed(values: AsyncGenerator[T]) -> None:
    await values.aclose()


class Blocking(Generic[S]):
    """What stands for an asynchronous object, whose calls run in the loop."""

    def __init__(self, loop: Loop, there: S) -> None:
        self._loop = loop
        self._there = there


class _Method(Generic[P, T]):
    """A method that waits for the asynchronous one."""

    def __init__(self, original: Callable[..., object], call: Callable[Concatenate[Any, P], T]) -> None:
        self._call = call
        self.__doc__ = original.__doc__
        self.__wrapped__ = original  # whose signature is shown

    def __get__(self, here: Blocking[Any], owner: type) -> Callable[P, T]:
        call = self._call

        @wraps(self.__wrapped__)
        def method(*args: P.args, **kwargs: P.kwargs) -> T:
            return call(here, *args, **kwargs)

        return method


def value(method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]]) -> _Method[P, T]:
    """Waits for an answer that is the same in both worlds."""

    def call(here: Blocking[S], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return here._loop.run(method(here._there, *args, **kwargs))

    return _Method(method, call)


def handle(method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]], kind: Callable[[Loop, T], R]) -> _Method[P, R]:
    """Waits for an answer that can itself be asked, and is given its blocking counterpart."""

    def call(here: Blocking[S], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return kind(here._loop, here._loop.run(method(here._there, *args, **kwargs)))

    return _Method(method, call)


def stream(method: Callable[Concatenate[S, P], AsyncGenerator[T]]) -> _Method[P, Iterator[T]]:
    """Waits for one value after the other."""

    def call(here: Blocking[S], /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return here._loop.each(method(here._there, *args, **kwargs))

    return _Method(method, call)


class File(Blocking[AsyncFile]):
    """One picture, film or text that was delivered."""

    save = value(AsyncFile.save)
    bytes = value(AsyncFile.bytes)

    @property
    def told(self) -> Output:
        """What the server says of it."""
        return self._there.told

    @property
    def name(self) -> str:
        """What the server calls the file."""
        return self._there.name

    @property
    def text(self) -> str:
        """The words, where it is words."""
        return self._there.text


class Result(Blocking[AsyncResult], Sequence[File]):
    """All that a job has delivered, in its order."""

    save = value(AsyncResult.save)
    bytes = value(AsyncResult.bytes)

    @overload
    def __getitem__(self, index: int) -> File: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[File, ...]: ...
    def __getitem__(self, index: int | slice) -> File | tuple[File, ...]:
        if isinstance(index, slice):
            return tuple(File(self._loop, each) for each in self._there[index])
        return File(self._loop, self._there[index])

    def __len__(self) -> int:
        return len(self._there)

    @property
    def job(self) -> Told:
        """What it cost, and more."""
        return self._there.job

    @property
    def text(self) -> str:
        """All words, as they came."""
        return self._there.text


class Job(Blocking[AsyncJob]):
    """A job that was asked for; iterate over it to see how far it is."""

    wait = handle(AsyncJob.wait, Result)

    def __repr__(self) -> str:
        return repr(self._there)

    def __iter__(self) -> Iterator[Told]:
        """The job now, then after every change, until it has ended."""
        return self._loop.each(aiter(self._there))

    def refresh(self) -> Self:
        """Learn where it stands now."""
        self._loop.run(self._there.refresh())
        return self

    def cancel(self) -> Self:
        """End it and have its money back; an ended job stays as it is."""
        self._loop.run(self._there.cancel())
        return self

    def delete(self) -> Self:
        """Take the files of an ended job away; the job itself and its bill stay."""
        self._loop.run(self._there.delete())
        return self

    @property
    def told(self) -> Told:
        """The newest that is known of it."""
        return self._there.told

    @property
    def id(self) -> str:
        """What `client.jobs.get` finds it by, today and later."""
        return self._there.id

    @property
    def state(self) -> State:
        """Where it stands, as far as is known here."""
        return self._there.state

    @property
    def progress(self) -> float:
        """How far it is, from 0 to 1, as far as is known here."""
        return self._there.progress


def _jobs(loop: Loop, there: Sequence[AsyncJob]) -> tuple[Job, ...]:
    return tuple(Job(loop, each) for each in there)


class Jobs(Blocking[AsyncJobs]):
    """All jobs of the key."""

    submit = handle(AsyncJobs.submit, Job)
    again = handle(AsyncJobs.again, Job)
    retry = handle(AsyncJobs.retry, Job)
    timeline = value(AsyncJobs.timeline)
    code = value(AsyncJobs.code)
    get = handle(AsyncJobs.get, Job)
    list = handle(AsyncJobs.list, _jobs)
    cancel = handle(AsyncJobs.cancel, Job)
    delete = handle(AsyncJobs.delete, Job)


class Images(Blocking[AsyncImages]):
    """Pictures. Every method stays until they are made, and raises Problem when they are not."""

    generate = handle(AsyncImages.generate, Result)
    edit = handle(AsyncImages.edit, Result)
    upscale = handle(AsyncImages.upscale, Result)


class Videos(Blocking[AsyncVideos]):
    """Films. Every method answers at once with the job; `wait` stays until the film is made."""

    generate = handle(AsyncVideos.generate, Job)
    extend = handle(AsyncVideos.extend, Job)
    edit = handle(AsyncVideos.edit, Job)


class Assets(Blocking[AsyncAssets]):
    """The gallery of the key."""

    search = stream(AsyncAssets.search)
    get = value(AsyncAssets.get)
    download = value(AsyncAssets.download)
    thumbnail = value(AsyncAssets.thumbnail)
    star = value(AsyncAssets.star)
    share = value(AsyncAssets.share)
    shares = value(AsyncAssets.shares)
    unshare = value(AsyncAssets.unshare)
    delete = value(AsyncAssets.delete)

    def file(self, told: Output, prompt: str = "") -> File:
        """A file that the server told of, to be saved or held; in a folder it is named after the prompt."""
        return File(self._loop, self._there.file(told, prompt))


class Webhooks(Blocking[AsyncWebhooks]):
    """The webhooks of the key."""

    create = value(AsyncWebhooks.create)
    delete = value(AsyncWebhooks.delete)
    rotate = value(AsyncWebhooks.rotate)
    secret = value(AsyncWebhooks.secret)
    deliveries = value(AsyncWebhooks.deliveries)
    replay = value(AsyncWebhooks.replay)
    list = value(AsyncWebhooks.list)


class Office(Blocking[AsyncOffice]):
    """For whoever asks with the owner's key."""

    retiring = value(AsyncOffice.retiring)
    upstreams = value(AsyncOffice.upstreams)
    keys = value(AsyncOffice.keys)
    create_key = value(AsyncOffice.create_key)
    limit_key = value(AsyncOffice.limit_key)
    revoke = value(AsyncOffice.revoke)
    projects = value(AsyncOffice.projects)
    create_project = value(AsyncOffice.create_project)
    limit_project = value(AsyncOffice.limit_project)
    fund = value(AsyncOffice.fund)
    sweep = value(AsyncOffice.sweep)


class Client(Blocking[AsyncClient]):
    """One server, asked as the holder of one key: by default the one that DANQING_URL and DANQING_KEY name.

    Every method raises Problem. Use it in `with`, or `close` it.
    """

    quote = value(AsyncClient.quote)
    quoted = value(AsyncClient.quoted)
    advise = value(AsyncClient.advise)
    models = value(AsyncClient.models)
    usage = value(AsyncClient.usage)

    def __init__(self, url: str = "", key: str = "", *, way: Way | None = None) -> None:
        super().__init__(Loop(), AsyncClient(url, key, way=way))
        self.jobs = Jobs(self._loop, self._there.jobs)
        self.images = Images(self._loop, self._there.images)
        self.videos = Videos(self._loop, self._there.videos)
        self.assets = Assets(self._loop, self._there.assets)
        self.webhooks = Webhooks(self._loop, self._there.webhooks)
        self.office = Office(self._loop, self._there.office)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections, and end its thread. Jobs go on."""
        self._loop.run(self._there.close())
        self._loop.close()
