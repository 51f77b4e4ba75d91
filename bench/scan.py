"""What a scan of a large PostgreSQL table costs: CPU, memory, and the same cells through stock Presidio in the same run.

    python bench/scan.py [--url postgresql+psycopg://postgres@127.0.0.1/postgres] [--small 200000] [--large 2000000]

Makes two tables of 12 columns in a schema of its own and drops it afterwards. Prints, as Markdown, CPU seconds (driver and
workers), the peak memory of the largest process and of all together, and rows: ``sample`` on both tables, ``full`` on the
first 20,000 and 200,000 rows. The peer is Presidio's AnalyzerEngine as it comes, without a model, on cells of the same table.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import stock

SCHEMA = "piiscan_bench"
PEER_ROWS = 300


@dataclass
class Cost:
    """What one scan took."""

    cpu_s: float
    wall_s: float
    largest_mib: float
    together_mib: float
    cells: int
    rows: int


def main() -> None:
    """Makes the tables, scans them, prints the rows of the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="postgresql+psycopg://postgres@127.0.0.1/postgres")
    parser.add_argument("--small", type=int, default=200_000)
    parser.add_argument("--large", type=int, default=2_000_000)
    arguments = parser.parse_args()
    engine = sa.create_engine(arguments.url, hide_parameters=True)
    tables = {"small": arguments.small, "large": arguments.large, "tenth": arguments.small // 10}
    try:
        for name, rows in tables.items():
            make(arguments.url, name, rows)
        peer_s = peer(engine)
        print(
            "| table | mode | rows read | CPU s | wall s | largest process MiB | all MiB | cells/CPU s | times stock Presidio |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for name, mode in (("small", "sample"), ("large", "sample"), ("tenth", "full"), ("small", "full")):
            cost = scan(arguments.url, name, mode)
            rate = cost.cells / cost.cpu_s
            row = [
                f"{tables[name]:,}",
                mode,
                f"{cost.rows:,}",
                f"{cost.cpu_s:.1f}",
                f"{cost.wall_s:.1f}",
                f"{cost.largest_mib:.0f}",
            ]
            print("| " + " | ".join([*row, f"{cost.together_mib:.0f}", f"{rate:,.0f}", f"{rate * peer_s:.1f}"]) + " |")
        print(f"\nStock Presidio on {PEER_ROWS} rows of the same table: {1 / peer_s:,.0f} cells/CPU s.")
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def make(url: str, name: str, rows: int) -> None:
    """Fills one table on the server."""
    script = Path(__file__).with_name("make_pg.py")
    subprocess.run(
        [sys.executable, script, str(rows), url.replace("+psycopg", ""), f"{SCHEMA}.{name}"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def scan(url: str, table: str, mode: str) -> Cost:
    """Runs the command on one table in a process of its own, and adds up what it and its workers used."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "piiscan.toml")
        config.write_text(
            f'[firm]\nname = "bench"\n[scan]\nmode = "{mode}"\n[sources.pg]\nconnector = "sql"\nurl = "{url}"\ninclude = ["{SCHEMA}.{table}"]\n'
        )
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "piiscan", "-c", config, "scan", "--format", "json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        watch = Watch(process.pid)
        output, _ = process.communicate()
        watch.done.set()
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        watch.join()
    if process.returncode != 0:
        raise SystemExit(f"the scan of {table} ended with {process.returncode}")
    totals = json.loads(output)["totals"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Workers hang below a fork server that nobody waits for: their time is read off the process table instead.
    return Cost(
        cpu + watch.orphans_s,
        wall,
        watch.largest_kib / 1024,
        watch.together_kib / 1024,
        totals["cells"],
        totals["cells"] // 12,
    )


class Watch(threading.Thread):
    """Follows a process and its descendants: the largest resident set, the largest proportional sum, the CPU time."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.done = threading.Event()
        self.largest_kib = self.together_kib = 0
        self.cpu: dict[int, float] = {}
        self.start()

    @property
    def orphans_s(self) -> float:
        """CPU seconds of all descendants, as last seen; the process itself is accounted for by its parent."""
        return sum(self.cpu.values())

    def run(self) -> None:
        """Looks twenty times a second."""
        while not self.done.wait(0.05):
            family = self.family()
            sizes = [self.memory(pid) for pid in family]
            self.largest_kib = max([self.largest_kib, *(rss for rss, _ in sizes)])
            self.together_kib = max(self.together_kib, sum(pss for _, pss in sizes))
            for pid in family[1:]:
                self.cpu[pid] = max(self.cpu.get(pid, 0.0), self.time(pid))

    def family(self) -> list[int]:
        """The process and all below it."""
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    @staticmethod
    def memory(pid: int) -> tuple[int, int]:
        """Resident and proportional KiB."""
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return (0, 0)
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        return sizes.get("Rss", 0), sizes.get("Pss", 0)

    @staticmethod
    def time(pid: int) -> float:
        """CPU seconds so far."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / 100


def peer(engine: sa.Engine) -> float:
    """CPU seconds a cell that stock Presidio takes (all default recognizers, no model) on cells of the large table."""
    analyzer = stock.analyzer()
    with engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT * FROM {SCHEMA}.large LIMIT {PEER_ROWS}")).all()
    cells = [str(value) for row in rows for value in row if value is not None]
    began = time.process_time()
    for cell in cells:
        analyzer.analyze(cell, language="en")
    return (time.process_time() - began) / len(cells)


if __name__ == "__main__":
    main()
