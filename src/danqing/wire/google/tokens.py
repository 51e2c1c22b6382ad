"""What a job counts in tokens, by kind, as Google's answers break it down."""

from danqing.domain import bills
from danqing.domain.generation import Generation
from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.domain.prompts import IMAGE_TOKENS


def asked(generation: Generation, total: int) -> dict[Medium, int]:
    """Of the `total` that a conversation counts as: its words and its pictures, where there are any."""
    pictures = min(IMAGE_TOKENS * len(generation.pictures), total)
    return _counted({Medium.TEXT: total - pictures, Medium.IMAGE: pictures})


def answered(job: Job) -> dict[Medium, int]:
    """Of each kind that was delivered, where it counts any."""
    made = {medium: [output for output in job.outputs if output.medium is medium] for medium in Medium}
    size, price = job.generation.size, job.price
    return _counted({medium: bills.count(outputs, price, size, 0).output_tokens for medium, outputs in made.items()})


def _counted(counts: dict[Medium, int]) -> dict[Medium, int]:
    return {medium: count for medium, count in counts.items() if count}
