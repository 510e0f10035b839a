"""The same share link gives the same notes, and a bad one a sentence."""

import base64
import random
import zlib
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
import streamlit as st

from explorer import packing
from explorer.errors import SharedLinkError
from explorer.notes import Note, sequence
from explorer.ui import bank, cache, corners, picks, sharing, state
from explorer.ui.sharing import (
    LinkSettings,
    SharedBlend,
    SharedJourney,
    SharedShape,
)
from tests import tiny_checkpoint

KINDS = ("melody", "drums", "trio")
MODELS = {"melody": "tunes", "drums": "beats", "trio": "band"}
SOUND = LinkSettings(
    qpm=96.0,
    instrument="vibraphone",
    key="D♭ major",
    octave=-1,
    beat="Bossa nova",
    drone=True,
)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    for kind, name in MODELS.items():
        tiny_checkpoint.write(folder, name, encoding=kind)
    (tiny_checkpoint.write(folder, "broken") / "config.json").write_text("{")
    return folder


@pytest.fixture(autouse=True, scope="module")
def _app(checkpoints):
    """The app pointed at the checkpoints; models are loaded once."""
    _forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CHECKPOINTS", str(checkpoints))
        yield
    _forget()


def _forget():
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def opened(use, checkpoints):
    """What a fresh visit makes of a query that was sent as an address."""

    def visit(query):
        address = sharing.link("https://example.org/blend?old=1#top", query)
        assert address.isascii()
        use(checkpoints)  # nothing is cached any more
        sent = dict(parse_qsl(urlsplit(address).query, strict_parsing=True))
        return sharing.read(sent)

    return visit


def query_of(model, *tunes, view="line", index=4, num=9, **settings):
    content = SharedBlend(
        view=view, index=index, size=num, spherical=True, own_ends=True
    )
    return sharing.to_query(model, tunes, content, LinkSettings(**settings))


def played(kind, *, num_bars=3, extra_steps=0, seed=0):
    """A recording: chords, touch, an instrument, and a tempo that no slider has."""
    rng = np.random.default_rng(seed)
    parts = {
        "melody": [{"program": 40, "instrument": 2}],
        "drums": [{"is_drum": True, "instrument": 9}],
        "trio": [
            {"program": 0},
            {"program": 33, "instrument": 1},
            {"is_drum": True, "instrument": 9},
        ],
    }[kind]
    notes = [
        Note(
            pitch=int(rng.choice([36, 38, 42] if "is_drum" in part else range(60, 72))),
            start_step=start,
            end_step=start + int(rng.integers(1, 4)),
            velocity=int(rng.integers(40, 120)),
            **part,
        )
        for part in parts
        for start in rng.integers(0, 16 * num_bars - 4, size=12 * num_bars).tolist()
    ]
    notes = {(n.start_step, n.pitch, n.program): n for n in notes}.values()
    total = 16 * num_bars + extra_steps
    return sequence(notes, total_steps=total, qpm=119.99976000048, title="Made up")


def moved(model, name):
    """A bent tune, at the tempo of the one it was made from."""
    z = cache.as_code(name.z + 0.5 * cache.model(model).attribute_vectors.vectors[0])
    pick = picks.decoded(model, f"{name.title}, bent", z, "shape")
    return replace(pick, tune=replace(pick.tune, qpm=96.5))


def between(model):
    """A tile of a blend."""
    first, second = picks.dot(model, 1), picks.dot(model, 2)
    z, _ = cache.blend(model, (first.z, second.z), 5, True)[2]
    return picks.decoded(model, "50 % of the way to Tune 2", z, "blend")


def first_example(model, bar=0):
    return picks.example(model, picks.example_titles(model)[0], bar)


def again(model):
    return picks.again(model, first_example(model, 1))


