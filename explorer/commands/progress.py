"""How far a command is: a bar on stderr where that is a terminal, nothing elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tqdm import tqdm


@contextlib.contextmanager
def progress_bar(unit: str, total: int | None = None) -> "Iterator[tqdm[Any]]":
    """A progress bar on a terminal, nothing elsewhere."""
    with tqdm(total=total, unit=unit, file=sys.stderr, disable=None) as bar:
        yield bar


def files_done(bar: "tqdm[Any]") -> Callable[[int, int], None]:
    """Shows (files done, files in all)."""

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show


def stages(bar: "tqdm[Any]") -> Callable[[str], None]:
    """Shows what is being done."""

    def show(stage: str) -> None:
        bar.update()
        bar.set_postfix_str(stage)

    return show
