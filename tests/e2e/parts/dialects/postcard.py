"""A dialect in one file: POST the words of a postcard as plain text, get its picture as a file."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing.domain.errors import Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Medium
from danqing.front import Front
from danqing.wire.holes import Tree


def envelope(problem: Problem) -> Tree:
    """A refusal as the post office words it."""
    return {"return_to_sender": problem.message}


def claims(request: Request) -> bool:
    """Everything below `/postcard`."""
    return request.url.path.startswith("/postcard")


def routes(front: Front) -> list[BaseRoute]:
    """POST /postcard/{model}."""

    async def send(request: Request) -> Response:
        key = await front.key(request)
        words = (await front.body(request)).decode()
        asked = Generation(
            model=request.path_params["model"],
            turns=(Turn("user", (words,)),),
            wants=frozenset({Medium.IMAGE}),
            count=1,
        )
        job = (await front.gateway.wait(await front.gateway.submit(key, asked))).succeeded()
        return await front.download(request, job.media[0], job)

    return [Route("/postcard/{model}", front.endpoint(send, envelope), methods=["POST"])]