MAKERS = {
    "example": (first_example, "e."),
    "example from a bar on": (lambda model: first_example(model, 1), "e."),
    "example read anew": (again, "e."),
    "dot": (lambda model: picks.dot(model, 17), "m.17"),
    "surprise": (lambda model: picks.surprise(model, 12), "s.12"),
    "bent": (lambda model: moved(model, picks.dot(model, 3)), "z."),
    "tile": (between, "z."),
    "model's version": (
        lambda model: picks.of_model(model, first_example(model)),
        "z.",
    ),
}


def assert_same(one, other):
    assert one.z == other.z
    assert replace(one.tune, title="") == replace(other.tune, title="")
    assert one.title == other.title


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("made", MAKERS)
def test_the_same_link_gives_the_same_notes(opened, kind, made):
    model = MODELS[kind]
    make, start = MAKERS[made]
    pick = make(model)
    query = query_of(model, pick, picks.dot(model, 0))
    assert query["a"].startswith(start)
    found = sharing.picks_of(opened(query))
    assert_same(found[0], pick)
    assert found[0].row == (17 if made == "dot" else None)
    assert len(found) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("num_bars", "extra_steps"), [(1, 0), (2, 0), (5, 0), (1, 3)])
def test_somebodys_own_tune_keeps_its_chords_touch_and_tempo(
    opened, kind, num_bars, extra_steps
):
    model = MODELS[kind]
    tune = played(kind, num_bars=num_bars, extra_steps=extra_steps)
    pick = picks.own(model, "Mein Stück, bar 3", tune)
    query = query_of(model, pick, pick)
    assert query["a"].startswith("n.")
    found = sharing.picks_of(opened(query))[0]
    assert_same(found, pick)
    assert found.origin == "upload"
    assert found.credit != pick.credit  # it is not the reader's own music
    assert found.whole.num_bars == min(2, pick.whole.num_bars)
    assert picks.certainty(model, found) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_blend_of_a_link_has_the_same_tiles(opened, kind):
    model = MODELS[kind]
    ends = (picks.own(model, "Mine", played(kind)), picks.surprise(model, 3))
    before = cache.blend(model, (ends[0].z, ends[1].z), 9, True)
    found = sharing.picks_of(opened(query_of(model, *ends)))
    after = cache.blend(model, (found[0].z, found[1].z), 9, True)
    assert [(z, decoded.tune) for z, decoded in before] == [
        (z, decoded.tune) for z, decoded in after
    ]


def test_a_link_made_from_a_link_is_the_same_link(opened):
    tunes = [picks.own("tunes", "Mine", played("melody")), between("tunes")]
    query = query_of("tunes", *tunes)
    found = sharing.picks_of(opened(query))
    assert query_of("tunes", *found) == query


def square_of(tunes, *, index=80, size=9, sound=SOUND):
    model = "beats" if sound is SOUND else "tunes"
    content = SharedBlend(
        view="square", index=index, size=size, spherical=False, own_ends=False
    )
    return sharing.to_query(model, tunes(model), content, sound)


def dots(model):
    return [picks.dot(model, 50 + row) for row in range(4)]


def test_every_setting_comes_back(opened):
    shared = opened(square_of(dots))
    assert shared.content == SharedBlend(
        view="square", index=80, size=9, spherical=False, own_ends=False
    )
    assert shared.settings == SOUND
    assert [pick.row for pick in sharing.picks_of(shared)] == [50, 51, 52, 53]


def test_what_was_not_set_is_not_in_the_link(opened):
    query = query_of("tunes", picks.dot("tunes", 1), picks.dot("tunes", 2))
    assert not query.keys() & {"t", "g", "k", "q", "r", "dr", "c", "d"}
    assert opened(query).settings == LinkSettings()


def test_what_the_dock_reports_is_taken_where_a_link_can_hold_it():
    reported = {
        "qpm": 96.0,
        "program": 11,
        "instrument": "vibraphone",
        "beat": "Bossa nova",
        "key": "D♭ major",
        "octave": -1,
        "drone": True,
    }
    assert sharing.settings_of(reported) == SOUND
    assert sharing.settings_of(None) == sharing.settings_of({}) == LinkSettings()
    strange = {"qpm": 1000, "instrument": "saw", "beat": "x", "key": "H", "octave": 9}
    assert sharing.settings_of(strange) == LinkSettings(octave=2)


