"""Prints how well personal information is found in labelled texts and columns, beside stock Presidio in the same run.

    python bench/accuracy.py --data DIR [--sets GLOB] [--limit N] [--match overlap|exact] [--json FILE] [--misses TYPE]

DIR holds ``spans/*.jsonl`` (id, text, spans with start, end, type) with ``spans_types.csv`` (label, type, category), and
``columns_truth.csv`` with ``databases/*.sqlite``; either may be absent. A finding in a text is right, and a label met, if both
are of one type and share at least half of the code points they cover together (--match exact: the same begin and end); each
counts once. A type is judged only in sets that label it; in a set without labels every finding is a false alarm. An address
labelled in one piece and found in pieces, or the other way round, is judged as a whole: a place or code that is part of an
address is then judged no more by itself. A user's name after an @ is a USERNAME. Presidio has its default English recognizers and
no language model (see stock.py); of its findings those with a score of 0.4 or more count. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import _accuracy_columns
import stock
from _accuracy_figures import Figures, table
from _accuracy_spans import Span, Tally, TextSet, judge, kind_of, read_categories, read_sets

from piiscan import Detector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from _accuracy_spans import Text

TOOLS: Final = ("piiscan", "stock Presidio")
HEAD: Final = ["labels", *(f"{tool}: {what}" for tool in TOOLS for what in ("recall", "precision", "F2"))]
SHOWN: Final = 40
"""Code points shown on either side of a miss."""


@dataclass
class Run:
    """One tool at work: what it finds in texts, what came of it in each set, and the CPU seconds it took."""

    find: Callable[[Sequence[str]], list[list[Span]]]
    sets: dict[str, Tally] = field(default_factory=dict)
    alarms: dict[str, Counter[str]] = field(default_factory=dict)
    cpu_s: float = 0.0

    def total(self) -> Tally:
        """All sets together."""
        total = Tally()
        for tally in self.sets.values():
            total += tally
        return total


def main() -> None:
    """Reads, judges, prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="at most so many texts of each set, drawn with a fixed seed")
    parser.add_argument("--sets", default="*", help="only the sets of texts whose names match this pattern")
    parser.add_argument("--match", choices=("overlap", "exact"), default="overlap")
    parser.add_argument("--json", type=Path, help="write every number to this file")
    parser.add_argument(
        "--misses", metavar="TYPE", help="list what piiscan misses or wrongly finds of this type, with its surroundings"
    )
    options = parser.parse_args()
    began = time.process_time()
    detector = Detector()
    document: dict[str, object] = {
        "built_s": time.process_time() - began,
        "match": options.match,
        "limit": options.limit,
    }
    if (options.data / "spans").is_dir():
        document |= judge_texts(detector, options)
    if (options.data / "columns_truth.csv").is_file():
        document |= judge_columns(detector, options.data)
    if options.json:
        options.json.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def judge_texts(detector: Detector, options: argparse.Namespace) -> dict[str, object]:
    """Both tools on the same texts: prints the tables, returns the numbers."""
    kinds, categories = read_categories(options.data / "spans_types.csv")
    engine = stock.analyzer()
    runs = dict(zip(TOOLS, (Run(by_piiscan(detector)), Run(by_stock(engine))), strict=True))
    for run in runs.values():
        run.find(["What is loaded late is loaded now: call Ann Lee at 212-555-0187 or write to ann@example.com."])
    sizes = {}
    for texts in read_sets(options.data / "spans", options.sets, kinds, options.limit):
        sizes[texts.name] = len(texts.texts)
        for tool, run in runs.items():
            misses = options.misses if tool == TOOLS[0] else None
            work(run, texts, misses, exact=options.match == "exact")
    print(render_texts(runs, sizes, categories))
    return {"texts": {tool: numbers(run, sizes, categories) for tool, run in runs.items()}}


def by_piiscan(detector: Detector) -> Callable[[Sequence[str]], list[list[Span]]]:
    """What piiscan reports of texts, as its configuration comes."""
    return lambda texts: [
        [Span(kind_of(d.entity, d.data_type), d.start, d.end) for d in found] for found in detector.detect(texts)
    ]


def by_stock(engine: object) -> Callable[[Sequence[str]], list[list[Span]]]:
    """What Presidio reports of texts."""
    return lambda texts: [
        [Span(kind_of(r.entity_type), r.start, r.end) for r in stock.find(engine, text)] for text in texts
    ]


def work(run: Run, texts: TextSet, misses: str | None, *, exact: bool) -> None:
    """Judges one set; in a clean one every finding is counted as a false alarm, of whatever type."""
    tally = run.sets[texts.name] = Tally()
    if not texts.kinds:
        run.alarms[texts.name] = Counter()
    began = time.process_time()
    found = run.find([text.text for text in texts.texts])
    run.cpu_s += time.process_time() - began
    for text, spans in zip(texts.texts, found, strict=True):
        verdict = judge(text.labels, spans, texts.kinds, exact=exact)
        if not texts.kinds:
            run.alarms[texts.name].update(f.kind for f in verdict.wrong)
        else:
            tally.add(verdict)
        if misses is not None:
            show(text, verdict.missed, f"{texts.name}: missed", misses)
            show(text, verdict.wrong, f"{texts.name}: wrong", misses)


