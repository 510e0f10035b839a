"""What every page finds on the table: two tunes at least, and one in front."""

from explorer.ui import blending, picks, squaring, state
from explorer.ui.state import End, Pick


def lay() -> None:
    """Put the first pair in place, so that no page ever opens on nothing."""
    model = state.model_name()
    if model is None:
        return
    if state.end("a") is None:
        _fill_end(model, "a", state.end("b"))
    if state.end("b") is None:
        _fill_end(model, "b", state.end("a"))
    now = state.playing()
    if now is None or now.model != model:
        offer_front()


def offer_front() -> None:
    """Hand the dock what is in front, in the line or in the square."""
    if state.is_square():
        squaring.offer_front()
    else:
        blending.offer_front()


def choose(which: End, pick: Pick) -> None:
    """Put a tune at one end or corner and let the dock follow."""
    state.set_end(which, pick)
    offer_front()


def _fill_end(model: str, which: End, other: Pick | None) -> None:
    """Put a tune of the pair at an empty end, not the one at the other end."""
    first, second = picks.pair(model, state.pair_number())
    wanted, spare = (first, second) if which == "a" else (second, first)
    is_taken = other is not None and other.title == wanted.title
    state.set_end(which, spare if is_taken else wanted)
