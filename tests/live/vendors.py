"""The vendors that Danqing speaks to, and what it takes each of them to do."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing

from danqing.catalog import load
from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Generation
from danqing.domain.jobs import Accepted, Produced
from danqing.domain.media import Medium
from danqing.domain.money import dollars
from danqing.upstream.client import Request
from danqing.upstream.keys import bearer
from danqing.upstream.reaching import Reachable
from danqing.wire.picture_header import Header, read_header
from e2e.films import measured
from making import a_generation
from providers.making_orders import FILM, Told, an_order

from .facts import WRONG_KEY, Bench, Differs, Fact, Vendor

PROMPT = "A red paper kite above a green hill, flat shapes, no people"
PICTURES, OMNI, IMAGEN = "gemini-3.1-flash-image", "gemini-omni-1.1-flash", "imagen-4.0-generate-001"
VEO, GPT_IMAGE = "veo-3.1-fast-generate-001", "gpt-image-2"
RATIO_ERROR_MAX = 0.04  # Gemini's pictures are a few pixels off their ratio
FREE, CENTS_2, CENTS_3, CENTS_7 = 0, dollars("0.02"), dollars("0.03"), dollars("0.07")
OMNI_SECONDS, VEO_SECONDS = 3, 4
OMNI_FILM, VEO_FILM = OMNI_SECONDS * dollars("0.10"), VEO_SECONDS * dollars("0.15")

Check = Callable[[Bench], Awaitable[str]]


def wide(**fields: object) -> Generation:
    """A picture of 16:9."""
    return a_generation(PROMPT, count=1, aspect="16:9", **fields)


def film(seconds: int) -> Generation:
    """A short film of 16:9."""
    return a_generation(PROMPT, wants=FILM, count=1, aspect="16:9", size="720p", seconds=seconds)


async def listed(bench: Bench) -> str:
    """Every id that the catalog's routes name is there."""
    kind = str(bench.settings["kind"])
    wanted = {route.upstream for model in load().models for route in model.routes if route.provider == kind}
    async with bench.provider() as provider:
        assert isinstance(provider, Reachable)
        [found] = await provider.reach(sorted(wanted))
    if found.problem:
        raise found.problem
    if found.missing:
        raise Differs(f"It does not have {', '.join(sorted(found.missing))}.")
    return "; ".join(filter(None, (f"{found.models} models" if found.models else "", ", ".join(sorted(wanted)))))


async def wrong_key(bench: Bench) -> str:
    """Somebody with a wrong key is told so, in a way that is taken for a matter of the key."""
    told = await bench.made(wide(), PICTURES, key=WRONG_KEY)
    problem = told.problem
    if not (isinstance(problem, Declined) and problem.code == "upstream_credentials"):
        raise Differs(f"It was taken for {problem.code if problem else 'right'}: {problem or told.updates}")
    if WRONG_KEY in problem.message:
        raise Differs("The key is in the error.")
    return problem.message


def picture(model: str, **more: object) -> Check:
    """A wide picture is made, is as wide as was asked, and its tokens are counted."""

    async def check(bench: Bench) -> str:
        told = await bench.made(wide(), model, **more)
        header = await _picture(bench, told)
        if abs(header.width / header.height / (16 / 9) - 1) > RATIO_ERROR_MAX:
            raise Differs(f"16:9 was asked for, {header.width}×{header.height} came.")
        return f"{header.mime}, {header.width}×{header.height}"

    return check


def gone(model: str) -> Check:
    """A model is known no more."""

    async def check(bench: Bench) -> str:
        told = await bench.made(wide(), model)
        if told.problem is None or told.problem.code != "upstream_not_found":
            raise Differs(f"It answers: {told.problem or f'{len(told.outputs)} picture'}.")
        return told.problem.message

    return check


def found_again(model: str, seconds: int) -> Check:
    """A film goes on when whoever began it goes away, and is found again by its ticket."""

    async def check(bench: Bench) -> str:
        ticket = await _begun(bench, film(seconds), model)
        told = await bench.made(film(seconds), model, ticket=ticket)
        if told.problem:
            raise told.problem
        if not told.outputs:
            raise Differs(f"No film came: {told.withheld or 'and no reason'}.")
        blob = told.outputs[0].blob
        assert blob is not None, "a film has a file"
        seen = measured(b"".join([chunk async for chunk in bench.assets.open(blob)]))
        if abs(seen.seconds - seconds) > 1:
            raise Differs(f"{seconds} s were asked for, {seen.seconds:g} s came.")
        return f"{seen.seconds:g} s, {seen.width}×{seen.height}, {seen.fps:g} fps, sound: {seen.sound or 'none'}"

    return check


async def refuses_what_it_does_not_know(bench: Bench) -> str:
    """A parameter that OpenAI does not know is refused, and is not passed over."""
    body = {"model": GPT_IMAGE, "prompt": PROMPT, "quality": "low", "size": "1024x1024", "danqing": 1}
    request = Request(method="POST", path="/images/generations", body=body, paid=True)
    async with bench.upstream(str(bench.settings["base_url"]), bearer) as upstream:
        try:
            await upstream.call(request, bench.assets)
        except Problem as problem:
            if problem.kind is not Kind.INVALID:
                raise
            return problem.message
    raise Differs("It made a picture.")


async def has_no_films(bench: Bench) -> str:
    """OpenAI's calls for films are gone."""
    async with bench.upstream(str(bench.settings["base_url"]), bearer) as upstream:
        try:
            await upstream.call(Request(method="GET", path="/videos"), bench.assets)
        except Problem as problem:
            if problem.code not in ("upstream_not_found", "upstream_refused"):
                raise
            return problem.message
    raise Differs("It lists films.")


