"""A server from Python: ask for pictures and films, follow them, fetch them, and keep the books.

`Client` for scripts and notebooks, `AsyncClient` for programs with an event loop; the command line is built on it.
What the server says under /api comes back as frozen values, and its refusals as the Problems that they were.
"""

from danqing.client.asynchronous import AsyncClient
from danqing.client.blocking import Client
from danqing.client.delivered import AsyncFile, AsyncResult
from danqing.client.jobs import AsyncJob
from danqing.client.transport import UNREACHABLE, Locate, Way

__all__ = ["UNREACHABLE", "AsyncClient", "AsyncFile", "AsyncJob", "AsyncResult", "Client", "Locate", "Way"]
