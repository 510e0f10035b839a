"""MusicXML and ABC as songs: what is read, what is refused, what is never done."""

import io
import zipfile
from pathlib import Path

import pytest

from explorer import caps, score_jumps
from explorer.corpus_scores import load_music21
from explorer.errors import MidiError
from explorer.scores import read_score

ROOT = Path(__file__).resolve().parent.parent

DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)
TIME_4_4 = "<time><beats>4</beats><beat-type>4</beat-type></time>"
ATTRIBUTES = (
    "<attributes><divisions>4</divisions><key><fifths>1</fifths><mode>major</mode>"
    f"</key>{TIME_4_4}</attributes>"
)
ABC = """X:1
T:Made for a test
M:4/4
L:1/8
Q:1/4=90
K:Em
|: E2G2 B2e2 | d2B2 G2E2 :|
"""


def note(step, octave, duration, extra=""):
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{extra}{pitch}<duration>{duration}</duration></note>"


def measure(content, number=1):
    return f'<measure number="{number}">{content}</measure>'


def part_names(*names, extra=""):
    return "".join(
        f'<score-part id="P{i}"><part-name>{name}</part-name>{extra}</score-part>'
        for i, name in enumerate(names)
    )


def xml(*parts, names=("Flute",), head="", doctype=DOCTYPE, extra=""):
    """A score; each part is the text of its measures."""
    body = "".join(f'<part id="P{i}">{each}</part>' for i, each in enumerate(parts))
    listed = f"<part-list>{part_names(*names, extra=extra)}</part-list>"
    return (
        f'<?xml version="1.0"?>{doctype}<score-partwise version="4.0">'
        f"{head}{listed}{body}</score-partwise>"
    ).encode()


SCALE = "".join(note(step, 5, 4) for step in "CDEF")
ONE_BAR = xml(measure(ATTRIBUTES + SCALE))


