"""`make types`: what the compiler has to say about the studio."""

import sys

from .checking import complaints, missing

sys.exit(missing() or "\n".join(complaints()) or 0)
