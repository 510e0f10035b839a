"""A piano roll as a picture to print or to pass on: PNG, drawn with Pillow.

**Conventions.** Time goes to the right, a line a bar, at most eight bars in a row; long
music has several rows. Pitched parts share a field with a line at every C; drums have
a row each below, the kick at the bottom. Dark on white, so that it prints.
"""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from explorer.charts import LIGHT
from explorer.drums import CLASS_MAPS, DRUM_NAMES
from explorer.notes import STEPS_PER_BAR, Note, NoteSequence, slice_bars
from explorer.trio import part_of

BARS_IN_A_ROW: Final = 8
WIDTH: Final = 1600  # pixels
MARGIN: Final = 40
LABELS: Final = 90  # at the left, for names of pitches and drums
PITCH_HEIGHT: Final = 9
DRUM_HEIGHT: Final = 16
LEAST_PITCHES: Final = 24  # so that a few notes do not fill the page
GAP: Final = 34  # between rows
COLOURS: Final = {
    "melody": LIGHT.end_a,
    "bass": LIGHT.end_b,
    "drums": LIGHT.categories[3],
}


def draw_roll(
    tune: NoteSequence,
    *,
    title: str,
    credit: str,
    marks: Sequence[tuple[int, str]] = (),
) -> bytes:
    """A PNG of the music.

    Parameters
    ----------
    tune
        What to draw.
    title
        Stands above it.
    credit
        Stands below it.
    marks
        Bars, counted from 0, with what begins there.
    """
    num_rows = max(1, -(-tune.num_bars // BARS_IN_A_ROW))
    bars = min(max(tune.num_bars, 1), BARS_IN_A_ROW)
    pitches = _pitches(tune.notes)
    drums = _drums(tune.notes)
    height = len(pitches) * PITCH_HEIGHT + len(drums) * DRUM_HEIGHT
    top = MARGIN + 60
    whole = top + num_rows * (height + GAP) + MARGIN
    image = Image.new("RGB", (WIDTH, whole), "white")
    draw = ImageDraw.Draw(image)
    _text(draw, (MARGIN, MARGIN), title, 30)
    for row in range(num_rows):
        first = row * bars
        part = slice_bars(tune, first, bars) if tune.total_steps else tune
        field = _Field(draw, top + row * (height + GAP), bars, pitches, drums)
        field.grid(first, min(bars, tune.num_bars - first), dict(marks))
        for note in part.notes:
            field.note(note)
    _text(draw, (MARGIN, whole - MARGIN), credit, 16, LIGHT.muted)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


class _Field:
    """One row of bars."""

    def __init__(
        self,
        draw: ImageDraw.ImageDraw,
        top: int,
        bars: int,
        pitches: range,
        drums: Sequence[int],
    ) -> None:
        self.draw, self.top, self.pitches, self.drums = draw, top, pitches, drums
        self.left = MARGIN + LABELS
        self.step = (WIDTH - MARGIN - self.left) / (bars * STEPS_PER_BAR)
        self.middle = top + len(pitches) * PITCH_HEIGHT
        self.bottom = self.middle + len(drums) * DRUM_HEIGHT

    def grid(self, first: int, bars: int, marks: dict[int, str]) -> None:
        """Lines of bars, beats and Cs, with their names."""
        right = self._x(bars * STEPS_PER_BAR)
        self.draw.rectangle((self.left, self.top, right, self.bottom), LIGHT.background)
        for pitch in self.pitches:
            if pitch % 12 == 0:
                below = self._y(pitch) + PITCH_HEIGHT
                self.draw.line((self.left, below, right, below), LIGHT.grid)
                _text(self.draw, (MARGIN, below - 14), f"C{pitch // 12 - 1}", 15)
        for row, drum in enumerate(self.drums):
            line = self.bottom - (row + 1) * DRUM_HEIGHT
            _text(self.draw, (MARGIN, line), DRUM_NAMES[drum], 13)
            self.draw.line((self.left, line, right, line), LIGHT.grid)
        for beat in range(4 * bars + 1):
            x, is_bar = self._x(4 * beat), beat % 4 == 0
            colour = LIGHT.muted if is_bar else LIGHT.grid
            self.draw.line((x, self.top, x, self.bottom), colour, 2 if is_bar else 1)
        for bar in range(bars):
            said = f"{first + bar + 1}  {marks.get(first + bar, '')}".strip()
            place = (self._x(bar * STEPS_PER_BAR) + 3, self.bottom + 4)
            _text(self.draw, place, said, 14, LIGHT.muted)

    def note(self, note: Note) -> None:
        """One note or hit."""
        x, end = self._x(note.start_step) + 1, self._x(note.end_step) - 1
        if note.is_drum:
            row = self.drums.index(_drum(note))
            top, height = self.bottom - (row + 1.0) * DRUM_HEIGHT + 2, DRUM_HEIGHT - 4
        else:
            top, height = self._y(note.pitch) + 1, PITCH_HEIGHT - 2
        box = (x, top, max(end, x + 2), top + height)
        self.draw.rounded_rectangle(box, 3, COLOURS[part_of(note)])

    def _x(self, step: int) -> float:
        return self.left + step * self.step

    def _y(self, pitch: int) -> float:
        return self.top + (self.pitches[-1] - pitch) * PITCH_HEIGHT


def _pitches(notes: Sequence[Note]) -> range:
    """Pitches to show: all there are, and a little around them; none of drums alone."""
    found = [note.pitch for note in notes if not note.is_drum]
    if not found:
        return range(0)
    low, high = min(found) - 2, max(found) + 3
    missing = max(0, LEAST_PITCHES - (high - low))
    return range(low - missing // 2, high + missing - missing // 2)


def _drums(notes: Sequence[Note]) -> list[int]:
    return sorted({_drum(note) for note in notes if note.is_drum})


def _drum(note: Note) -> int:
    return CLASS_MAPS["today"].get(note.pitch, 1)


def _text(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: int,
    colour: str = LIGHT.text,
) -> None:
    draw.text(place, text, colour, ImageFont.load_default(size))
