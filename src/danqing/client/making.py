"""Pictures and films: made from words, and from pictures and films that are given."""

from collections.abc import Sequence
from typing import Unpack

from danqing.client.delivered import AsyncResult
from danqing.client.jobs import AsyncJob, AsyncJobs
from danqing.client.requests import FilmWishes, Given, Inputs, Wishes, asked


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
        area: str | None = None,
        roles: Sequence[str] = (),
        **wishes: Unpack[Wishes],
    ) -> AsyncResult:
        """Change a picture as the words say; only inside of `mask`, if there is one, and like the `references`.

        `task`: "edit", "insert", "remove", "outpaint" or "background", where the words alone do not say it. `area`, in
        place of a mask, is what of it may change: "background", "foreground" or "semantic". `roles`: what each picture
        is given for, that which is changed first: "base", "subject", "style", "control" or "content".
        """
        inputs: Inputs = {"pictures": (picture, *references), "mask": mask}
        details = {"task": task, "area": area, "roles": [*roles]}
        request = await asked(prompt, wishes, wants="image", inputs=inputs, details=details)
        return await (await self._jobs.submit(**request)).wait()

    async def upscale(self, picture: Given, factor: int = 2, **wishes: Unpack[Wishes]) -> AsyncResult:
        """The same picture with more pixels: its sides become `factor` times as long."""
        details = {"task": "upscale", "factor": factor}
        request = await asked("", wishes, wants="image", inputs={"pictures": (picture,)}, details=details)
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
        inputs: Inputs = {
            "first_frame": first_frame,
            "last_frame": last_frame,
            "pictures": pictures,
        }
        return await self._jobs.submit(**await asked(prompt, wishes, wants="video", inputs=inputs))

    async def extend(self, film: Given, prompt: str = "", **wishes: Unpack[FilmWishes]) -> AsyncJob:
        """Have a film go on from its last frame."""
        return await self._changed(film, prompt, wishes, "extend")

    async def edit(self, film: Given, prompt: str, **wishes: Unpack[FilmWishes]) -> AsyncJob:
        """Have a film changed as the words say."""
        return await self._changed(film, prompt, wishes, "edit")

    async def _changed(self, film: Given, prompt: str, wishes: FilmWishes, task: str) -> AsyncJob:
        request = await asked(prompt, wishes, wants="video", inputs={"film": film}, details={"task": task})
        return await self._jobs.submit(**request)
