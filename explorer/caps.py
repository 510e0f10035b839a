"""Every limit on what a stranger's file may ask for, each in one place.

The largest of 6,326 real files measured 555 KB, 66,711 notes, 128 tracks, 77,245
tempo marks and 8,077 seconds; each limit lies above that. An error that comes from
a limit names it.
"""

from typing import Final

MAX_FILE_BYTES: Final = 1_048_576  # 1 MB
MAX_EVENTS: Final = 250_000  # MIDI messages in one file
MAX_NOTES: Final = 100_000
MAX_TRACKS: Final = 256  # after splitting by channel and program
MAX_TEMPO_EVENTS: Final = 100_000
MAX_METER_EVENTS: Final = 10_000
MAX_DIVISION: Final = 32_767  # ticks per quarter note, from 1
MAX_VLQ_BYTES: Final = 4  # bytes of a variable-length quantity
MAX_SONG_SECONDS: Final = 3 * 60 * 60
MAX_AUDIO_SECONDS: Final = 10 * 60
MAX_TEXT_CHARS: Final = 256  # of a name found in a file
MAX_UNZIPPED_BYTES: Final = 8_388_608  # of MusicXML, counted while reading
MAX_SCORE_ELEMENTS: Final = 500_000  # of MusicXML
MAX_SCORE_DEPTH: Final = 64  # elements one in the other
MAX_SCORE_NOTES: Final = 20_000  # as written
MAX_SCORE_SECONDS: Final = 15  # that reading one may take
MAX_ABC_CHARS: Final = 50_000  # of one tune
MAX_RECIPE_BYTES: Final = 2_097_152
MAX_RECIPE_STEPS: Final = 16 * 512  # sixteenths that one makes
MAX_PASSAGES: Final = 512  # of a recipe
MAX_SLIDER_BYTES: Final = 4_194_304  # a file of one that was taught
MAX_SLIDER_NAME: Final = 40  # characters
MAX_MARKS: Final = 200  # phrases marked for one slider
MAX_Z_SIZE: Final = 4096  # numbers of a code
MAX_FILES: Final = 20  # brought and kept at a time
MIN_QPM: Final = 3.0  # MIDI itself cannot say less than 3.58
MAX_QPM: Final = 1000.0
