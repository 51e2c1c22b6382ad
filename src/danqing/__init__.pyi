"""The types of what `import danqing` gives; __init__.py loads none of it before it is asked for."""

from danqing.domain.errors import Kind as Kind
from danqing.domain.errors import Problem as Problem
from danqing.library import AsyncClient as AsyncClient
from danqing.library import Client as Client

__version__: str
