"""Google's `generateContent`, written: candidates with words and pictures, or why there are none (wire.md 8)."""

from collections.abc import Sequence

from danqing.domain.generation import Generation, Output
from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.domain.models import prompt_tokens
from danqing.wire.google.refusals import blames_prompt, reason_in
from danqing.wire.google.tokens import answered, asked
from danqing.wire.holes import Hole, Json, Tree

_WITHHELD = {True: "IMAGE_SAFETY", False: "SAFETY"}  # where no reason is told, with and without a picture
_CUT_SHORT = "IMAGE_OTHER"


def generated(job: Job) -> Tree:
    """The whole answer, of a job that delivered something or was refused for its content."""
    if job.filtered and blames_prompt(reason := _reasons(job)[0]):
        feedback: Tree = {"blockReason": reason_in(reason) or "OTHER", "blockReasonMessage": reason}
        return {"promptFeedback": feedback, "usageMetadata": _usage(job), **_head(job)}
    return _told(job, _candidates(job, job.outputs))


def words_chunk(job: Job, text: str) -> Tree:
    """Some more words of a stream."""
    return {"candidates": [{"content": _said([{"text": text}]), "index": 0}], **_head(job)}


def last_chunk(job: Job) -> Tree:
    """The end of a stream: its pictures, and what all of it comes to; the words were sent before.

    Without pictures it has a part with no words, as the vendor's has: clients join the text of every chunk.
    """
    if job.filtered:
        return generated(job)
    return _told(job, _candidates(job, job.media or (Output(medium=Medium.TEXT),)))


def token_count(generation: Generation) -> Tree:
    """The answer to `:countTokens`."""
    total = prompt_tokens(generation)
    return {"totalTokens": total, "promptTokensDetails": _details(asked(generation, total))}


def _told(job: Job, candidates: Sequence[Json]) -> Tree:
    return {"candidates": candidates, "usageMetadata": _usage(job), **_head(job)}


def _head(job: Job) -> Tree:
    return {"modelVersion": job.generation.model, "responseId": job.id}


def _candidates(job: Job, outputs: Sequence[Output]) -> list[Json]:
    """One for each that was asked for, ending with its picture; what is withheld ends one that has no picture."""
    groups: list[list[Output]] = [[]]
    for output in outputs:
        if job.generation.count != 1 and _pictured(groups[-1]):
            groups.append([])
        groups[-1].append(output)
    candidates = [_candidate(at, group) for at, group in enumerate(groups) if group]
    open_ended = bool(candidates) and not _pictured(groups[-1])
    for reason in _reasons(job):
        group = groups[-1] if open_ended else []
        at = len(candidates) - open_ended
        candidates[at:] = [_candidate(at, group) | _ending(job, reason)]
        open_ended = False
    return list(candidates)


def _candidate(index: int, outputs: Sequence[Output]) -> Tree:
    return {"content": _said([_part(output) for output in outputs]), "finishReason": "STOP", "index": index}


def _ending(job: Job, reason: str) -> Tree:
    usual = _WITHHELD[Medium.IMAGE in job.generation.wants] if job.filtered else _CUT_SHORT
    return {"finishReason": reason_in(reason) or usual, "finishMessage": reason}


def _reasons(job: Job) -> tuple[str, ...]:
    return job.withheld or ((job.fault.message,) if job.fault else ())


def _said(parts: Sequence[Json]) -> Tree:
    return {"parts": parts, "role": "model"}


def _part(output: Output) -> Tree:
    if output.blob:
        signed: Tree = {"thoughtSignature": output.signature} if output.signature else {}
        return {"inlineData": {"mimeType": output.blob.mime, "data": Hole(output.blob)}, **signed}
    return {"text": output.text}


def _pictured(outputs: Sequence[Output]) -> bool:
    return any(output.medium is not Medium.TEXT for output in outputs)


def _usage(job: Job) -> Tree:
    units = job.usage()
    return {
        "promptTokenCount": units.input_tokens,
        "candidatesTokenCount": units.output_tokens,
        "totalTokenCount": units.input_tokens + units.output_tokens,
        "promptTokensDetails": _details(asked(job.generation, units.input_tokens)),
        "candidatesTokensDetails": _details(answered(job)),
    }


def _details(counts: dict[Medium, int]) -> list[Json]:
    return [{"modality": medium.upper(), "tokenCount": count} for medium, count in counts.items()]
