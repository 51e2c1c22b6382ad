"""The story of an output: what is written into its file so that it can be understood, and made again, on its own."""

from danqing import __version__
from danqing.domain.jobs import Job
from danqing.domain.money import Units, show
from danqing.domain.ports import Story


def story_of(job: Job) -> Story:
    """Prompt, parameters, seed, model, engine, time, cost, key and job. `cost` is what this one output is charged.

    The time is the job's, so that work which is done again after a crash makes the same bytes, and not a second file.
    """
    generation = job.generation
    return {
        "danqing": __version__,
        "job": job.id,
        "key": job.key,
        "model": generation.model,
        "engine": job.makers[-1],
        "sketch": job.sketch,
        "prompt": generation.prompt,
        "rewritten_prompt": job.prompt,
        "reworded_by": job.wording.by,
        "parameters": {**generation.parameters(), **dict(generation.knobs)},
        "changed": {change.param: change.made for change in job.changes},
        "cost_usd": show(_cost_of_one(job)),
        "made": job.created.isoformat(timespec="seconds"),
    }


def _cost_of_one(job: Job) -> int:
    rates = job.price.at(job.generation.size)
    units = Units(
        images=1,
        films=1,
        film_ms=(job.generation.seconds or 0) * 1000,
        input_tokens=job.input_tokens,
        output_tokens=rates.image_tokens,
    )
    return rates.cost(units)
