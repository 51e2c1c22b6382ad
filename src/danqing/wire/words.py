"""The words of a job for whoever reads them while they come, in any dialect."""

from danqing.domain.jobs import Job


class Words:
    """Tells what is new in one snapshot of a job after the other."""

    def __init__(self) -> None:
        self._told = 0

    def tell(self, job: Job) -> str:
        """The words that were not told yet."""
        news, self._told = job.text[self._told :], len(job.text)
        return news