@pytest.mark.parametrize("size", state.SQUARE_SIZES)
def test_every_cell_of_every_square_has_a_link(opened, size):
    for index in (0, size - 1, size * size - 1):
        query = square_of(dots, index=index, size=size, sound=LinkSettings())
        assert opened(query).content.index == index
        assert opened(query).content.size == size


def test_four_dots_with_all_settings_are_short():
    assert len(sharing.link("https://example.org/blend", square_of(dots))) < 300


def test_four_own_tunes_of_two_bars_stay_below_a_thousand_characters():
    tunes = [
        picks.own("tunes", f"My song, bar {n}", played("melody", num_bars=2, seed=n))
        for n in range(4)
    ]
    query = query_of("tunes", *tunes, view="square")
    assert len(sharing.link("https://example.org/blend", query)) < 1000


def dense(model, num):
    """More notes than a link holds, all of them different."""
    rng = np.random.default_rng(0)
    notes = [
        Note(
            pitch=int(rng.integers(21, 109)),
            start_step=int(start),
            end_step=int(start) + int(rng.integers(1, 3)),
            velocity=int(rng.integers(1, 128)),
            program=int(rng.integers(128)),
        )
        for start in rng.integers(0, 30, size=num)
    ]
    return picks.own(model, "Dense", sequence(notes, total_steps=32))


def test_a_tune_with_too_many_notes_is_sent_as_the_model_reads_it(opened):
    pick = dense("tunes", 3000)
    query = query_of("tunes", pick, pick)
    assert len(query["a"]) < corners.MOST_CHARS
    found = sharing.picks_of(opened(query))[0]
    assert found.z == pick.z
    assert len(found.tune.notes) <= 32


def test_more_notes_than_are_read_are_not_written_however_small_they_pack(opened):
    note = Note(pitch=60, start_step=0, end_step=4)
    many = (note,) * (packing.MOST_NOTES + 1)
    pick = picks.own("tunes", "Many", sequence(many, total_steps=32))
    found = sharing.picks_of(opened(query_of("tunes", pick, pick)))[0]
    assert (found.z, found.tune.notes) == (pick.z, (note,))


def test_a_tune_that_fits_in_no_way_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(corners, "MOST_CHARS", 20)
    with pytest.raises(SharedLinkError, match=r"“Dense” has too many notes .* MIDI"):
        query_of("tunes", dense("tunes", 40), picks.dot("tunes", 1))


def test_titles_come_back_short_and_without_control_characters(opened):
    name = "<b>&\u202e\x00‮ *Ä* " + "long " * 40
    pick = picks.own("tunes", name, played("melody"))
    found = sharing.picks_of(opened(query_of("tunes", pick, pick)))[0]
    assert found.title.startswith("<b>& *Ä* long")
    assert len(found.title) <= 80
    assert found.title.isprintable()
    untitled = replace(between("tunes"), title="\x00")
    query = query_of("tunes", untitled, untitled)
    assert sharing.picks_of(opened(query))[0].title == "Untitled"


def test_a_link_from_another_version_of_the_model_is_opened_with_a_warning(opened):
    query = query_of("tunes", picks.dot("tunes", 1), picks.dot("tunes", 2))
    shared = opened(query)
    assert sharing.warning(shared) is None
    assert cache.model("tunes").checkpoint.sha256.startswith(shared.weights)
    changed = opened(query | {"h": "0" * 8})
    assert "different model version" in sharing.warning(changed)
    assert sharing.picks_of(changed)


@pytest.mark.parametrize("name", ["gone", "broken"])
def test_a_model_that_cannot_be_used_is_named_with_those_that_can(opened, name):
    query = query_of("tunes", picks.dot("tunes", 1), picks.dot("tunes", 2))
    shared = opened(query | {"m": name})
    for ask in (sharing.warning, sharing.picks_of):
        with pytest.raises(SharedLinkError, match=f"{name}.* tunes, beats, band"):
            ask(shared)


