"""The files that music is kept in, each from the music as it is heard.

**Conventions.** Files are bytes, the same each time; but sound, which repeats only as
the first of its process (see `explorer.synth`).
"""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer import recipe, roll_picture, score_writing, synth
from explorer.midi import write_midi
from explorer.notes import NoteSequence
from explorer.recipe import Recipe

ALWAYS: Final = (1980, 1, 1, 0, 0, 0)  # the date of all files in an archive
README: Final = "README.txt"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Music to be kept, as it is heard."""

    tune: NoteSequence
    title: str
    recipe: Recipe
    soundfont: Path | None = None  # None: the one in use

    @property
    def key(self) -> str | None:
        """The key that was set, or else the likeliest."""
        return self.recipe.sound.key or score_writing.key_of(self.tune)

    @property
    def credit(self) -> str:
        """Where the music comes from, in a line."""
        titles = dict.fromkeys(passage.title for passage in self.recipe.passages)
        shown = ", ".join(list(titles)[:4]) + (" …" if len(titles) > 4 else "")
        return f"Played by MusicVAE {self.recipe.checkpoint} from: {shown}"


def midi_file(kept: Kept) -> bytes:
    """MIDI."""
    return write_midi(kept.tune, key=kept.key)


def wav_file(kept: Kept) -> bytes:
    """WAV, 44.1 kHz, stereo."""
    return synth.render_wav(kept.tune, soundfont=kept.soundfont)


def flac_file(kept: Kept) -> bytes:
    """FLAC, the same sound."""
    return synth.flac_of(wav_file(kept))


def score_file(kept: Kept) -> bytes:
    """MusicXML."""
    return score_writing.write_score(
        kept.tune, title=kept.title, composer=kept.credit, key=kept.key
    )


def picture_file(kept: Kept) -> bytes:
    """PNG of the piano roll."""
    marks, bar = [], 0
    for passage, steps in zip(kept.recipe.passages, kept.recipe.steps, strict=True):
        if len(kept.recipe.passages) > 1:
            marks.append((bar, passage.title))
        bar += steps // 16
    return roll_picture.draw_roll(
        kept.tune, title=kept.title, credit=kept.credit, marks=marks
    )


def recipe_file(kept: Kept) -> bytes:
    """The recipe, JSON."""
    values = recipe.to_json(kept.recipe)
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def readme(kept: Kept, name: str, *, has_sound: bool) -> str:
    """A page that says what the files are, whose music it is, and how to remake it."""
    minutes, seconds = divmod(round(kept.tune.duration_seconds), 60)
    sound = synth.soundfont_name(kept.soundfont)
    lines = [
        kept.title,
        "=" * len(kept.title),
        "",
        kept.credit + ".",
        f"{kept.tune.num_bars} bars of 4/4 at {kept.tune.qpm:g} beats a minute, "
        f"{minutes}:{seconds:02d}.",
        "",
        "Files",
        f"  {name}.mid       for a sequencer",
        *([f"  {name}.wav       sound, of the SoundFont {sound}"] if has_sound else []),
        f"  {name}.musicxml  sheet music",
        f"  {name}.png       a picture",
        f"  {recipe.FILE_NAME}  all it takes to make this again:",
        f"               python -m explorer remake {recipe.FILE_NAME} -o again.mid",
        "",
        "Licences",
        *(f"  {line}" for line in kept.recipe.licences),
        *([f"  Sound: {sound}"] if has_sound else []),
        "",
    ]
    return "\n".join(lines)


def archive(kept: Kept, name: str, *, has_sound: bool) -> bytes:
    """All of it in one ZIP.

    Parameters
    ----------
    kept
        The music.
    name
        Of its files, without ending.
    has_sound
        Whether sound can be made here.
    """
    files = {
        README: readme(kept, name, has_sound=has_sound).encode(),
        recipe.FILE_NAME: recipe_file(kept),
        f"{name}.mid": midi_file(kept),
        f"{name}.musicxml": score_file(kept),
        f"{name}.png": picture_file(kept),
    }
    if has_sound:
        files[f"{name}.wav"] = wav_file(kept)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for file, data in files.items():
            info = zipfile.ZipInfo(f"{name}/{file}", ALWAYS)
            packed.writestr(info, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
