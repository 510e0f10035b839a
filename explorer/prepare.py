"""A corpus to a prepared data folder: read, window, split, drop duplicates, write.

Files are read by several processes and put together in the order of their names, so
that the folder does not depend on how many there were.
"""

import json
import multiprocessing
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

from explorer.corpus import MIDI_SUFFIXES, SUFFIXES
from explorer.corpus_arranged import arranged_phrases, trio_jobs
from explorer.corpus_drums import drum_phrases
from explorer.corpus_sources import Source, folder_of, weight_of
from explorer.corpus_split import Candidate, keep_once, key_of, split_of
from explorer.corpus_windows import FilePhrases, Job, LinePhrases, read_phrases
from explorer.dataset import (
    COLUMNS,
    DATA_FILES,
    FORMAT_VERSION,
    SPLITS,
    Dataset,
    SourceInfo,
    TuneInfo,
    column_dtypes,
    load,
    total_sha256,
    write_json_lines,
)
from explorer.encodings import ENCODINGS, Encoding, EncodingName
from explorer.errors import DataError
from explorer.notes import STEPS_PER_BAR

CRASHED = "reading it ended the process"
MAX_SOURCES = 255  # what a uint8 column can tell apart

_Rows = list[dict[str, Any]]
_Reader = Callable[[Job], FilePhrases]
_NOTHING = {True: "Nothing to train on", False: "Nothing to use"}  # by `held_out`
_NOUNS = {"melody": "melody", "drums": "drum beat", "trio": "trio"}


