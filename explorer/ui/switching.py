"""Changing the model: what of a visit the other model can go on with."""

from explorer.errors import ConversionError
from explorer.ui import blending, cache, picks, state, words
from explorer.ui.state import Pick


def use(name: str) -> None:
    """Make a checkpoint the one in use; refused before anything else is changed.

    Codes of one model mean nothing to another. Tunes with notes of their own are
    read anew by the other model, phrases of the map are looked up on its map; what
    only the model before could play is let go, and that is said.

    Raises
    ------
    CheckpointError
        If the checkpoint is damaged.
    """
    before = state.model_name()
    if name == before:
        return
    cache.model(name)
    taken = state.set_model_name(name)
    if before is None:
        return
    gone: list[str] = []
    for key, pick in taken.items():
        found = _again(before, name, pick)
        if found is None:
            gone.append(f"“{pick.title}”")
        else:
            state.put_back(key, found)
    if gone:
        titles = ", ".join(dict.fromkeys(gone))
        state.notify(
            words.plain(f"Only the model before could play {titles}. All else is kept.")
        )
    blending.set_table()
    blending.offer_front()


def _again(before: str, name: str, pick: Pick) -> Pick | None:
    """The same tune for another model; None if it has none."""
    if pick.whole is not None:
        try:
            return picks.again(name, pick)
        except ConversionError:  # no note in the part that this model reads
            return None
    if pick.row is None:
        return None
    return picks.same_dot(before, name, pick.row)
