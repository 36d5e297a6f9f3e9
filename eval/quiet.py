"""A program of the eval under the environment that the command line sets: libraries read it when they are imported, so it starts anew."""

from __future__ import annotations

import os
import sys

from coach.settings import NO_TRACING, QUIET_ENVIRONMENT


def start_quietly(module: str) -> None:
    """Start `python -m MODULE` with the same arguments in the place of this process, unless its environment is quiet already."""
    if QUIET_ENVIRONMENT.keys() - os.environ.keys():
        os.execve(
            sys.executable, [sys.executable, "-m", module, *sys.argv[1:]], {**QUIET_ENVIRONMENT, **os.environ, **NO_TRACING}
        )
