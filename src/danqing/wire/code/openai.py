"""The code that asks for it with openai; what OpenAI never had goes along as Danqing reads it."""

from collections.abc import Callable, Mapping, Sequence

from danqing.domain.generation import Task, Turn
from danqing.domain.media import Blob, Medium
from danqing.wire.code.python import Call, Source, assigned, literal
from danqing.wire.code.recipe import FAMILIES, Given, Recipe, Unsaid

_PICTURE = {"count": "n", "pixels": "size", "quality": "output_compression"}
_PICTURE |= {f"knobs.{name}": name for name in ("quality", "background", "moderation", "style")}
_BESIDE = {
    "aspect": "aspectRatio",
    "size": "resolution",
    "person": "personGeneration",
    "negative": "negative_prompt",
    "seed": "seed",
}
_TALK = {"count": "n", "seed": "seed", "knobs.temperature": "temperature", "knobs.top_p": "top_p"}
_TALK_BESIDE = {"aspect": "aspect_ratio", "size": "size"}
_CONNECTED = """\
client = OpenAI(
    api_key=os.environ["DANQING_KEY"],
    base_url={address},
)
"""
_PICTURES = """\
for number, made in enumerate(answer.data, 1):
    path = f"made-{number}.{answer.output_format}"
    with open(path, "wb") as file:
        file.write(base64.b64decode(made.b64_json))
    print(path)"""
_PARTS = """\
parts = [part for choice in answer.choices for part in choice.message.multi_mod_content]
for number, part in enumerate(parts, 1):
    if part.get("text"):
        print(part["text"])
    if part.get("inline_data"):
        path = f"made-{number}{mimetypes.guess_extension(part['inline_data']['mime_type'])}"
        with open(path, "wb") as file:
            file.write(base64.b64decode(part["inline_data"]["data"]))
        print(path)"""
_FILM = """\
if film.status != "completed":
    raise SystemExit(film.error.message)
client.videos.download_content(film.id).write_to_file("made-1.mp4")
print("made-1.mp4")"""
_ROLES = {"system": "system", "user": "user", "model": "assistant"}

Way = Callable[[Recipe, Unsaid], str]


def ways(recipe: Recipe) -> Sequence[Way]:
    """The calls that may say it, the usual one first."""
    generation = recipe.generation
    if recipe.makes_film:
        return (_film_changed if generation.film else _film_made,)
    if recipe.ordered or Medium.TEXT in generation.wants:
        return (_talked,)
    return (_edited if generation.pictures else _drawn,)


def _drawn(recipe: Recipe, unsaid: Unsaid) -> str:
    told = _pictured(recipe, unsaid)
    call = Call("client.images.generate", told | _extras(recipe, unsaid, unsaid.named(_BESIDE) | unsaid.knobs()))
    return _script(recipe, assigned("answer", call), _PICTURES)