async def previews(bench: Bench) -> str:
    """A picture is shown while it is drawn."""
    told = await bench.made(a_generation(PROMPT, count=1), GPT_IMAGE, previews=1, extra={"quality": "low"})
    header = await _picture(bench, told)
    if not told.progress:
        raise Differs("The picture came without a preview.")
    return f"{len(told.progress)} preview, then {header.width}×{header.height}"


async def _picture(bench: Bench, told: Told) -> Header:
    """The picture that came."""
    if told.problem:
        raise told.problem
    blob = next((output.blob for output in told if output.medium is Medium.IMAGE), None)
    if blob is None:
        raise Differs(f"No picture came: {told.withheld or 'and no reason'}.")
    header = read_header(b"".join([chunk async for chunk in bench.assets.open(blob)]))
    if header is None:
        raise Differs(f"What came is no picture that is known here: {blob.mime}.")
    return header


async def _begun(bench: Bench, asked: Generation, model: str) -> str:
    """The ticket of a work that is left alone as soon as it has one."""
    async with bench.provider() as provider:
        updates = provider.generate(an_order(asked, model), bench.assets)
        async with aclosing(updates):
            async for update in updates:
                if isinstance(update, Accepted) and update.ticket:
                    return update.ticket
                if isinstance(update, Produced):
                    break
    raise Differs("It gave no ticket.")


def _google(key: str, env: Mapping[str, str]) -> dict[str, object]:
    return {"kind": "google", "key": key}


def _vertex(file: str, env: Mapping[str, str]) -> dict[str, object]:
    project = env.get("GOOGLE_CLOUD_PROJECT", "")
    return {"kind": "vertex", "credentials": file, **({"project": project} if project else {})}


def _openai(key: str, env: Mapping[str, str]) -> dict[str, object]:
    return {"kind": "openai", "key": key, "base_url": "https://api.openai.com/v1"}


def _aihubmix(key: str, env: Mapping[str, str]) -> dict[str, object]:
    return {"kind": "gateway", "key": key, "base_url": "https://aihubmix.com"}


CATALOG = "The catalog's routes lead to models that are there."
KEY = "A wrong key is refused as a wrong key, so that the next one or the next upstream is asked."

VENDORS: Sequence[Vendor] = (
    Vendor(
        "google",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        _google,
        (
            Fact("google-models", CATALOG, "`models.list`", FREE, listed),
            Fact("google-wrong-key", KEY, "`generateContent` with a wrong key", FREE, wrong_key),
            Fact(
                "google-imagen-is-gone",
                "Imagen is known no more, so that its route is Gemini.",
                "`:predict`, which would cost a picture",
                CENTS_7,
                gone(IMAGEN),
            ),
            Fact(
                "google-picture",
                "`generateContent` makes a picture of the ratio that was asked for.",
                "one picture of 16:9",
                CENTS_7,
                picture(PICTURES),
            ),
            Fact(
                "google-film",
                "An interaction in the background goes on alone and is found again by its id.",
                f"one film of {OMNI_SECONDS} s, left alone once it is begun",
                OMNI_FILM,
                found_again(OMNI, OMNI_SECONDS),
            ),
        ),
    ),
    Vendor(
        "vertex",
        ("GOOGLE_APPLICATION_CREDENTIALS",),
        _vertex,
        (
            Fact("vertex-models", CATALOG, "`publishers.models.get` of each", FREE, listed),
            Fact(
                "vertex-picture",
                "Gemini's pictures are made in the location global.",
                "one picture of 16:9",
                CENTS_7,
                picture(PICTURES, location="global"),
            ),
            Fact(
                "vertex-film",
                "An operation goes on alone, is fetched by its name, and has the film in its answer.",
                f"one film of {VEO_SECONDS} s, left alone once it is begun",
                VEO_FILM,
                found_again(VEO, VEO_SECONDS),
            ),
        ),
    ),
    Vendor(
        "openai",
        ("OPENAI_API_KEY",),
        _openai,
        (
            Fact("openai-models", CATALOG, "`GET /models`", FREE, listed),
            Fact("openai-wrong-key", KEY, "a picture with a wrong key", FREE, wrong_key),
            Fact("openai-films-are-gone", "There are no films any more.", "`GET /videos`", FREE, has_no_films),
            Fact(
                "openai-unknown-parameter",
                "A parameter that it does not know is refused.",
                "a picture with one, which would cost a picture",
                CENTS_2,
                refuses_what_it_does_not_know,
            ),
            Fact(
                "openai-picture",
                "A picture is made of the ratio that was asked for.",
                "one picture of 16:9 of low quality",
                CENTS_2,
                picture(GPT_IMAGE, extra={"quality": "low"}),
            ),
            Fact(
                "openai-previews", "A picture is shown while it is drawn.", "one picture, streamed", CENTS_3, previews
            ),
        ),
    ),
    Vendor(
        "aihubmix",
        ("AIHUBMIX_API_KEY",),
        _aihubmix,
        (
            Fact("aihubmix-models", "It lists its models.", "`GET /v1/models`", FREE, listed),
            Fact("aihubmix-wrong-key", KEY, "a chat with a wrong key", FREE, wrong_key),
            Fact(
                "aihubmix-picture",
                "Pictures come in a chat, in a form that is read here.",
                "one picture of 16:9",
                CENTS_7,
                picture(PICTURES),
            ),
            Fact(
                "aihubmix-imagen",
                "Imagen still answers through `:predict`.",
                "one picture of 16:9",
                CENTS_7,
                picture(IMAGEN),
            ),
        ),
    ),
)