def test_a_checkpoint_damaged_after_the_start_is_told_as_such(use, tmp_path, opened):
    query = query_of("tunes", picks.dot("tunes", 1), picks.dot("tunes", 2))
    shared = opened(query)
    weights = tiny_checkpoint.write(tmp_path, "tunes") / "model.safetensors"
    weights.write_bytes(b"x" + weights.read_bytes()[1:])
    use(tmp_path)
    with pytest.raises(SharedLinkError, match=r"cannot be used: .* damaged"):
        sharing.picks_of(shared)


def test_only_addresses_that_mean_it_are_share_links():
    assert sharing.is_shared({"v": "1", "m": "tunes"})
    assert sharing.is_shared({"v": "9", "a": "x"})
    assert not sharing.is_shared({})
    assert not sharing.is_shared({"embed": "true", "v": "1"})


def test_keys_that_mean_nothing_are_passed_over(opened):
    query = query_of("tunes", picks.dot("tunes", 1), picks.dot("tunes", 2))
    assert opened(query | {"utm_source": "x", "embed": "true"}) == opened(query)


def test_a_missing_sound_bank_does_not_break_other_links(opened, monkeypatch):
    monkeypatch.setattr(bank, "index", lambda: {"instruments": {}})
    query = query_of("tunes", picks.dot("tunes", 1), picks.dot("tunes", 2))
    assert opened(query).settings.instrument is None
    assert sharing.settings_of({"instrument": "piano"}).instrument is None


def packed(content):
    return base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")


def body(*numbers, title=b"x", qpm=120.0):
    return packed(packing._HEAD.pack(qpm, len(title)) + title + bytes(numbers))


