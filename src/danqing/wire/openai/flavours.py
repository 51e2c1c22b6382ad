"""OpenAI's media interface as it is in several servers: what each has of it, and how each is told what it has not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType

from danqing.wire.holes import Json
from danqing.wire.openai.sizes import Sizes

_SAMPLING = MappingProxyType({"seed": "seed", "negative": "negative_prompt"})
_THREE = Sizes(fixed=((1024, 1024), (1536, 1024), (1024, 1536)))  # until gpt-image-2
_BASE64 = MappingProxyType({"response_format": "b64_json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """One server's kind.

    `pictures`: "images" or "chat", `films`: "videos" (jobs that are polled) or "video" (one call that waits); "" for
    what it cannot make. `sizes_of` has patterns of models whose pictures have other sizes. `picture_fields` and
    `film_fields` are its names for parameters of a Generation that OpenAI has no word for; a parameter that is in
    neither cannot be told. `always` is sent with every call for pictures.
    """

    pictures: str = "images"
    films: str = ""
    count_max: int = 1
    sizes: Sizes = field(default_factory=Sizes)
    sizes_of: Mapping[str, Sizes] = field(default_factory=dict)
    film_sizes: Sizes = field(default_factory=Sizes)
    picture_fields: Mapping[str, str] = field(default_factory=dict)
    film_fields: Mapping[str, str] = field(default_factory=dict)
    always: Mapping[str, Json] = field(default_factory=dict)
    knobs: frozenset[str] = frozenset()
    masks: bool = False  # edits take one
    previews: bool = False  # pictures are streamed, on their way too
    auto_size: bool = False  # "auto" lets an edit keep the shape of its picture

    def picture_sizes(self, model: str) -> Sizes:
        """Those that a model makes."""
        return next((sizes for names, sizes in self.sizes_of.items() if fnmatchcase(model, names)), self.sizes)


FLAVOURS: Mapping[str, Flavour] = MappingProxyType(
    {
        "openai": Flavour(
            films="videos",
            count_max=10,
            sizes_of=MappingProxyType({"gpt-image-1*": _THREE, "chatgpt-image*": _THREE}),
            film_sizes=Sizes(fixed=((1280, 720), (720, 1280), (1792, 1024), (1024, 1792))),
            picture_fields=MappingProxyType({"mime": "output_format", "quality": "output_compression"}),
            knobs=frozenset({"background", "moderation", "input_fidelity", "quality"}),
            masks=True,
            previews=True,
            auto_size=True,
        ),
        "vllm-omni": Flavour(
            films="videos", count_max=10, picture_fields=_SAMPLING, film_fields=_SAMPLING, always=_BASE64
        ),
        "sglang": Flavour(
            films="videos",
            count_max=4,
            picture_fields=MappingProxyType({**_SAMPLING, "mime": "output_format"}),
            film_fields=_SAMPLING,
            always=_BASE64,
        ),
        "sd-server": Flavour(
            count_max=8,
            sizes=Sizes(step=64, side_max=2048, pixels_max=2048 * 2048),
            picture_fields=MappingProxyType(
                {
                    "seed": "<seed",
                    "negative": "<negative_prompt",
                    "mime": "output_format",
                    "quality": "output_compression",
                }
            ),
        ),
        "localai": Flavour(
            films="video",
            count_max=10,
            sizes=Sizes(step=64, side_max=2048, pixels_max=2048 * 2048),
            picture_fields=MappingProxyType({"seed": "seed", "negative": "|"}),
            film_fields=_SAMPLING,
            always=_BASE64,
        ),
    }
)
