"""How long does `import custseg` take, and what does it load? Limit: 0.35 s, and no heavy library."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

from _measure import parse_options

HEAVY = ("matplotlib", "pandas", "sklearn", "numba", "polars", "scipy")
CODE = f"""
import sys, time
start = time.perf_counter()
import custseg
print(time.perf_counter() - start, *[name for name in {HEAVY!r} if name in sys.modules])
"""


def main() -> None:
    """Print the median of fresh interpreters."""
    parse_options(argparse.ArgumentParser(description=__doc__))
    runs = [
        subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(9)
    ]
    seconds = statistics.median(float(run[0]) for run in runs)
    loaded = sorted({name for run in runs for name in run[1:]})
    verdict = "met" if seconds < 0.35 else "MISSED"
    print(f"import custseg: {seconds:.4f} s (median of {len(runs)}; limit 0.35 s: {verdict})")
    print(f"heavy libraries loaded: {', '.join(loaded) or 'none'}")


if __name__ == "__main__":
    main()