BOMB = packed(bytes(5_000_000))
WRONG_SIZE = packing.pack_code((0.5,) * 9, title="", qpm=110.0)
NOT_FINITE = packed(
    packing._HEAD.pack(110.0, 0) + b"\0" + np.full(8, np.nan, "<f4").tobytes()
)
LATE = packing.pack_tune(
    sequence([Note(pitch=60, start_step=0, end_step=4)], total_steps=4096)
)
OUT_OF_RANGE = packing.pack_tune(
    sequence([Note(pitch=1, start_step=0, end_step=4)], total_steps=32)
)
ONLY_DRUMS = packing.pack_tune(
    sequence([Note(pitch=38, start_step=0, end_step=1, is_drum=True)])
)
HOSTILE = [
    {"v": ""},
    {"v": "2"},
    {"v": "0"},
    {"v": "-1"},
    {"v": "1.0"},
    {"v": "\u0661"},
    {"v": "9" * 5000},
    {"m": "../../etc/passwd"},
    {"m": "tunes\n"},
    {"m": "x" * 65},
    {"m": "gone"},
    {"m": "broken"},
    {"h": "0f3a99c"},
    {"h": "0F3A99C1"},
    {"h": "<script>"},
    {"w": "cube"},
    {"w": "square"},
    {"w": "square", "c": "m.1", "d": ""},
    {"i": "-1"},
    {"i": "9"},
    {"i": "1e1"},
    {"i": "nan"},
    {"i": "9" * 4000},
    {"n": "0"},
    {"n": "1_0"},
    {"n": "99999"},
    {"n": "1"},
    {"w": "square", "c": "m.1", "d": "m.2", "n": "10"},
    {"p": "x"},
    {"o": "own"},
    {"t": "nan"},
    {"t": "inf"},
    {"t": "-96"},
    {"t": "1e308"},
    {"t": "\uff19\uff16"},
    {"g": "kazoo"},
    {"g": "\ud800"},
    {"k": "H major"},
    {"q": "100"},
    {"r": "'; DROP TABLE"},
    {"dr": "yes"},
    {"a": ""},
    {"a": "m"},
    {"a": "m."},
    {"a": "x.1"},
    {"a": "m.-1"},
    {"a": "m.60"},
    {"a": "m.1.5"},
    {"a": "m.999999999999999999"},
    {"a": "m.\uff11"},
    {"a": "s.-1"},
    {"a": "s.1e9"},
    {"a": "s.9999999999"},
    {"a": "e."},
    {"a": "e.No such tune.0"},
    {"a": "e.Twinkle, Twinkle, Little Star.99"},
    {"a": "e.Twinkle, Twinkle, Little Star.-1"},
    {"a": "e.Rock in eighths.0"},
    {"a": "e.\ud800.0"},
    {"a": "n."},
    {"a": "n.!!!"},
    {"a": "n.AAAA"},
    {"a": "n." + BOMB},
    {"a": "n." + body()},
    {"a": "n." + body(32, 0)},
    {"a": "n." + body(32, 1, 0, 4, 60, 80, 0, 0, 0, title=b"\xff")},
    {"a": "n." + body(32, 1, 0, 4, 60, 80, 0, 0, 0, qpm=float("nan"))},
    {"a": "n." + body(32, 1, 0, 4, 60, 80, 0, 0, 0, qpm=1e300)},
    {"a": "n." + body(32, 1, 0, 4, 200, 80, 0, 0, 0)},
    {"a": "n." + LATE},
    {"a": "n." + OUT_OF_RANGE},
    {"a": "n." + ONLY_DRUMS},
    {"a": "n." + "A" * 15_000},
    {"a": "z."},
    {"a": "z." + BOMB},
    {"a": "z." + WRONG_SIZE},
    {"a": "z." + WRONG_SIZE[:-6]},
    {"a": "z." + NOT_FINITE},
    {"w": "square", "c": "m.1", "d": "z.%00"},
    {"a": "p.1.0"},
    {"a": "p.nan:1.0"},
    {"a": "p.99999.0:1.0"},
    {"w": "shape", "x": ""},
    {"w": "shape", "x": "note_density"},
    {"w": "shape", "x": "note_density:1e3"},
    {"w": "shape", "x": "note_density:1,note_density:2"},
    {"w": "shape", "x": "a:1," * 99},
    *(
        {"w": "journey", "s": "m.1~m.2", "l": "2", "u": "1", "n": "1", **change}
        for change in (
            {"e": "home", "y": ""},
            {"e": "again", "y": "-"},
            {"e": "home", "y": "Polka"},
            {"e": "home", "y": "-", "n": "8"},
            {"e": "home", "y": "-", "u": "0"},
            {"e": "home", "y": "-", "l": "0"},
            {"e": "home", "y": "-", "s": "~"},
            {"e": "home", "y": "-", "s": "~".join(["m.1"] * 65)},
            {"e": "home", "y": "-", "s": "m.1~m.99"},
        )
    ),
    {"x" * 17_000: ""},
    {"x": "y" * 17_000},
]


def good_query():
    return {
        "v": "1",
        "a": "m.1",
        "b": "m.2",
        "m": "tunes",
        "h": "0" * 8,
        "w": "line",
        "i": "4",
        "n": "9",
        "p": "s",
        "o": "o",
    }


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: repr(change)[:40])
def test_a_hostile_link_ends_in_a_sentence(change):
    assert sharing.picks_of(sharing.read(good_query()))
    with pytest.raises(SharedLinkError) as refused:
        sharing.picks_of(sharing.read(good_query() | change))
    said = str(refused.value)
    assert said[0].isupper()
    assert said.endswith(".")
    assert len(said) < 700
    said.encode()  # can be shown


def test_a_link_that_was_cut_off_anywhere_is_noticed():
    tunes = [picks.own("tunes", "Mine", played("melody")), picks.dot("tunes", 12)]
    address = sharing.link("https://example.org/", query_of("tunes", *tunes))
    start = address.index("?") + 1
    for end in range(start, len(address)):
        cut = dict(parse_qsl(address[start:end]))
        with pytest.raises(SharedLinkError, match=r"(again|one|file)\.$"):
            sharing.read(cut)


