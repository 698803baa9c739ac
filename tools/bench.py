"""Runs the benchmarks and writes what they print into benchmarks/README.md: `make bench`, or `make bench FULL=1`.

Each script has a part of its own for each size between two comments of the page. A script that cannot run, because data
or another library are missing, leaves its part as it is, with its date; so does one that fails. All else in the page is
prose and stays.

    python tools/bench.py transitions import_time    # only these, small
    python tools/bench.py --full transitions
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "benchmarks"
PAGE = FOLDER / "README.md"
SIZES = ("full", "small")
LIBRARIES = ("numpy", "scipy", "scikit-learn", "numba", "polars", "pandas", "duckdb")
# Libraries beside which a script measures, and that are no dependencies: by the name to import.
PEERS = {
    "spark_fit": "pyspark",
    "spark_sizes": "pyspark",
    "min_size_kmeans": "k_means_constrained",
    "order_features": "lifetimes",
}
# Scripts whose full size reads the real logs; the small one makes its tables.
READ_LOGS = ("choice_quality", "choice_sensitivity", "choice_speed", "out_of_time")

_SECTION = re.compile(r"(?<=<!-- printed by the scripts -->\n).*?(?=<!-- end of printed -->)", re.DOTALL)
_RUN = re.compile(r"<!-- (?P<script>\w+), (?P<size>full|small) -->\n(?P<text>.*?)\n<!-- end -->\n", re.DOTALL)

Runs = dict[tuple[str, str], str]
"""What is written for each script and size."""


@dataclass(frozen=True)
class Setting:
    """When and where a script ran, for the line above what it printed."""

    day: date
    machine: str
    versions: str

    @classmethod
    def here(cls) -> Setting:
        """This machine, without its name."""
        processor = platform.processor() or platform.machine()
        cpuinfo = Path("/proc/cpuinfo")
        if cpuinfo.exists() and (model := re.search(r"^model name\s*: (.*)$", cpuinfo.read_text(), re.MULTILINE)):
            processor = model[1]
        return cls(date.today(), f"{os.cpu_count()} cores, {processor}", _versions())

    def line(self, size: str, seconds: float) -> str:
        return f"*{size.capitalize()} size, {self.day}, {seconds:.0f} s; {self.machine}; {self.versions}.*"


def _versions() -> str:
    parts = [f"Python {platform.python_version()}"]
    for name in ("custseg", *LIBRARIES):
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(parts)


def scripts() -> list[str]:
    """The names of all benchmarks."""
    return sorted(path.stem for path in FOLDER.glob("[!_]*.py"))


def runs_of(page: str) -> Runs:
    """What the page has of earlier runs."""
    section = _SECTION.search(page)
    if section is None:
        raise ValueError(f"{PAGE.name} has no comments “printed by the scripts” and “end of printed”; restore them.")
    return {(run["script"], run["size"]): run["text"] for run in _RUN.finditer(section[0])}


def page_with(page: str, runs: Runs) -> str:
    """The page with these runs, a heading for each script, the full size first; all else stays."""
    parts = []
    for script in sorted({script for script, _ in runs}):
        texts = [
            f"<!-- {script}, {size} -->\n{runs[script, size]}\n<!-- end -->\n"
            for size in SIZES
            if (script, size) in runs
        ]
        parts.append("\n".join([f"### `{script}.py`\n", *texts]))
    # A function, since a text may hold what a replacement would read as a group.
    return _SECTION.sub(lambda _: "\n" + "\n".join(parts) + "\n", page)


def missing(script: str, *, full: bool) -> str | None:
    """What a script needs and does not have here."""
    data = Path(os.environ.get("CUSTSEG_DATA", ROOT.parent / "shared" / "data"))
    if full and script in READ_LOGS and not (data / "online_retail.parquet").exists():
        return "the real logs: set CUSTSEG_DATA to their folder"
    peer = PEERS.get(script)
    if peer and find_spec(peer) is None:
        return f"the library beside which it measures: pip install {peer.replace('_', '-')}"
    return None


def printed_by(script: str, *, full: bool) -> str | None:
    """What a script prints, which is shown on the way; None if it fails."""
    command = [sys.executable, str(FOLDER / f"{script}.py"), *([] if full else ["--small"])]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    return None if process.returncode else "\n".join(lines).strip("\n")


def run(script: str, *, full: bool, earlier: Runs) -> str | None:
    """The part of the page for a script, or None if its earlier one stays."""
    size = SIZES[0] if full else SIZES[1]
    stays = "what the page has of it stays" if (script, size) in earlier else "the page has nothing of it"
    print(f"\n=== {script}, {size} size", flush=True)
    lack = missing(script, full=full)
    if lack and (script, size) in earlier:
        print(f"Not run, {stays}. It needs {lack}.", flush=True)
        return None
    start = time.perf_counter()
    text = printed_by(script, full=full)
    if text is None:
        print(f"FAILED, {stays}.", flush=True)
        return None
    line = Setting.here().line(size, time.perf_counter() - start)
    note = f"\n\nIn part: it needs {lack}." if lack else ""
    return f"{line}{note}\n\n```text\n{text}\n```"


def main() -> int:
    """Run the scripts, and write the page after each of them; the exit code is 1 if one has failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", nargs="*", help="by default all")
    parser.add_argument("--full", action="store_true", help="the full size, which takes hours")
    options = parser.parse_args()
    if unknown := set(options.scripts) - set(scripts()):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(scripts())}")
    has_failed = False
    for script in options.scripts or scripts():
        page = PAGE.read_text(encoding="utf-8")
        earlier = runs_of(page)
        text = run(script, full=options.full, earlier=earlier)
        if text is None:
            has_failed |= missing(script, full=options.full) is None
            continue
        size = SIZES[0] if options.full else SIZES[1]
        PAGE.write_text(page_with(page, earlier | {(script, size): text}), encoding="utf-8")
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main())
