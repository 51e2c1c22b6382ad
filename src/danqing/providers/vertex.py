"""Google's Vertex, by a service account, the machine's own credentials or a key: films of Veo and pictures.

A ticket (`upstream.ticket`) names the operation. Tokens are fetched in a thread and kept until they are about to end.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import google.auth
from google.auth.credentials import TokenState
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.auth.transport.requests import Request as Transport
from google.oauth2.credentials import Credentials as UserCredentials
from google.oauth2.service_account import Credentials as ServiceAccount

from danqing.domain.errors import Declined, Kind
from danqing.domain.media import Blob
from danqing.domain.ports import Assets, Order, Provider, Update
from danqing.sketch.masks import Masks
from danqing.upstream.client import Authorize, Request, Upstream
from danqing.upstream.google import HONOURS, Surface, by_method
from danqing.upstream.keys import Keys
from danqing.upstream.reaching import SILENCE_S, Reached, reach_by_model
from danqing.upstream.settings import Settings, misset, read_settings
from danqing.wire.google.errors import judge
from danqing.wire.holes import Tree

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
ANY = "gemini-3.1-flash-image"  # what is asked about where nothing is to be asked for in earnest
LOCATION = "us-central1"
Method = Literal["generateContent", "predict", "predictLongRunning"]
_NAME = re.compile(r"[a-z0-9][a-z0-9.:-]*")
_VERSION = re.compile(r"v[a-z0-9]+")
_BUCKET = re.compile(r"gs://([^/]+)/(.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class VertexSettings(Settings):
    """[upstreams.NAME] with `kind = "vertex"`.

    `credentials`: the JSON file of a service account or a user; without it and without a key the machine's own are
    used (ADC). `project`: that of the credentials when it is not named. `location`: "us-central1", or "global" as the
    Gemini models want it. `storage`: a gs:// folder that films are to be put in, else they come in the answer.
    """

    credentials: str = ""
    project: str = ""
    location: str = LOCATION
    version: str = "v1"
    storage: str = ""
    storage_url: str = "https://storage.googleapis.com"
    methods: dict[str, Method] = field(default_factory=dict)


class Vertex:
    """See `domain.ports.Provider`. It takes no request ids, so that what was sent and lost stays unknown."""

    repeatable = False
    honours = HONOURS

    def __init__(
        self,
        surface: Surface,
        storage: Upstream,
        masks: Masks,
        methods: Mapping[str, str],
        free: Callable[[Collection[str]], Mapping[str, Request]],
    ) -> None:
        self.load = surface.keys.load
        self.slots = surface.keys.slots
        self._surface = surface
        self._storage = storage
        self._masks = masks
        self._methods = methods
        self._free = free

    async def close(self) -> None:
        """Let go of every connection."""
        await self._surface.keys.close()
        await self._storage.close()
        await self._masks.close()

    async def reach(self, models: Collection[str]) -> Sequence[Reached]:
        """See `upstream.reaching.Reachable`."""
        return await reach_by_model(self._surface.keys, self._free(models))

    def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """By the call that the model is known or configured to be asked by."""
        return by_method(self._surface, order, assets, self._methods, {})


class _Tokens:
    """The headers of credentials whose token ends every hour. Refreshing blocks, so that a thread does it."""

    def __init__(self, name: str, credentials: Any) -> None:
        self._name = name
        self._credentials = credentials
        self._turn = asyncio.Lock()

    async def __call__(self) -> Mapping[str, str]:
        """Raises Declined when no token is given out; one that still holds is used on."""
        async with self._turn:
            if self._credentials.token_state is not TokenState.FRESH:
                await self._refresh()
        headers: dict[str, str] = {}
        self._credentials.apply(headers)
        return headers

    async def _refresh(self) -> None:
        try:
            await asyncio.to_thread(self._credentials.refresh, Transport())
        except GoogleAuthError as error:
            if self._credentials.token_state is TokenState.STALE:
                return
            message = f"Google gives no token to the upstream {self._name!r}. Check its credentials and the network."
            raise Declined(Kind.UPSTREAM, message, code="upstream_credentials") from error


def connect(settings: Mapping[str, object]) -> Provider:
    """See `VertexSettings`. Raises Problem(INVALID) naming the setting."""
    location = settings.get("location", LOCATION)
    region = "" if "key" in settings or "keys" in settings or location == "global" else f"{location}-"
    read = read_settings({"base_url": f"https://{region}aiplatform.googleapis.com", **settings}, VertexSettings)
    _check(read)
    if read.all_keys:
        authorize, scope = None, f"projects/{read.project}/locations/{read.location}/" if read.project else ""
    else:
        authorize, project = _credentials(read)
        scope = f"projects/{project}/locations/{read.location}/"
    keys = Keys(
        read.name,
        read.base_url,
        read.all_keys,
        scheme=lambda key: {"x-goog-api-key": key},
        judge=judge,
        authorize=authorize,
        pace=read.pace,
    )
    storage = Upstream(read.name, read.storage_url, authorize or _nothing)
    surface = Surface(
        name=read.name,
        keys=keys,
        path=lambda model, method: f"/{read.version}/{scope}publishers/google/models/{model}:{method}",
        look=partial(_look, read.version),
        fetch=partial(_fetch, storage),
        vertex=True,
        poll_s=read.poll_s,
        films=_always(read),
        mask=(masks := Masks("white")),
    )
    return Vertex(surface, storage, masks, read.methods, partial(_counting if read.all_keys else _about, read.version))


def _check(read: VertexSettings) -> None:
    for name in ("project", "location"):
        value = getattr(read, name)
        if value and not _NAME.fullmatch(value):
            raise misset(read.name, name, f"cannot be {value[:60]!r}")
    if not read.location:
        raise misset(read.name, "location", 'must be a region such as us-central1, or "global"')
    if not _VERSION.fullmatch(read.version):
        raise misset(read.name, "version", "must be a version such as v1")
    if read.storage and not read.storage.startswith("gs://"):
        raise misset(read.name, "storage", "must be a folder such as gs://bucket/films")
    if read.all_keys and read.credentials:
        raise misset(read.name, "credentials", "and a key cannot both be set")


def _credentials(read: VertexSettings) -> tuple[Authorize, str]:
    """What opens the engine, and the project that it is asked in."""
    try:
        found, project = _loaded(read) if read.credentials else google.auth.default(scopes=SCOPES)
    except DefaultCredentialsError as error:
        message = "is missing, and this machine has no credentials of its own; name the JSON file of a service account"
        raise misset(read.name, "credentials", message) from error
    except (OSError, ValueError, KeyError, GoogleAuthError) as error:
        message = "must be the JSON file of a service account or a user; this one cannot be used"
        raise misset(read.name, "credentials", message) from error
    asked_in = read.project or project
    if not asked_in:
        raise misset(read.name, "project", "is missing, and the credentials name none")
    return _Tokens(read.name, found), asked_in


def _loaded(read: VertexSettings) -> tuple[Any, str]:
    info = json.loads(Path(read.credentials).expanduser().read_text())
    match info.get("type"):
        case "service_account":
            return ServiceAccount.from_service_account_info(info, scopes=SCOPES), info.get("project_id", "")
        case "authorized_user":
            return UserCredentials.from_authorized_user_info(info, SCOPES), info.get("quota_project_id", "")
        case _:
            raise ValueError("neither a service account nor a user")


async def _nothing() -> Mapping[str, str]:
    return {}


def _look(version: str, name: str) -> Request:
    """An operation is asked for at the model that it belongs to."""
    model = name.partition("/operations/")[0]
    body: Tree = {"operationName": name}
    return Request(method="POST", path=f"/{version}/{model}:fetchPredictOperation", body=body)


def _about(version: str, models: Collection[str]) -> Mapping[str, Request]:
    """What Vertex has to say of each model; it is the same in all projects."""
    path = f"/{version}/publishers/google/models"
    return {model: Request(method="GET", path=f"{path}/{model}", silence_s=SILENCE_S) for model in models or [ANY]}


def _counting(version: str, models: Collection[str]) -> Mapping[str, Request]:
    """Keys of the express mode open nothing else that is free: Gemini counts the words of a prompt."""
    body: Tree = {"contents": [{"role": "user", "parts": [{"text": "a cat"}]}]}
    path = f"/{version}/publishers/google/models/{{}}:countTokens"
    counting = [model for model in models if model.startswith("gemini")] or [ANY]
    return {
        model: Request(method="POST", path=path.format(model), body=body, silence_s=SILENCE_S) for model in counting
    }


async def _fetch(storage: Upstream, upstream: Upstream, uri: str, assets: Assets) -> Blob:
    """An object in Cloud Storage is read with the same token as the engine."""
    if found := _BUCKET.fullmatch(uri):
        bucket, name = (quote(part, safe="") for part in found.groups())
        return await storage.download(storage.address(f"/storage/v1/b/{bucket}/o/{name}?alt=media"), assets)
    return await upstream.download(uri, assets)


def _always(read: VertexSettings) -> Tree:
    """Veo 3 wants to be told about sound; whoever wants none says so."""
    films: Tree = {"generateAudio": True}
    return films | ({"storageUri": read.storage} if read.storage else {})