def test_links_changed_at_random_open_or_are_refused():
    dice = random.Random(0)
    tunes = (
        picks.own("tunes", "Mine", played("melody")),
        between("tunes"),
        picks.dot("tunes", 5),
        first_example("tunes"),
    )
    query = query_of("tunes", *tunes, view="square", index=8)
    letters = "0189.-_azAZ %é\ud800\x00\n桜"
    num_opened = 0
    for _ in range(400):
        changed = dict(query)
        for _ in range(dice.randint(1, 2)):
            key = dice.choice(list(changed))
            at = dice.randrange(len(changed[key]) + 1)
            end = at + dice.choice((0, 1, 1, 5))
            new = "".join(dice.choices(letters, k=dice.choice((0, 1, 1, 3))))
            changed[key] = changed[key][:at] + new + changed[key][end:]
        try:
            shared = sharing.read(changed)
            assert len(sharing.picks_of(shared)) in {2, 4}
            num_opened += 1
        except SharedLinkError:
            continue
    assert 5 < num_opened < 200


def trip(model, num=4):
    stops = [picks.dot(model, row) for row in range(num)]
    content = SharedJourney(
        bars=2, between=3, spherical=False, times=2, ending="hold", beat=None
    )
    return sharing.to_query(model, stops, content, SOUND), content


@pytest.mark.parametrize("kind", KINDS)
def test_a_journey_and_a_bent_tune_come_back(opened, kind):
    model = MODELS[kind]
    query, content = trip(model)
    shared = opened(query)
    assert shared.content == content
    assert [pick.row for pick in sharing.picks_of(shared)] == [0, 1, 2, 3]
    bent = SharedShape(amounts=(("note_density", 1.25), ("c_diatonic", -3.0)))
    query = sharing.to_query(model, [picks.surprise(model, 5)], bent, SOUND)
    shared = opened(query)
    assert shared.content == bent
    (found,) = sharing.picks_of(shared)
    assert_same(found, picks.surprise(model, 5))
    still = SharedShape(amounts=())
    query = sharing.to_query(model, [picks.dot(model, 1)], still, LinkSettings())
    assert opened(query).content == still


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_on_the_map_takes_two_numbers(opened, kind):
    model = MODELS[kind]
    plane = cache.model(model).library.projection
    z = plane.inverse(np.array([[0.31234567, -1.2]], np.float32))[0]
    pick = picks.decoded(model, corners.ON_MAP, cache.as_code(z), "map")
    query = query_of(model, pick, pick)
    assert query["a"].startswith("p.")
    assert len(query["a"]) < 20
    found, _ = sharing.picks_of(opened(query))
    assert replace(found.tune, title="") == replace(pick.tune, title="")
    assert found.z == pytest.approx(pick.z, abs=1e-3)


def test_a_link_of_another_kind_that_was_cut_off_is_noticed():
    bent = SharedShape(amounts=(("note_density", 1.25),))
    for query in (
        trip("tunes")[0],
        sharing.to_query("tunes", [picks.dot("tunes", 1)], bent, LinkSettings()),
    ):
        address = sharing.link("https://example.org/", query)
        start = address.index("?") + 1
        assert sharing.read(dict(parse_qsl(address[start:])))
        for end in range(start, len(address)):
            with pytest.raises(SharedLinkError):
                sharing.read(dict(parse_qsl(address[start:end])))


def test_a_link_that_is_too_long_is_not_made_and_files_are_named():
    tunes = [
        picks.own("tunes", f"Mine {n}", played("melody", num_bars=2, seed=n))
        for n in range(40)
    ]
    content = SharedJourney(
        bars=2, between=0, spherical=True, times=1, ending="stop", beat=None
    )
    query = sharing.to_query("tunes", tunes, content, LinkSettings())
    with pytest.raises(SharedLinkError, match=r"2,000 .* Keep it as a file"):
        sharing.link("https://example.org/journey", query)
