"""Makes a CTranslate2 model that knows a few words, in the layout of a converted OPUS-MT model.

Its weights are written by hand instead of trained. Each attention looks at everything alike: the decoder sees which
words the source has and takes off what it has said already, so that it says each word once, in the order of its
vocabulary.
"""

import io
from pathlib import Path

import numpy as np
import sentencepiece
from ctranslate2.specs import common_spec, transformer_spec

SPECIAL = ["<unk>", "<s>", "</s>"]
SEEN, SAID, END = 400.0, 4000.0, 20.0


def make(folder: Path, words: dict[str, str], *, add_end: bool = False) -> Path:
    """A model that says the value for each key."""
    folder.mkdir()
    source = _pieces(folder / "source.spm", list(words))
    target = _pieces(folder / "target.spm", list(words.values()))
    size = 2 * max(len(source), len(target))
    spec = transformer_spec.TransformerSpec.from_config((1, 1), 1, pre_norm=True)
    _encoder(spec.encoder, len(source), size)
    known = {source.index(f"▁{word}"): target.index(f"▁{said}") for word, said in words.items()}
    _decoder(spec.decoder, len(target), size, known)
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    spec.config.add_source_eos = add_end
    spec.validate()
    spec.optimize()
    spec.save(str(folder))
    return folder


def _pieces(path: Path, words: list[str]) -> list[str]:
    """Trains SentencePiece on the words, and gives its vocabulary."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(words)] * 4),
        model_writer=model,
        model_type="word",
        vocab_size=len(words) + len(SPECIAL),
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())
    coder = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [coder.id_to_piece(at) for at in range(len(coder))]


def _encoder(encoder: transformer_spec.TransformerEncoderSpec, words: int, size: int) -> None:
    encoder.embeddings[0].weight = np.eye(words, size, dtype=np.float32)
    encoder.scale_embeddings = False
    encoder.position_encodings.encodings = np.zeros((1024, size), dtype=np.float32)
    _norm(encoder.layer_norm, size)
    _attention(encoder.layer[0].self_attention, size, looks_at_itself=True)
    _feed(encoder.layer[0].ffn, size)


def _decoder(decoder: transformer_spec.TransformerDecoderSpec, words: int, size: int, known: dict[int, int]) -> None:
    """The first half of a state says which word is next, the second which one it comes from."""
    decoder.embeddings.weight = np.roll(np.eye(words, size, dtype=np.float32), size // 2, axis=1)
    decoder.scale_embeddings = False
    decoder.position_encodings.encodings = np.zeros((1024, size), dtype=np.float32)
    _norm(decoder.layer_norm, size)
    said = np.zeros((size, size), dtype=np.float32)
    for at in range(words):
        said[at, size // 2 + at] = -SAID
    _attention(decoder.layer[0].self_attention, size, looks_at_itself=True, value=said)
    seen = np.zeros((size, size), dtype=np.float32)
    for source, target in known.items():
        seen[target, source] = SEEN * (1 - 0.02 * target)
    ends = np.zeros(size, dtype=np.float32)
    ends[SPECIAL.index("</s>")] = END
    _attention(decoder.layer[0].attention, size, value=seen, bias=ends)
    _feed(decoder.layer[0].ffn, size)
    decoder.projection.weight = np.eye(words, size, dtype=np.float32) * 50
    decoder.projection.bias = np.zeros(words, dtype=np.float32)


def _attention(
    attention: object,
    size: int,
    *,
    looks_at_itself: bool = False,
    value: np.ndarray | None = None,
    bias: np.ndarray | None = None,
) -> None:
    """Queries and keys are nothing, so that everything is looked at alike."""
    nothing = np.zeros((size, size), dtype=np.float32)
    none = np.zeros(size, dtype=np.float32)
    value = nothing if value is None else value
    linears = attention.linear  # type: ignore[attr-defined]
    weights = (
        [np.concatenate([nothing, nothing, value])] if looks_at_itself else [nothing, np.concatenate([nothing, value])]
    )
    for linear, weight in zip(linears, [*weights, np.eye(size, dtype=np.float32)], strict=True):
        linear.weight = weight
        linear.bias = np.zeros(weight.shape[0], dtype=np.float32)
    linears[-1].bias = none if bias is None else bias
    _norm(attention.layer_norm, size)  # type: ignore[attr-defined]


def _feed(ffn: transformer_spec.FeedForwardSpec, size: int) -> None:
    for linear in (ffn.linear_0, ffn.linear_1):
        linear.weight = np.zeros((size, size), dtype=np.float32)
        linear.bias = np.zeros(size, dtype=np.float32)
    _norm(ffn.layer_norm, size)


def _norm(norm: common_spec.LayerNormSpec, size: int) -> None:
    norm.gamma = np.ones(size, dtype=np.float32)
    norm.beta = np.zeros(size, dtype=np.float32)
