"""Written bars to whole 4/4 bars as they sound: repeats, pickups, metre changes.

Times are in quarters, as fractions, because triplets are not binary.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from explorer.corpus import Section, line_note, top_line
from explorer.notes import STEPS_PER_BAR, STEPS_PER_QUARTER

MAX_BARS = 5000  # of one line once its repeats are played out
BAR_QUARTERS = {"4/4": 4, "2/2": 4, "8/8": 4, "2/4": 2}  # metres that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class BarNote:
    """One note of a written bar."""

    pitch: int  # MIDI number
    start: Fraction  # quarters from the bar line
    end: Fraction
    is_tied_on: bool = False  # goes on from an equal note before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One written bar of one part."""

    meter: str  # as "4/4"
    quarters: Fraction  # length as written; a pickup's is shorter than its metre
    notes: tuple[BarNote, ...] = ()
    starts_repeat: bool = False
    ends_repeat: bool = False
    endings: frozenset[int] = frozenset()  # passes that play this bar; empty is all


def play_order(bars: Sequence[Bar]) -> list[int]:
    """Indices of the bars as they sound: repeats twice, each ending on its pass.

    Of alternatives that no pass reaches, as a third ending after one for the first
    two passes, nothing is played.
    """
    order: list[int] = []
    index = start = 0
    current_pass = 1
    while index < len(bars) and len(order) < MAX_BARS:
        bar = bars[index]
        left_ending = bool(order) and bars[order[-1]].endings and not bar.endings
        if index != start and (bar.starts_repeat or (left_ending and current_pass > 1)):
            start, current_pass = index, 1
        if bar.endings and current_pass not in bar.endings:
            index += 1
            continue
        order.append(index)
        if bar.ends_repeat:
            if current_pass < max((2, *bar.endings)):
                current_pass += 1
                index = start
                continue
            ending_follows = index + 1 < len(bars) and bool(bars[index + 1].endings)
            if not (bar.endings and ending_follows):
                start, current_pass = index + 1, 1
        index += 1
    return order


@dataclass(slots=True)
class _Open:
    """The section being filled."""

    unit: int = 0  # quarters of a bar in its metre, 0 before any
    bars: list[tuple[Bar, Fraction]] = field(default_factory=list)  # with their place
    position: Fraction = Fraction(0)  # where the next bar goes

    @property
    def filled(self) -> Fraction:
        """Quarters already in the bar that is being filled."""
        return self.position % self.unit

    def add(self, bar: Bar) -> None:
        self.bars.append((bar, self.position))
        self.position += bar.quarters

    def drop_stray_pickup(self) -> None:
        """Take back a last bar less than half full: it leads to nothing."""
        while self.bars and 0 < self.filled < Fraction(self.unit, 2):
            self.position = self.bars.pop()[1]


def cut_sections(bars: Sequence[Bar]) -> tuple[tuple[Section, ...], str]:
    """(sections of whole bars, what was left out in words or "").

    Short bars that add up to a full one, as around a repeat inside a bar, count as
    it. A short bar with nothing before it is a pickup and dropped; where bars do not
    add up, a new section begins.
    """
    sections: list[Section] = []
    left_out: Counter[str] = Counter()
    current = _Open()

    def close(next_unit: int) -> _Open:
        if current.bars:
            current.drop_stray_pickup()
        if current.bars:
            first_bar = sum(-(-s.num_steps // STEPS_PER_BAR) for s in sections)
            sections.append(_section(current, first_bar))
        return _Open(unit=next_unit)

    for bar in bars:
        unit = BAR_QUARTERS.get(bar.meter, 0)
        if unit != current.unit:
            current = close(unit)
        if not unit:
            left_out[bar.meter] += 1
            continue
        if bar.quarters > unit:
            left_out["bars longer than their metre"] += 1
            current = close(unit)
            continue
        if current.filled + bar.quarters > unit:
            current = close(unit)
        if bar.quarters == unit or current.bars:
            current.add(bar)
    close(0)
    if not left_out:
        return tuple(sections), ""
    counts = ", ".join(
        f"{count} bars: {name}" for name, count in sorted(left_out.items())
    )
    return tuple(sections), f"metre other than 4/4, 2/2 or 2/4 ({counts})"


def _section(held: _Open, first_bar: int) -> Section:
    timed: list[tuple[int, Fraction, Fraction]] = []
    last_of: dict[int, int] = {}  # pitch: index of its latest note
    for bar, offset in held.bars:
        for note in sorted(bar.notes, key=lambda n: n.start):
            start, end = offset + note.start, offset + note.end
            before = last_of.get(note.pitch)
            if note.is_tied_on and before is not None and timed[before][2] == start:
                timed[before] = (note.pitch, timed[before][1], end)
                continue
            last_of[note.pitch] = len(timed)
            timed.append((note.pitch, start, end))
    return Section(
        first_bar=first_bar,
        num_steps=int(held.position * STEPS_PER_QUARTER),
        notes=top_line([line_note(*note) for note in timed if note[2] > note[1]]),
        is_paired=held.unit == 2,
    )
