"""Failures as sentences: what went wrong, what still works, what to do."""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui import words

logger = logging.getLogger("explorer")


@contextmanager
def said() -> Iterator[None]:
    """Show a failure of the block where it stands; never a traceback."""
    try:
        yield
    except ExplorerError as error:
        st.error(words.plain(str(error)), title="That did not work")
    except Exception:
        st.error(_unexpected())


def guarded(change: Callable[..., None]) -> Callable[..., None]:
    """A callback whose failure is said beside the page, until it is put away.

    A callback may be a fragment's, after which the top of the page does not run.
    """

    def run(*args: Any) -> None:  # noqa: ANN401 (whatever the callback takes)
        try:
            change(*args)
        except ExplorerError as error:
            _say_beside(words.plain(str(error)))
        except Exception:
            _say_beside(_unexpected())

    return run


def _say_beside(sentence: str) -> None:
    st.toast(sentence, icon=":material/error:", duration="infinite")


def _unexpected() -> str:
    """Log the failure being handled; a sentence with the log's reference."""
    reference = secrets.token_hex(2).upper()
    logger.exception("unexpected failure, ref %s", reference)
    return (
        "Something went wrong on our side. Your tunes are safe. Try again, or go to "
        f"another page. (Ref {reference})"
    )
