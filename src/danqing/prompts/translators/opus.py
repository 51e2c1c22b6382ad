"""Translation on this machine, by an OPUS-MT or another CTranslate2 model in a folder that the operator names.

The folder is what `ct2-transformers-converter` or `ct2-opus-mt-converter` makes (`model.bin`, `config.json`, the
vocabularies), with the model's SentencePiece files beside it. Needs the extra `danqing[translate]`.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import ctranslate2
import sentencepiece

from danqing.domain.errors import Kind, Problem
from danqing.domain.ports import Breakers, Provider, Translator
from danqing.domain.prompts.languages import Languages
from danqing.domain.wording import Rewording
from danqing.prompts.fence import garbled
from danqing.prompts.settings import misset, read

BEAM = 4
BATCH = 32  # sentences at once
PIECES_MAX = 400  # of a sentence; the models were trained on shorter ones
THREADS = 2
END = "</s>"
UNKNOWN = "<unk>"
_SPM = (("source.spm", "target.spm"), ("sentencepiece.model", "sentencepiece.model"))
_KEPT = re.compile(r"(\s*XQ+\d{1,6}X\s*)")  # what stands for something that must not change
_SENTENCE = re.compile(r"[^。！？!?.\n]*(?:[。！？\n]+|[.!?]+(?=\s|$)|.|$)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpusSettings:
    """[prompts.translators.NAME] with `kind = "opus"`.

    `source` and `target` are the languages that the model was trained on, such as ["zh"], for both scripts, and "en".
    `prefix` is the word that a model of several languages is told its target by, such as ">>fra<<".
    """

    name: str
    folder: str
    source: tuple[str, ...]
    target: str = "en"
    prefix: str = ""
    kind: str = "opus"


class Opus:
    """See `domain.ports.Translator`. It costs nothing. What must not change is never shown to the model."""

    def __init__(self, settings: OpusSettings, folder: Path, pieces: tuple[str, str]) -> None:
        self.name = settings.name
        self._settings = settings
        self._folder = folder
        self._pieces = pieces
        self._alone = asyncio.Lock()  # one at a time: a model uses THREADS of its own

    def knows(self, source: str, target: str) -> bool:
        return target == self._settings.target and not Languages(source).beyond(self._settings.source)

    def most(self, texts: Sequence[str]) -> int:
        return 0

    async def translate(self, texts: Sequence[str], source: str, target: str) -> Rewording:
        async with self._alone:
            return await asyncio.to_thread(self._translated, texts)

    def _translated(self, texts: Sequence[str]) -> Rewording:
        try:
            return Rewording(tuple(self._text(text) for text in texts))
        except (RuntimeError, ValueError, OSError) as error:  # what CTranslate2 and SentencePiece raise
            message = f"The translator {self.name!r} failed: {error}"
            raise Problem(Kind.UPSTREAM, message, code="translator_failed") from error

    def _text(self, text: str) -> str:
        """Sentence by sentence, and around whatever must not change."""
        stretches = [part if _KEPT.fullmatch(part) else list(_sentences(part)) for part in _KEPT.split(text)]
        sentences = [sentence for part in stretches if isinstance(part, list) for sentence in part]
        said = iter(self._say(sentences))
        return "".join(
            part if isinstance(part, str) else " ".join(next(said) for _ in part) for part in stretches
        ).strip()

    def _say(self, sentences: Sequence[str]) -> list[str]:
        source, target = self._coders
        marked = [self._settings.prefix] if self._settings.prefix else []
        pieces = [source.encode(sentence, out_type=str) for sentence in sentences]
        if any(source.unk_id() in source.piece_to_id(sentence) for sentence in pieces):
            raise garbled(f"{self.name!r} does not know all of its words")
        if any(len(sentence) > PIECES_MAX for sentence in pieces):
            message = f"A sentence is too long for the translator {self.name!r}; break it up."
            raise Problem(Kind.INVALID, message, param="prompt", code="sentence_too_long")
        if not pieces:
            return []
        longest = 3 * max(len(sentence) for sentence in pieces) + 16
        batch = [[*marked, *sentence, *self._end] for sentence in pieces]
        results = self._model.translate_batch(
            batch, beam_size=BEAM, max_batch_size=BATCH, max_input_length=0, max_decoding_length=longest
        )
        said = [result.hypotheses[0] for result in results]
        if any(not sentence or UNKNOWN in sentence or len(sentence) >= longest for sentence in said):
            raise garbled(f"{self.name!r} has no words for it, or found no end")
        return [str(target.decode(sentence)).strip() for sentence in said]

    @cached_property
    def _model(self) -> ctranslate2.Translator:
        return ctranslate2.Translator(str(self._folder), device="auto", inter_threads=1, intra_threads=THREADS)

    @cached_property
    def _coders(self) -> tuple[sentencepiece.SentencePieceProcessor, sentencepiece.SentencePieceProcessor]:
        source, target = (
            sentencepiece.SentencePieceProcessor(model_file=str(self._folder / it)) for it in self._pieces
        )
        return source, target

    @cached_property
    def _end(self) -> list[str]:
        """Marian's models were trained with an end to every sentence; some conversions have CTranslate2 add it."""
        config = json.loads((self._folder / "config.json").read_text())
        return [] if config.get("add_source_eos") or self._pieces[0] != _SPM[0][0] else [END]


def connect(settings: Mapping[str, object], upstreams: Mapping[str, Provider], breakers: Breakers) -> Translator:
    """See `OpusSettings`; the model is loaded when it is first needed. Raises Problem(INVALID) naming the setting."""
    table = f"prompts.translators.{settings.get('name', '')}"
    given = read(settings, OpusSettings, table)
    folder = Path(given.folder).expanduser()
    if not folder.is_absolute():
        raise misset(table, "folder", "must be a whole path, from / on")
    if not ctranslate2.contains_model(str(folder)):
        raise misset(table, "folder", f"must be a folder with a CTranslate2 model; {folder} has none")
    pieces = next((names for names in _SPM if all((folder / name).is_file() for name in names)), None)
    if pieces is None:
        raise misset(table, "folder", "must have the model's SentencePiece files beside it: source.spm and target.spm")
    return cast(Translator, Opus(given, folder, pieces))


def _sentences(text: str) -> Iterator[str]:
    return (sentence for found in _SENTENCE.finditer(text) if (sentence := found[0].strip()))
