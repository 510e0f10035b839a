"""Numbers on the command line: read, or refused with a sentence by argparse."""

import argparse
import math
from collections.abc import Callable


def track_numbers(text: str) -> tuple[int, ...]:
    """Track numbers with commas between them."""
    return tuple(map(at_least(0), text.split(",")))


def at_least(least: int) -> Callable[[str], int]:
    """A reader of whole numbers, `least` or more."""
    return between(least, 2**31 - 1)


def between(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def whole_number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            limits = f"{least} or more" if most > 2**30 else f"{least} to {most}"
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number, {limits}"
            )
        return value

    return whole_number


def finite(text: str) -> float:
    """A number that is one."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def not_negative(text: str) -> float:
    """A number, 0 or more."""
    value = finite(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is below 0")
    return value


def positive(text: str) -> float:
    """A number above 0."""
    value = finite(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return value
