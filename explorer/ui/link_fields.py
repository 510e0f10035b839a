"""Single fields of a share link, and those of them that the dock sets.

A field is named in a sentence if it is not among what is known here.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from explorer import examples
from explorer.after_effects import KEYS, MOST_OCTAVES
from explorer.errors import SharedLinkError
from explorer.ui import bank

TEMPO: Final = (40, 220)  # as in the dock
AGAIN: Final = "Copy the whole link again, or ask for a new one."


@dataclass(frozen=True, kw_only=True)
class LinkSettings:
    """What the listener set in the dock; None where the loop's own value holds."""

    qpm: float | None = None
    instrument: str | None = None  # name in the sound bank
    key: str | None = None  # that all notes stay in
    octave: int = 0
    beat: str | None = None  # title
    drone: bool = False


def settings_of(reported: Mapping[str, Any] | None) -> LinkSettings:
    """What the dock reports, less what a link cannot hold."""
    said = reported or {}
    qpm, octave = said.get("qpm"), said.get("octave") or 0
    instrument, key, beat = said.get("instrument"), said.get("key"), said.get("beat")
    is_slow_or_fast = qpm is not None and not TEMPO[0] <= qpm <= TEMPO[1]
    return LinkSettings(
        qpm=None if is_slow_or_fast else qpm,
        instrument=instrument if instrument in _instruments() else None,
        key=key if key in KEYS else None,
        octave=min(max(int(octave), -MOST_OCTAVES), MOST_OCTAVES),
        beat=beat if beat in _beats() else None,
        drone=bool(said.get("drone")),
    )


def integer(query: Mapping[str, str], key: str, allowed: Sequence[int]) -> int:
    """A whole number that is allowed."""
    text = query[key]
    if re.fullmatch("-?[0-9]{1,6}", text) and int(text) in allowed:
        return int(text)
    is_range = isinstance(allowed, range)
    listed = f"from {allowed[0]} to {allowed[-1]}" if is_range else _listed(allowed)
    raise SharedLinkError(
        f"The link has {key} = {text[:20]!r}; it should be a whole number {listed}. "
        f"{AGAIN}"
    )


def _listed(numbers: Sequence[int]) -> str:
    return f"out of {', '.join(map(str, numbers))}"


def one_of(query: Mapping[str, str], key: str, known: Collection[str]) -> str:
    """A word that is known."""
    if query[key] not in known:
        raise SharedLinkError(
            f"The link has {key} = {query[key][:40]!r}, which is not known here. "
            f"Known: {', '.join(known) or 'nothing'}. {AGAIN}"
        )
    return query[key]


def _instruments() -> list[str]:
    return list(bank.index()["instruments"])


def _beats() -> list[str]:
    return [beat.title for beat in examples.beat_loops()]


def spelled_settings(sound: LinkSettings) -> dict[str, str]:
    """What is set, by the keys of a query."""
    spelled = {
        "t": "" if sound.qpm is None else f"{sound.qpm:g}",
        "g": sound.instrument or "",
        "k": sound.key or "",
        "q": str(sound.octave) if sound.octave else "",
        "r": sound.beat or "",
        "dr": "1" if sound.drone else "",
    }
    return {key: text for key, text in spelled.items() if text}


def settings_in(query: Mapping[str, str]) -> LinkSettings:
    """The settings that a query holds."""
    octaves = range(-MOST_OCTAVES, MOST_OCTAVES + 1)
    return LinkSettings(
        qpm=_tempo(query["t"]) if "t" in query else None,
        instrument=one_of(query, "g", _instruments()) if "g" in query else None,
        key=one_of(query, "k", KEYS) if "k" in query else None,
        octave=integer(query, "q", octaves) if "q" in query else 0,
        beat=one_of(query, "r", _beats()) if "r" in query else None,
        drone="dr" in query and one_of(query, "dr", ("0", "1")) == "1",
    )


def _tempo(text: str) -> float:
    qpm = float(text) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", text) else 0.0
    if not TEMPO[0] <= qpm <= TEMPO[1]:
        raise SharedLinkError(
            f"The link has the tempo {text[:20]!r}; it should be from {TEMPO[0]} to "
            f"{TEMPO[1]} beats a minute. {AGAIN}"
        )
    return qpm