def zipped(content, name="score.xml", **members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, text in members.items():
            archive.writestr(other, text)
        archive.writestr(name, content)
    return buffer.getvalue()


def places(song, track=0):
    """(pitch, start, end) of each note."""
    return [(n.pitch, n.start_step, n.end_step) for n in song.tracks[track].notes]


def test_a_score_has_its_title_its_parts_its_key_and_its_tempo():
    tempo = '<direction><sound tempo="72"/></direction>'
    song = read_score(
        xml(
            measure(ATTRIBUTES + tempo + SCALE),
            measure(ATTRIBUTES + note("C", 3, 16)),
            names=("Violin", "Violoncello"),
            head="<work><work-title>A made scale</work-title></work>",
        ),
        name="file.musicxml",
    )
    assert song.title == "A made scale"
    assert [track.name for track in song.tracks] == ["Violin", "Violoncello"]
    assert [track.instrument for track in song.tracks] == ["Violin", "Cello"]
    assert (song.key, song.qpm, song.num_bars) == ("G major", 72, 1)
    assert places(song) == [(72, 0, 4), (74, 4, 8), (76, 8, 12), (77, 12, 16)]
    assert places(song, 1) == [(48, 0, 16)]
    assert song.warnings == ()


def test_without_a_title_the_file_gives_it():
    assert read_score(ONE_BAR, name="folder/air.xml").title == "air"


@pytest.mark.parametrize("ending", [".mxl", ".xml"])
def test_a_zipped_score_is_the_same_as_a_plain_one(ending):
    content = zipped(ONE_BAR, **{"META-INF/container.xml": "<container/>"})
    song = read_score(content, name=f"air{ending}")
    assert places(song) == places(read_score(ONE_BAR, name="air.xml"))


def test_ties_are_joined_and_chords_and_voices_kept():
    tie = '<tie type="{0}"/>'
    first = (
        note("C", 5, 8)
        + note("E", 5, 8, "<chord/>")
        + note("G", 5, 8).replace("</note>", tie.format("start") + "</note>")
        + "<backup><duration>16</duration></backup>"
        + note("C", 4, 16).replace("</note>", "<voice>2</voice></note>")
    )
    second = note("G", 5, 16).replace("</note>", tie.format("stop") + "</note>")
    song = read_score(
        xml(measure(ATTRIBUTES + first) + measure(second, 2)), name="a.xml"
    )
    assert places(song) == [(76, 0, 8), (72, 0, 8), (60, 0, 16), (79, 8, 32)]


def test_what_is_written_for_a_transposing_instrument_is_read_as_it_sounds():
    transpose = (
        "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
        "</attributes>"
    )
    content = measure(ATTRIBUTES.replace("</attributes>", transpose) + SCALE)
    assert places(read_score(xml(content, names=("Part",)), name="a.xml"))[0][0] == 70


def test_repeats_and_endings_are_played_out():
    end = '<barline location="right">{}<repeat direction="backward"/></barline>'
    ending = '<barline location="left"><ending number="{}" type="start"/></barline>'
    stop = '<ending number="{}" type="stop"/>'
    content = (
        measure(ATTRIBUTES + note("C", 5, 16))
        + measure(ending.format(1) + note("D", 5, 16) + end.format(stop.format(1)), 2)
        + measure(
            ending.format(2)
            + note("E", 5, 16)
            + f'<barline location="right">{stop.format(2)}</barline>',
            3,
        )
    )
    song = read_score(xml(content), name="a.xml")
    assert [pitch for pitch, *_ in places(song)] == [72, 74, 72, 76]
    assert song.num_bars == 4


def test_a_pickup_stands_before_a_bar_line():
    pickup = f'<measure number="0" implicit="yes">{ATTRIBUTES}{note("G", 4, 4)}'
    content = pickup + "</measure>" + measure(SCALE)
    song = read_score(xml(content), name="a.xml")
    assert [start for _, start, _ in places(song)] == [12, 16, 20, 24, 28]


def test_another_metre_is_read_and_said():
    waltz = ATTRIBUTES.replace("<beats>4", "<beats>3")
    content = measure(waltz + "".join(note(step, 5, 4) for step in "CDE"))
    song = read_score(xml(content), name="a.xml")
    assert (song.meters[0].numerator, song.meters[0].denominator) == (3, 4)
    assert any("4/4" in warning for warning in song.warnings)


def drum(display, duration, which=""):
    step, octave = display
    return (
        f"<note><unpitched><display-step>{step}</display-step><display-octave>{octave}"
        f"</display-octave></unpitched><duration>{duration}</duration>{which}</note>"
    )


def test_drums_are_read_by_their_midi_numbers_or_else_by_their_lines():
    kit = (
        '<score-instrument id="K"><instrument-name>Bass Drum</instrument-name>'
        '</score-instrument><midi-instrument id="K"><midi-channel>10</midi-channel>'
        "<midi-unpitched>37</midi-unpitched></midi-instrument>"
    )
    clef = ATTRIBUTES.replace("</attributes>", "<clef><sign>percussion</sign></clef>")
    content = drum("F4", 8, '<instrument id="K"/>') + drum("F4", 8)
    song = read_score(
        xml(
            measure(clef + "</attributes>" + content),
            names=("Drumset",),
            extra=kit,
        ),
        name="a.xml",
    )
    (track,) = song.tracks
    assert track.is_drum
    assert [n.pitch for n in track.notes] == [36, 36]


def test_abc_is_read_with_its_title_key_tempo_and_repeats():
    song = read_score(ABC.encode(), name="tune.abc")
    assert (song.title, song.key, song.qpm) == ("Made for a test", "E minor", 90)
    assert [pitch for pitch, *_ in places(song)] == [64, 67, 71, 76, 74, 71, 67, 64] * 2
    assert song.num_bars == 4
    assert places(song)[8] == (64, 32, 36)


def test_of_several_tunes_the_first_is_read_and_the_others_counted():
    second = ABC.replace("X:1", "X:2").replace("Made for", "Not read for")
    song = read_score((ABC + "\n" + second).encode(), name="tunes.abc")
    assert song.title == "Made for a test"
    assert song.warnings == (
        "There are 2 tunes in it; this is the first, “Made for a test”. For another, "
        "bring a file that begins with it.",
    )


def test_abc_in_an_older_encoding_is_read():
    content = ABC.replace("Made for a test", "Café").encode("latin-1")
    assert read_score(content, name="tune.abc").title == "Café"


ENTITY = '<!DOCTYPE score-partwise [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
FETCH = '<!DOCTYPE score-partwise [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
MANY = "".join(note("C", 5, 1) for _ in range(caps.MAX_SCORE_NOTES + 1))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xml", b"", "not sound XML"),
        ("a.xml", b"Dear all", "not sound XML"),
        ("a.xml", ONE_BAR[:-40], "not sound XML: it breaks at line 1"),
        ("a.xml", b"<html><body/></html>", "isn't MusicXML"),
        ("a.xml", b"<score-timewise/>", "by time"),
        ("a.xml", xml(measure(ATTRIBUTES)), "has no notes"),
        ("a.xml", xml(""), "has no notes"),
        ("a.xml", xml(measure(SCALE), doctype=ENTITY), "declares entities"),
        ("a.xml", xml(measure(SCALE), doctype=FETCH), "declares entities"),
        ("a.mxl", zipped(xml(measure(MANY))), "more than 20,000 notes"),
        ("a.xml", b"<score-partwise>" + b"<a>" * 100, "one in the other"),
        ("a.xml", ONE_BAR.replace(b"<fifths>1", b"<fifths>999999"), "its fifths makes"),
        ("a.xml", ONE_BAR.replace(b"<beats>4", b"<beats>99999999"), "time signature"),
        ("a.xml", ONE_BAR.replace(b"<octave>5", b"<octave>99999"), "octave makes"),
        ("a.xml", ONE_BAR.replace(b"<divisions>4", b"<divisions>0"), "divisions makes"),
        ("a.xml", b"x" * (caps.MAX_FILE_BYTES + 1), "larger than 1 MB"),
        ("a.mxl", b"PK\x03\x04 not really", "damaged archive"),
        ("a.mxl", zipped(ONE_BAR)[:-30], "damaged archive"),
        ("a.mxl", zipped("hello", name="readme.txt"), "without MusicXML"),
        ("a.mxl", zipped(b"<a>" + b" " * 20_000_000), "unpacks to more than 8 MB"),
        ("a.abc", b"", "isn't ABC"),
        ("a.abc", b"\x00\xff\x00\xff", "isn't ABC"),
        ("a.abc", b"X:1\nT:Nothing\nK:C\n", "no notes|too damaged"),
        ("a.abc", ABC.encode() + b"CDEF|" * 20_000, "at most 50,000"),
        ("a.abc", ABC.replace("E2G2", "E99999999G2").encode(), "too large"),
        ("a.abc", ABC.replace("M:4/4", "M:99999999/4").encode(), "too large"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence_with_its_name(name, content, why):
    with pytest.raises(MidiError, match=why) as refusal:
        read_score(content, name=name)
    assert str(refusal.value).startswith("“a.")
    assert "\n" not in str(refusal.value)


def test_a_score_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(caps, "MAX_SCORE_SECONDS", 0.0)
    with pytest.raises(MidiError, match="takes longer than"):
        read_score(ONE_BAR, name="a.xml")


def test_a_path_in_an_archive_is_only_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    song = read_score(zipped(ONE_BAR, name="../../outside.xml"), name="a.mxl")
    assert song.num_notes == 4
    assert list(tmp_path.iterdir()) == []


def words_of(text):
    return (
        f"<direction><direction-type><words>{text}</words></direction-type></direction>"
    )


def sign(name):
    return f"<direction><direction-type><{name}/></direction-type></direction>"


def whole(step, marks="", after=""):
    return marks + note(step, 5, 16) + after


def bars(*contents):
    first, *others = contents
    return xml(
        measure(ATTRIBUTES + first)
        + "".join(measure(other, 2 + i) for i, other in enumerate(others))
    )


START = '<barline location="left"><repeat direction="forward"/></barline>'
END = '<barline location="right"><repeat direction="backward"/></barline>'
JUMPS = {
    "da capo al fine": (
        [
            whole("C"),
            whole("D", after=words_of("Fine")),
            whole("E", after=words_of("D.C. al Fine")),
        ],
        "CDECD",
    ),
    "dal segno al coda": (
        [
            whole("C"),
            whole("D", sign("segno")),
            whole("E", after=words_of("To Coda")),
            whole("F", after=words_of("D.S. al Coda")),
            whole("G", sign("coda")),
            whole("A"),
        ],
        "CDEFDEGA",
    ),
    "nothing is repeated after the jump": (
        [
            START + whole("C", after=END),
            whole("D", after=words_of("Fine")),
            whole("E", after=words_of("D.C. al Fine")),
        ],
        "CCDECD",
    ),
    "a plain da capo ends at the fine": (
        [whole("C", after=words_of("Fine")), whole("D", after=words_of("D.C."))],
        "CDC",
    ),
    "a plain da capo without a fine goes to the end": (
        [whole("C"), whole("D", after=words_of("Da Capo"))],
        "CDCD",
    ),
}


def letters(song):
    steps = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A", 71: "B"}
    return "".join(steps[60 + pitch % 12] for pitch, *_ in places(song))


@pytest.mark.parametrize("name", JUMPS)
def test_da_capo_and_dal_segno_are_followed(name):
    contents, heard = JUMPS[name]
    song = read_score(bars(*contents), name="a.xml")
    assert letters(song) == heard
    assert song.num_bars == len(heard)
    assert song.warnings == ()


@pytest.mark.parametrize("name", JUMPS)
def test_jumps_without_a_fine_of_their_own_are_as_music21_expands_them(name):
    contents, heard = JUMPS[name]
    part = load_music21().converter.parseData(bars(*contents).decode()).parts[0]
    if name != "a plain da capo ends at the fine":  # music21 plays past it
        assert "".join(n.name for n in part.expandRepeats().recurse().notes) == heard


def test_after_a_jump_the_last_ending_is_played():
    def ending(number, content, end=""):
        left = f'<barline location="left"><ending number="{number}" type="start"/>'
        right = f'<barline location="right"><ending number="{number}" type="stop"/>'
        return f"{left}</barline>{content}{right}{end}</barline>"

    song = read_score(
        bars(
            whole("C"),
            ending(1, whole("D"), '<repeat direction="backward"/>'),
            ending(2, whole("E", after=words_of("Fine"))),
            whole("F", after=words_of("D.C. al Fine")),
        ),
        name="a.xml",
    )
    assert letters(song) == "CDCEFCE"


@pytest.mark.parametrize(
    ("lines", "heard"),
    [
        ("C4 | D4 !fine! | E4 !D.C.alfine! |", "CDECD"),
        ('C4 | D4 "^Fine" | E4 "^D.C. al Fine" |', "CDECD"),
        (
            "C4 | !segno! D4 | E4 !dacoda! | F4 !D.S.alcoda! | !coda! G4 | A4 |",
            "CDEFDEGA",
        ),
        ("|: C4 :| D4 !fine! | E4 !D.C.! |", "CCDECD"),
        ('"Am" C4 | "^slowly" D4 |', "CD"),
    ],
)
def test_jumps_are_followed_in_abc_too(lines, heard):
    head = "X:1\nT:Fine !fine! tune\nM:4/4\nL:1/4\nK:C\n"
    song = read_score(f"{head}{lines}\n".encode(), name="a.abc")
    assert letters(song) == heard
    assert song.warnings == ()


@pytest.mark.parametrize(
    "contents",
    [
        [whole("C"), whole("D", after=words_of("D.S."))],
        [whole("C"), whole("D", after=words_of("D.C. al Fine"))],
        [whole("C", after=words_of("D.C.")), whole("D", after=words_of("D.C."))],
        [whole("C", sign("coda")), whole("D", after=words_of("D.C. al Coda"))],
    ],
)
def test_marks_that_do_not_add_up_are_said_and_the_score_is_read(contents):
    song = read_score(bars(*contents), name="a.xml")
    assert letters(song) == "CD"
    assert song.warnings == (score_jumps.NOT_FOLLOWED,)
