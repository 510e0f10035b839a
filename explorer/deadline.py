"""A limit on how long a piece of Python may take, for libraries that have none."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTimeError(BaseException):
    """The limit is over; no `except Exception` on the way holds it up."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Break off the block, in this thread alone, at the first call after a time.

    Calls of Python functions are watched, so the block takes about twice as long, and
    a debugger or a coverage tool sees nothing of it.

    Parameters
    ----------
    seconds
        Time on the clock, not of the processor.

    Raises
    ------
    OutOfTimeError
        In the block, when the time is over.
    """
    end = time.monotonic() + seconds

    def check(_frame: FrameType, _event: str, _argument: object) -> None:
        if time.monotonic() > end:
            raise OutOfTimeError

    before = sys.gettrace()
    sys.settrace(check)
    try:
        yield
    finally:
        sys.settrace(before)