def show(text: Text, spans: Iterable[Span], word: str, kind: str) -> None:
    """Prints spans of one kind with their surroundings."""
    for span in spans:
        if span.kind == kind:
            before, after = text.text[max(0, span.start - SHOWN) : span.start], text.text[span.end : span.end + SHOWN]
            print(f"{word}: {before!r} [{text.text[span.start : span.end]!r}] {after!r}")


def render_texts(runs: dict[str, Run], sizes: dict[str, int], categories: dict[str, str]) -> str:
    """The Markdown tables of the texts: by type, category and set, false alarms, CPU time."""
    totals = [run.total() for run in runs.values()]
    by_category = defaultdict(list)
    for kind in kinds_of(totals):
        by_category[category_of(kind, categories)].append(kind)
    personal = [kind for kind in kinds_of(totals) if is_personal(kind, categories)]
    parts = [f"{sum(sizes.values()):,} texts\n"]
    if personal:
        parts.append(by_type(totals, {"all that is personal": personal}))
        parts.append(compare("category", sorted(by_category.items()), totals))
    for name, size in sizes.items():
        tallies = [run.sets[name] for run in runs.values()]
        if name in runs[TOOLS[0]].alarms:
            parts.append(alarms(name, size, list(runs.values())))
        elif len(sizes) > 1:
            parts.append(f"{name} ({size:,} texts)\n\n{by_type(tallies)}")
    ours, theirs = (run.cpu_s for run in runs.values())
    parts.append(f"CPU: piiscan {ours:.1f} s, stock Presidio {theirs:.1f} s, {theirs / ours:.1f} times as long.\n")
    return "\n".join(parts)


def kinds_of(tallies: Sequence[Tally]) -> list[str]:
    """The kinds that are labelled or found, those with most labels first."""
    kinds = set().union(*(tally.labels.keys() | tally.findings.keys() for tally in tallies))
    return sorted(kinds, key=lambda kind: (-tallies[0].labels[kind], kind))


def by_type(tallies: Sequence[Tally], more: dict[str, list[str]] | None = None) -> str:
    """A table of both tools by type, then all types together, then ``more`` groups of types."""
    kinds = kinds_of(tallies)
    groups = {**{kind: [kind] for kind in kinds}, "all": kinds, **(more or {})}
    return compare("type", groups.items(), tallies)


def category_of(kind: str, categories: dict[str, str]) -> str:
    """The category of a kind; user names are not in the data's own list."""
    return "identifiers" if kind == "USERNAME" else categories.get(kind, "none")


def is_personal(kind: str, categories: dict[str, str]) -> bool:
    """Whether it is personal information by itself: dates and places are not."""
    return category_of(kind, categories) != "none"


def compare(what: str, groups: Iterable[tuple[str, Sequence[str]]], tallies: Sequence[Tally]) -> str:
    """A table of both tools: one row for each group of kinds."""
    rows = []
    for name, kinds in groups:
        both = [Figures.of(*tally.of(kinds)) for tally in tallies]
        rows.append([name, f"{both[0].recall.whole:,}", *(cell for figures in both for cell in figures.cells())])
    return table([what, *HEAD], rows)


def alarms(name: str, size: int, runs: Sequence[Run]) -> str:
    """A table of false alarms for each 1,000 texts of a clean set."""
    counts = [run.alarms[name] for run in runs]
    kinds = sorted(set().union(*counts), key=lambda kind: (-counts[0][kind], -counts[1][kind], kind))
    rows = [[kind, *(f"{1000 * count[kind] / size:.1f}" for count in counts)] for kind in kinds]
    rows.append(["all", *(f"{1000 * count.total() / size:.1f}" for count in counts)])
    return f"False alarms for each 1,000 texts of {name} ({size:,} texts without personal information)\n\n" + table(
        ["type", *TOOLS], rows
    )


def numbers(run: Run, sizes: dict[str, int], categories: dict[str, str]) -> dict[str, object]:
    """What a run gave, as JSON has it."""
    total = run.total()
    return {
        "cpu_s": run.cpu_s,
        "all": Figures.of(*total.of(total.labels)).data(),
        "personal": Figures.of(*total.of(k for k in total.labels if is_personal(k, categories))).data(),
        "types": {kind: Figures.of(*total.of([kind])).data() for kind in sorted(total.labels)},
        "sets": {
            name: {
                "texts": sizes[name],
                "types": {kind: Figures.of(*tally.of([kind])).data() for kind in sorted(tally.labels)},
                "false_alarms": dict(run.alarms.get(name, {})),
            }
            for name, tally in run.sets.items()
        },
    }


def judge_columns(detector: Detector, data: Path) -> dict[str, object]:
    """Both tools on the same columns: prints the tables, returns the numbers."""
    result = _accuracy_columns.measure(data, detector)
    print(_accuracy_columns.render(result))
    print(
        f"CPU: piiscan {result.our_s:.1f} s for every cell, stock Presidio {result.stock_s:.1f} s for 20 cells of each column."
    )
    shares = _accuracy_columns.figures(result)
    return {"columns": {name: {what: share.data() for what, share in row.items()} for name, row in shares.items()}}


if __name__ == "__main__":
    main()