def prepare(
    corpora: Sequence[Path],
    out: Path,
    *,
    num_bars: int = 2,
    music: EncodingName = "melody",
    arrange: bool = False,
    workers: int = 1,
    seed: int = 0,
    held_out: bool = True,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Read the corpora, write a prepared folder and load it.

    What each file gave is kept in `cache`, so a run that was stopped goes on where it
    was. A file that cannot be used is left out with its reason.

    Parameters
    ----------
    corpora
        Folders of MIDI, MusicXML and ABC files, read with all their subfolders.
    out
        Folder to write.
    num_bars
        4/4 bars in one phrase.
    music
        What is taken from them: melodies, drum beats or trios.
    arrange
        Add trios arranged from lead sheets, quartets and Groove (`corpus_arranged`).
    workers
        Processes that read files; the result does not depend on it.
    seed
        Of the split into train, validation and test.
    held_out
        Whether there is such a split; without it all tunes are in train.
    cache
        Folder of extracts; the default is `extracted` beside `out`.
    progress
        Called with (files done, files in all).

    Raises
    ------
    DataError
        If a corpus folder is missing, nothing in it can be used, or a library that
        reads its files is not installed.
    """
    if num_bars < 1 or workers < 1:
        raise ValueError("num_bars and workers must be 1 or more")
    if arrange and music != "trio":
        raise DataError("Only trios are arranged. Add --music trio.")
    jobs = list_jobs(
        corpora,
        num_bars=num_bars,
        cache=cache or out.parent / "extracted",
        suffixes=SUFFIXES if music == "melody" or arrange else MIDI_SUFFIXES,
        seed=seed,
    )
    if arrange:
        jobs = trio_jobs(jobs)
    results: list[FilePhrases] = []
    for result in _read_all(jobs, workers, _reader(music)):
        results.append(result)
        if progress is not None:
            progress(len(results), len(jobs))
    candidates, left_out = _candidates(jobs, results, seed if held_out else None)
    kept, counts = keep_once(candidates, music)
    left_out += [
        _left_out(
            c.phrases.source, c.file, c.title, _why_empty(c.phrases, _NOUNS[music])
        )
        for c, rows in zip(candidates, kept, strict=True)
        if not len(rows)
    ]
    used = [(c, rows) for c, rows in zip(candidates, kept, strict=True) if len(rows)]
    if all(candidate.split != "train" for candidate, _ in used):
        raise DataError(
            f"{_NOTHING[held_out]} in {len(jobs)} files: no usable {_NOUNS[music]} of "
            f"{num_bars} bars in 4/4{_example(left_out)}. Add more music."
        )
    sources = {s.name: s for job in jobs for s in job.folder.sources}
    names = list(dict.fromkeys(n for n in sources if _has(used, n)))
    if len(names) > MAX_SOURCES:
        raise DataError(
            f"{len(names)} sources; at most {MAX_SOURCES} can be told apart."
        )
    columns = _columns(used, names, num_bars, ENCODINGS[music])
    tunes = [
        TuneInfo(
            title=candidate.title,
            source=candidate.phrases.source,
            licence=sources[candidate.phrases.source].licence,
            file=candidate.file,
            split=candidate.split,
            key=candidate.phrases.key,
        )
        for candidate, _ in used
    ]
    infos = _source_infos([sources[name] for name in names], tunes, columns, music)
    manifest = {
        "format_version": FORMAT_VERSION,
        "encoding": music,
        "num_bars": num_bars,
        "options": {"seed": seed, "hop_bars": 1, "num_files": len(jobs)},
        "sources": [vars(info) for info in infos],
        "windows": counts,
        "left_out": _count_reasons(left_out),
    }
    _write(out, columns, tunes, left_out, manifest)
    return load(out)


def list_jobs(
    corpora: Sequence[Path],
    *,
    num_bars: int,
    cache: Path,
    suffixes: Sequence[str] = SUFFIXES,
    seed: int = 0,
) -> list[Job]:
    """Every readable file of the corpora, in an order that follows from names alone.

    Raises
    ------
    DataError
        If a folder is missing, or there is no readable file in any.
    """
    jobs: dict[Path, tuple[tuple[str, str, str], Job]] = {}
    for root in corpora:
        if not root.is_dir():
            raise DataError(f"{root} is not a folder. Give folders of music files.")
        for path in root.rglob("*"):
            if path.suffix.lower() not in suffixes or not path.is_file():
                continue
            base, folder = folder_of(path, root)
            name = path.relative_to(base).as_posix()
            job = Job(
                path=path,
                name=name,
                folder=folder,
                num_bars=num_bars,
                cache=cache,
                seed=seed,
            )
            whole = path.resolve()  # a file in two of the folders is read once
            key = (folder.sources[0].name, name, str(whole))
            if whole not in jobs or key < jobs[whole][0]:
                jobs[whole] = key, job
    if not jobs:
        raise DataError(
            f"No music in {', '.join(map(str, corpora))}: files ending in "
            f"{', '.join(suffixes)} are read."
        )
    return [job for _, job in sorted(jobs.values(), key=lambda pair: pair[0])]


def _reader(music: EncodingName) -> _Reader:
    if music == "melody":
        return read_phrases
    return drum_phrases if music == "drums" else arranged_phrases


def _read_all(
    jobs: Sequence[Job], workers: int, reader: _Reader
) -> Iterator[FilePhrases]:
    """Phrases of each file, in order."""
    if workers == 1:
        yield from map(reader, jobs)
        return
    position = 0
    while position < len(jobs):
        try:
            for result in _read_in_pool(jobs[position:], workers, reader):
                yield result
                position += 1
        except BrokenProcessPool:  # this file ended a process, or one after it
            try:
                yield from _read_in_pool(jobs[position : position + 1], 1, reader)
            except BrokenProcessPool:
                yield FilePhrases(lines=(), left_out=(("", CRASHED),))
            position += 1


def _read_in_pool(
    jobs: Sequence[Job], workers: int, reader: _Reader
) -> Iterator[FilePhrases]:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context)
    try:
        yield from pool.map(reader, jobs)
    finally:
        pool.shutdown(cancel_futures=True)


def _candidates(
    jobs: Sequence[Job], results: Sequence[FilePhrases], seed: int | None
) -> tuple[list[Candidate], _Rows]:
    """(every line with its tune's split, what the readers left out).

    Without a seed all are in train.
    """
    candidates = []
    left_out = []
    for job, result in zip(jobs, results, strict=True):
        source = job.folder.sources[0].name
        left_out += [
            _left_out(source, job.name, what, reason)
            for what, reason in result.left_out
        ]
        for phrases in result.lines:
            title = phrases.title or job.path.stem
            if seed is None:
                split = SPLITS[0]
            else:
                split = phrases.split or split_of(key_of(job, phrases.title), seed)
            candidate = Candidate(
                phrases=phrases,
                title=title,
                file=f"{job.name}#{phrases.number}" if phrases.number else job.name,
                split=split,
            )
            candidates.append(candidate)
    return candidates, left_out


def _left_out(source: str, file: str, tune: str, reason: str) -> dict[str, str]:
    return {"source": source, "file": file, "tune": tune, "reason": reason}


def _why_empty(phrases: LinePhrases, noun: str) -> str:
    if len(phrases.tokens):
        return "every window also stands elsewhere"
    if phrases.dropped:
        most = max(phrases.dropped, key=lambda r: (phrases.dropped[r], r))
        return f"no usable window, most are: {most}"
    return f"no {noun} long enough for a window"


def _example(left_out: _Rows) -> str:
    return f" (as {left_out[0]['file']}: {left_out[0]['reason']})" if left_out else ""


def _count_reasons(left_out: _Rows) -> dict[str, int]:
    """How often each kind of reason stands in left_out.jsonl."""
    kinds = (re.split(r" \(|: ", row["reason"])[0] for row in left_out)
    return dict(sorted(Counter(kinds).items()))


def _has(used: Sequence[tuple[Candidate, ndarray]], source: str) -> bool:
    return any(candidate.phrases.source == source for candidate, _ in used)


def _columns(
    used: Sequence[tuple[Candidate, ndarray]],
    names: Sequence[str],
    num_bars: int,
    music: Encoding,
) -> dict[str, dict[str, ndarray]]:
    """Arrays by split and column; `tune` counts the rows of `used`."""
    columns: dict[str, dict[str, ndarray]] = {}
    for split in SPLITS:
        parts: dict[str, list[ndarray]] = {
            column: [np.zeros(0, np.int64)] for column in COLUMNS
        }
        phrase = (num_bars * STEPS_PER_BAR, *music.part_shape)
        parts["tokens"] = [np.zeros((0, *phrase), np.int64)]
        for index, (candidate, rows) in enumerate(used):
            if candidate.split == split:
                phrases = candidate.phrases
                parts["tokens"].append(phrases.tokens[rows])
                parts["tune"].append(np.full(len(rows), index))
                parts["bar"].append(phrases.bars[rows])
                parts["source"].append(np.full(len(rows), names.index(phrases.source)))
        columns[split] = {
            column: np.concatenate(parts[column]).astype(dtype)
            for column, dtype in column_dtypes(music).items()
        }
    return columns


def _source_infos(
    sources: Sequence[Source],
    tunes: Sequence[TuneInfo],
    columns: dict[str, dict[str, ndarray]],
    encoding: EncodingName,
) -> list[SourceInfo]:
    """Counts and normalised weights; without a weight, a source gets the mean one."""
    num_windows = [
        {split: int((columns[split]["source"] == i).sum()) for split in SPLITS}
        for i in range(len(sources))
    ]
    own = [weight_of(source, encoding) for source in sources]
    stated = [weight for weight in own if weight is not None]
    mean = sum(stated) / len(stated) if sum(stated) else 1.0
    weights = [
        (mean if weight is None else weight) * (windows["train"] > 0)
        for weight, windows in zip(own, num_windows, strict=True)
    ]
    total = sum(weights) or 1.0
    num_tunes = Counter(tune.source for tune in tunes)
    return [
        SourceInfo(
            name=source.name,
            licence=source.licence,
            citation=source.citation,
            url=source.url,
            weight=round(weight / total, 6),
            num_tunes=num_tunes[source.name],
            num_windows=windows,
        )
        for source, weight, windows in zip(sources, weights, num_windows, strict=True)
    ]


def _write(
    out: Path,
    columns: dict[str, dict[str, ndarray]],
    tunes: Sequence[TuneInfo],
    left_out: _Rows,
    manifest: dict[str, Any],
) -> None:
    """Write the folder; its manifest is put in place last."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)
    for split, arrays in columns.items():
        for column, array in arrays.items():
            np.save(out / f"{split}_{column}.npy", array)
    write_json_lines(out / "tunes.jsonl", [vars(tune) for tune in tunes])
    write_json_lines(out / "left_out.jsonl", left_out)
    files = {}
    for name in DATA_FILES:
        with (out / name).open("rb") as file:
            files[name] = file_digest(file, "sha256").hexdigest()
    manifest = {**manifest, "sha256": {"total": total_sha256(files), "files": files}}
    partial = out / "manifest.json.tmp"
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    partial.write_text(f"{text}\n", "utf-8")
    partial.replace(out / "manifest.json")
