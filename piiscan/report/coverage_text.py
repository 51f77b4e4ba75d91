"""What was read and what was not, in words: the block every report opens with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.model import Section
from piiscan.report.ignored import ignored_note
from piiscan.report.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from piiscan.report.places import Places
    from piiscan.report.reading import Reading

SAMPLE_MEANING = (
    "A sample proves less than a full reading: where none of n sampled rows shows a kind of data, at most the share 1 - 0.05^(1/n), about 3/n, "
    "of the rows can hold it (95 % confidence)."
)


def coverage_lead(reading: Reading, last_day: date) -> tuple[str, ...]:
    """When sources were read, how much of them, and what is missing."""
    if reading.latest is None:
        return ("Nothing has been scanned yet: this report proves nothing.",)
    more = ("What was not read, or by sample only, may hold more than this report shows.",)
    return (_read(reading), *_gaps(reading), *_stale(reading, last_day), *(more if reading.may_hold_more else ()))


def coverage_sections(reading: Reading, places: Places) -> tuple[Section, ...]:
    """A table of sources: how much of each was read, when, and what was left out."""
    titles = ("source", "tables, files", "read", "by sample", "in part", "not read", "last read (UTC)", "why not all")
    rows = []
    for source in reading.sources:
        counts = reading.counts(source)
        figures = (counts[name] for name in ("containers", "scanned", "sampled", "partial", "skipped"))
        moment = reading.last_read[source]
        rows.append((source, *figures, f"{moment:%Y-%m-%d %H:%M}" if moment else None, tuple(_why(reading, source))))
    notes = [*_left_out(reading, places)]
    if reading.bound is not None:
        notes.append(f"{SAMPLE_MEANING} The largest such share here: {reading.bound:.2%}.")
    ignored = [record for record in reading.containers if record.ignored]
    notes += filter(None, [ignored_note([count for record in ignored for count in record.ignored], len(ignored))])
    return (Section("Coverage", titles, tuple(rows), note="\n".join(notes)),)


def _read(reading: Reading) -> str:
    run, counts = reading.latest, reading.counts()
    assert run is not None, "the caller has looked"
    what = f"tables and files in {number_of(len(reading.sources), 'source')} ({counts['sampled']:,} of them by sample)"
    rest = f"{counts['partial']:,} in part, {counts['skipped']:,} not at all"
    latest = f"Latest run: {run.run_id}, {run.status}, {_finished(run.finished_at)}."
    if not reading.unfinished:
        return f"Read: {counts['scanned']:,} of {counts['containers']:,} {what}, {rest}. {latest}"
    # How many there are is not known before a listing has ended.
    return f"Read so far: {counts['scanned']:,} {what}, {rest}; how many more there are is not known. {latest}"


def _finished(moment: datetime | None) -> str:
    return f"finished on {moment:%Y-%m-%d %H:%M} UTC" if moment else "not finished"


def _gaps(reading: Reading) -> Iterator[str]:
    for number, run in sorted({run.run_id: run for run in reading.unfinished.values()}.items()):
        names = ", ".join(name for name, of in reading.unfinished.items() if of.run_id == number)
        how = "is still running, or was killed," if run.status == "running" else "was interrupted"
        yield f"Run {number} {how} and has not read these sources to the end: {names}. What is shown of them may be older."
    gaps = (
        ("never read", reading.never_read),
        (
            "not read to the end in their latest run, what is shown of them may be older",
            tuple(name for name in reading.unreached if name not in reading.unfinished),
        ),
        ("no longer in the configuration, shown as last read and part of every total", reading.forgotten),
    )
    yield from (f"Sources {what}: {', '.join(sources)}." for what, sources in gaps if sources)
    if reading.older_rules:
        names = ", ".join(reading.older_rules)
        yield f"The rules have changed since these sources were read; what is new in them was not looked for: {names}."
    if reading.left_out:
        names = ", ".join(item.source for item in reading.left_out)
        yield f"Sources of which the configuration leaves out a part (see Coverage): {names}."


def _stale(reading: Reading, last_day: date) -> Iterator[str]:
    moments = [reading.last_read[name] for name in reading.stale]
    names = ", ".join(
        f"{name} ({moment:%Y-%m-%d})" for name, moment in zip(reading.stale, moments, strict=True) if moment
    )
    if names:
        yield f"This report goes up to {last_day}, but these sources were last read before: {names}. What came since is missing."


def _why(reading: Reading, source: str) -> Iterator[str]:
    if source in reading.never_read:
        yield "never read"
    if source in reading.unfinished:
        yield "run not finished"
    if any(item.source == source for item in reading.left_out):
        yield "a part left out"
    if source in reading.forgotten:
        yield "no longer configured"
    for code, count in reading.codes(source).items():
        yield f"{count:,} {code}"


def _left_out(reading: Reading, places: Places) -> Iterator[str]:
    for item in reading.left_out:
        only = f"only {', '.join(places.globs(item.source, item.include))} is read" if item.include else ""
        never = f"{', '.join(places.globs(item.source, item.exclude))} is not read" if item.exclude else ""
        yield f"Left out of {item.source} by the configuration: {'; '.join(filter(None, (only, never)))}."