def _edited(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take("pictures")
    images = [_sent(picture) for picture in recipe.pictures()]
    told = _pictured(recipe, unsaid) | {"image": images if len(images) > 1 else images[0]}
    if mask := recipe.given("mask"):
        unsaid.take("mask")
        told["mask"] = _sent(mask)
    call = Call("client.images.edit", told | _extras(recipe, unsaid, unsaid.named(_BESIDE) | _texts(unsaid)))
    return _script(recipe, assigned("answer", call), _PICTURES)


def _pictured(recipe: Recipe, unsaid: Unsaid) -> dict[str, object]:
    told: dict[str, object] = {"model": recipe.generation.model, "prompt": recipe.generation.prompt}
    if mime := unsaid.take("mime"):
        told["output_format"] = FAMILIES[str(mime)]
    return told | unsaid.named(_PICTURE)


def _film_made(recipe: Recipe, unsaid: Unsaid) -> str:
    told: dict[str, object] = {"model": recipe.generation.model, "prompt": recipe.generation.prompt}
    if first := recipe.given("first_frame"):
        unsaid.take("first_frame")
        told["input_reference"] = _sent(first)
    told |= _lengths(unsaid)
    call = Call("client.videos.create_and_poll", told | _extras(recipe, unsaid, _beside_film(unsaid)))
    return _script(recipe, assigned("film", call), _FILM)


def _film_changed(recipe: Recipe, unsaid: Unsaid) -> str:
    generation, film = recipe.generation, recipe.given("film")
    assert film, "this way is for those that have one"
    unsaid.take_all("film", "task")
    told: dict[str, object] = {"prompt": generation.prompt, "video": _sent(film)}
    if generation.task is Task.EXTEND:
        told["seconds"] = str(generation.seconds or recipe.model.ability.lengths(generation)[0])
        unsaid.take("seconds")
    more = {"model": generation.model, **unsaid.named({"pixels": "size"}), **_beside_film(unsaid)}
    verb = "extend" if generation.task is Task.EXTEND else "edit"
    begun = assigned("film", Call(f"client.videos.{verb}", told | _extras(recipe, unsaid, more)))
    return _script(recipe, f"{begun}\nfilm = client.videos.poll(film.id)", _FILM)


def _lengths(unsaid: Unsaid) -> dict[str, object]:
    return {name: str(value) for name, value in unsaid.named({"seconds": "seconds", "pixels": "size"}).items()}


def _beside_film(unsaid: Unsaid) -> dict[str, object]:
    one = {"n": 1} if unsaid.take_if("count", 1) else {}  # of several, only the first can be had
    sound = unsaid.named({"knobs.generateAudio": "generateAudio"})
    return {**one, **unsaid.named(_BESIDE), **sound, **_texts(unsaid)}


def _talked(recipe: Recipe, unsaid: Unsaid) -> str:
    generation = recipe.generation
    unsaid.take_all("turns", "pictures")
    files = {given.blob: given for given in recipe.pictures()}
    told: dict[str, object] = {
        "model": generation.model,
        "messages": [_message(turn, files) for turn in generation.turns],
        "modalities": sorted(generation.wants, reverse=True),
        **unsaid.named(_TALK),
    }
    more = {**unsaid.named(_TALK_BESIDE), **unsaid.knobs()}
    call = Call("client.chat.completions.create", told | _extras(recipe, unsaid, more))
    return _script(recipe, assigned("answer", call), _PARTS)


def _message(turn: Turn, files: Mapping[Blob, Given]) -> dict[str, object]:
    parts = [{"type": "text", "text": part} if isinstance(part, str) else _linked(files[part]) for part in turn.parts]
    alone = turn.parts[0] if len(turn.parts) == 1 else None
    return {"role": _ROLES[turn.role], "content": alone if isinstance(alone, str) else parts}


def _linked(given: Given) -> dict[str, object]:
    url: object = given.url or given.named
    if not (given.url or given.file):
        read = f'base64.b64encode(open({literal(given.path)}, "rb").read()).decode()'
        url = Source(f'"data:{given.blob.mime};base64," + {read}')
    return {"type": "image_url", "image_url": {"url": url}}


def _sent(given: Given) -> object:
    """The file itself: this SDK sends none by its name."""
    if given.file:
        id = literal(f"file-{given.file}")
        return (given.path, Source(f"client.files.content({id}).read()"))
    if given.url:
        return (given.path, Source(f"urllib.request.urlopen({literal(given.url)}).read()"))
    return Source(f'open({literal(given.path)}, "rb")')


def _texts(unsaid: Unsaid) -> dict[str, object]:
    """The knobs that a form can say, which knows nothing but text."""
    words = [name for name in unsaid.lacks() if name.startswith("knobs.") and unsaid.is_text(name)]
    return dict(unsaid.named({name: name.removeprefix("knobs.") for name in words}))


def _extras(recipe: Recipe, unsaid: Unsaid, body: Mapping[str, object]) -> dict[str, object]:
    headers = {**recipe.headers("openai"), **unsaid.wishes()}
    return {**({"extra_body": body} if body else {}), "extra_headers": headers}


def _script(recipe: Recipe, call: str, saving: str) -> str:
    connected = _CONNECTED.format(address=literal(f"{recipe.base}/v1"))
    body = "\n".join([connected + call, saving])
    modules = [name for name in ("base64", "mimetypes", "os", "urllib.request") if f"{name}." in body]
    imports = "".join(f"import {name}\n" for name in modules)
    return f"{imports}\nfrom openai import OpenAI\n\n{body}\n"
