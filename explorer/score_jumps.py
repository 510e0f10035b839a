"""D.C., D.S., Fine and Coda in a score: which bars sound after which.

music21 says what a mark means, from its sign or from its words. The order is made here:
its own expander plays first endings after a jump, where players take the last ones.

**Conventions.** A mark belongs to the whole bar it stands in: Fine and "To Coda" are
reached at the end of theirs. After a jump nothing is repeated. Of two signs of a coda
the first is where the jump leaves. A D.C. or D.S. that says no more ends at the Fine,
if there is one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.corpus_bars import Bar, play_order
from explorer.corpus_scores import Music21

NOT_FOLLOWED: Final = (
    "Its D.C. or D.S. could not be followed, because marks for it are missing or there "
    "are several. Repeats are played."
)
KINDS: Final = (  # what music21 calls them
    "Segno",
    "Coda",
    "Fine",
    "DaCapo",
    "DaCapoAlFine",
    "DaCapoAlCoda",
    "DalSegno",
    "DalSegnoAlFine",
    "DalSegnoAlCoda",
)
_SPELLED: Final = {  # ABC's names that are not the words themselves
    "dacapo": "Da Capo",
    "dacoda": "to Coda",
}
_ABC_MARK = re.compile(r'!([^!\n]{1,20})!|"[\^_<>@]?([^"\n]{1,30})"')
_ABC_FIELD = re.compile(r"[A-Za-z+]:|%")
_LETTERS: Final = "CDEFGAB"
_ABOVE: Final = 15  # octave of the first marks: no music comes near it


@dataclass(frozen=True, kw_only=True)
class Jump:
    """One way back in a score, in indices of its written bars."""

    leaves: int  # last bar before the jump
    start: int  # bar it goes back to
    end: int  # last bar after it, unless the coda is next
    coda: int | None = None  # bar that follows `end`


def marked_abc(music21: Music21, tune: str) -> str:
    """A tune of ABC whose marks music21 can read, which knows none in ABC.

    Each becomes a grace note higher than any other: graces have no length, and they
    stand in the bar they are written in.
    """

    def grace(found: re.Match[str]) -> str:
        name = (found[1] or found[2]).strip()
        text = re.sub(r"\.al", ". al ", _SPELLED.get(name, name))
        kind = _kind(music21.expressions.TextExpression(text).getRepeatExpression())
        return found[0] if kind is None else "{" + _grace(kind) + "}"

    return "\n".join(
        line if _ABC_FIELD.match(line) else _ABC_MARK.sub(grace, line)
        for line in tune.split("\n")
    )


def _grace(kind: str) -> str:
    """The grace note in ABC that stands for a mark."""
    octaves, letter = divmod(KINDS.index(kind), len(_LETTERS))
    return _LETTERS[letter].lower() + "'" * (_ABOVE + octaves - 5)  # "c" is in the 5th


def _graced(note: Music21) -> str | None:
    """The mark that a grace note stands for; None for a note that is music."""
    if not note.duration.isGrace or not note.isNote or note.pitch.octave < _ABOVE:
        return None
    octaves = note.pitch.octave - _ABOVE
    number = octaves * len(_LETTERS) + _LETTERS.index(note.pitch.step)
    return KINDS[number] if number < len(KINDS) else None


def _kind(mark: Music21 | None) -> str | None:
    name = type(mark).__name__
    return name if name in KINDS else None


def marks(parts: Sequence[Sequence[Music21]]) -> dict[str, list[int]]:
    """Indices of the bars with a mark of each kind; `parts` are the parts' measures."""
    found: dict[str, set[int]] = {}
    for measures in parts:
        for index, measure in enumerate(measures):
            here = [_kind(each) for each in measure.getElementsByClass("RepeatMark")]
            here += [_graced(note) for note in measure.recurse().notes]
            for kind in here:
                if kind is not None:
                    found.setdefault(kind, set()).add(index)
    return {kind: sorted(bars) for kind, bars in found.items()}


def jump(found: dict[str, list[int]], num_bars: int) -> Jump | None:
    """The way back that marks mean; None if they do not add up to one."""
    commands = [
        (kind, bar) for kind, bars in found.items() for bar in bars if kind[:2] == "Da"
    ]
    if len(commands) != 1:
        return None
    ((kind, leaves),) = commands
    segnos, codas, fines = (found.get(k, []) for k in ("Segno", "Coda", "Fine"))
    if kind.startswith("DalSegno") and len(segnos) != 1:
        return None
    start = segnos[0] if kind.startswith("DalSegno") else 0
    if kind.endswith("AlCoda"):
        if len(codas) != 2:
            return None
        end, coda = codas
        is_sound = start <= end < coda
        return (
            Jump(leaves=leaves, start=start, end=end, coda=coda) if is_sound else None
        )
    if kind.endswith("AlFine") and len(fines) != 1:
        return None
    end = fines[0] if len(fines) == 1 else num_bars - 1
    return Jump(leaves=leaves, start=start, end=end) if start <= end else None


def order_with(bars: Sequence[Bar], way: Jump) -> list[int]:
    """Indices of the bars as they sound: to the jump, from where it goes, the coda."""
    order = play_order(bars[: way.leaves + 1])
    again = bars[way.start : way.end + 1]
    order += [way.start + index for index in _last_time(again)]
    if way.coda is not None:
        order += [way.coda + index for index in play_order(bars[way.coda :])]
    return order


def _last_time(bars: Sequence[Bar]) -> list[int]:
    """The bars without repeats: of endings the last one of each group alone."""
    order: list[int] = []
    group: list[int] = []  # endings that stand side by side
    for index, bar in enumerate(bars):
        if bar.endings:
            group.append(index)
            continue
        order += _last_ending(bars, group)
        group = []
        order.append(index)
    return order + _last_ending(bars, group)


def _last_ending(bars: Sequence[Bar], group: Sequence[int]) -> list[int]:
    last = max((number for index in group for number in bars[index].endings), default=0)
    return [index for index in group if last in bars[index].endings]
