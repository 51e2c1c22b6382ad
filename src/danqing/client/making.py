"""Pictures and films: made from words, and from pictures and films that are given."""

from collections.abc import Sequence
from typing import Unpack

from danqing.client.delivered import AsyncResult
from danqing.client.jobs import AsyncJob, AsyncJobs
from danqing.client.requests import FilmWishes, Given, Wishes, asked


class AsyncImages:
    """Pictures. Every method stays until they are made, and raises Problem when they are not."""

    def __init__(self, jobs: AsyncJobs) -> None:
        self._jobs = jobs

    async def generate(self, prompt: str, *, pictures: Sequence[Given] = (), **wishes: Unpack[Wishes]) -> AsyncResult:
        """Make pictures from words, and from `pictures` to start from or to look like."""
        request = await asked(prompt, wishes, wants="image", inputs={"pictures": pictures})
        return await (await self._jobs.submit(**request)).wait()

    async def edit(
        self,
        picture: Given,
        prompt: str,
        *,
        mask: Given | None = None,
        references: Sequence[Given] = (),
        task: str | None = None,
        **wishes: Unpack[Wishes],
    ) -> AsyncResult:
        """Change a picture as the words say; only inside of `mask`, if there is one, and like the `references`.

        `task`: "edit", "insert", "remove", "outpaint" or "background", where the words alone do not say it.
        """
        inputs: dict[str, Given | Sequence[Given] | None] = {"pictures": (picture, *references), "mask": mask}
        request = await asked(prompt, wishes, wants="image", inputs=inputs, task=task)
        return await (await self._jobs.submit(**request)).wait()

    async def upscale(self, picture: Given, **wishes: Unpack[Wishes]) -> AsyncResult:
        """The same picture with more pixels."""
        request = await asked("", wishes, wants="image", inputs={"pictures": (picture,)}, task="upscale")
        return await (await self._jobs.submit(**request)).wait()


class AsyncVideos:
    """Films. Every method answers at once with the job; `wait` stays until the film is made."""

    def __init__(self, jobs: AsyncJobs) -> None:
        self._jobs = jobs

    async def generate(
        self,
        prompt: str,
        *,
        first_frame: Given | None = None,
        last_frame: Given | None = None,
        pictures: Sequence[Given] = (),
        **wishes: Unpack[FilmWishes],
    ) -> AsyncJob:
        """Have a film made from words, and from a picture that it begins or ends with."""
        inputs: dict[str, Given | Sequence[Given] | None] = {
            "first_frame": first_frame,
            "last_frame": last_frame,
            "pictures": pictures,
        }
        return await self._jobs.submit(**await asked(prompt, wishes, wants="video", inputs=inputs))

    async def extend(self, film: Given, prompt: str = "", **wishes: Unpack[FilmWishes]) -> AsyncJob:
        """Have a film go on from its last frame."""
        return await self._jobs.submit(
            **await asked(prompt, wishes, wants="video", inputs={"film": film}, task="extend")
        )

    async def edit(self, film: Given, prompt: str, **wishes: Unpack[FilmWishes]) -> AsyncJob:
        """Have a film changed as the words say."""
        return await self._jobs.submit(**await asked(prompt, wishes, wants="video", inputs={"film": film}, task="edit"))
