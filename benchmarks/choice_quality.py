"""How often is the choice right, does it stay the same, and does it find groups where there are none?

Every part is one row of the table of limits, and runs alone by `--part`. Parts with real logs or public labeled sets
need the folder `CUSTSEG_DATA` (by default `../shared/data` beside the repository), and leave out what is not there.
`--count 100` is the full benchmark: 100 tables, ten samples, five seeds; a smaller count is a trial.

    python benchmarks/choice_quality.py --part steady two --processes 4
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from functools import partial

from _choice_planted_shops import planted_shops
from _choice_report import Limit, Measure, Part
from _choice_shapes import labelled, shapes
from _choice_shops import consensus, eta, kinds, logs, next_month, rows, steady
from _choice_tables import PLANTED, half_random_part, null, planted_part, two
from _measure import parse_options

PARTS: dict[str, Part] = {
    "steady": steady,
    "consensus": consensus,
    "planted-shops": planted_shops,
    "next-month": next_month,
    "rows": rows,
    "half-random": half_random_part,
    "null": null,
    **{kind: partial(planted_part, kind) for kind in PLANTED},
    "two": two,
    "labelled": labelled,
    "shapes": shapes,
    "kinds": kinds,
    "eta": eta,
    "logs": logs,
}
LIMITS = {
    "steady Online Retail same": Limit("Online Retail, the same number in all samples and months", 0.8, "3 to 8"),
    "steady Online Retail near": Limit("Online Retail, within one of it", 0.95, "3 to 8"),
    "steady CDNOW same": Limit("CDNOW, the same number in all samples and quarters", 0.8, "3 to 8"),
    "steady CDNOW near": Limit("CDNOW, within one of it", 0.95, "3 to 8"),
    "consensus": Limit("consensus beside 20 true samples of 80 %, largest difference", 0.1, at_most=True),
    "planted-shops": Limit("shops of 3, 4, 6 and 8 kinds, right number", 0.8),
    "next-month": Limit("rules of neighboring dates, median adjusted Rand", 0.75, ".72 with the best fixed number"),
    "rows": Limit("different numbers at 5,000 to 1,000,000 customers", 1, "2", at_most=True, form=".0f"),
    "half-random": Limit("half-random tables natural across the random columns", 0.05, at_most=True),
    "null": Limit("tables without groups natural", 0.02, "0 to .01", at_most=True),
    "planted": Limit("groups 5σ apart, right number", 0.97, "1.00"),
    "planted-close": Limit("groups 4σ apart, right number", 0.88, ".91"),
    "planted-heavy": Limit("groups 5σ apart and a heavy-tailed column, right number", 0.9, ".98"),
    "two": Limit("two far groups, 50:50 to 99:1, found exactly", 0.97, "0"),
    "labelled score": Limit("public labeled sets, mean adjusted Rand", 0.69, ".649"),
    "labelled right": Limit("public labeled sets, right number", 23, "21", form=".0f"),
    "shapes": Limit("own shapes, mean adjusted Rand", 0.85, ".895"),
    "kinds R, F, M": Limit("kinds of the seeded shop by recency, frequency and money, adjusted Rand", 0.8, ".80"),
    "kinds all": Limit("kinds of the seeded shop by all order features, adjusted Rand", 0.95, ".95"),
    "eta Online Retail": Limit("η² of later log revenue, Online Retail", 0.253, ".258"),
    "eta Complete Journey": Limit("η² of later log revenue, Complete Journey", 0.421, ".426"),
    "eta CDNOW": Limit("η² of later log revenue, CDNOW", 0.282, ".287"),
    "logs": Limit("two real shops by two sets of columns, lowest stability", 0.75, ".76"),
}


def main() -> None:
    """Print what each part measures beside its limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=list(PARTS), nargs="+", default=list(PARTS))
    parser.add_argument("--count", type=int, default=100, help="tables; ten times the samples; a trial below 100")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--told", action="store_true", help="shapes: also methods that are told the true number")
    options = parse_options(parser, part=["half-random", "null", "planted", "two"], count=4, processes=2)
    # Each process has one thread, so that as many processes as cores are of use.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    parts = PARTS | {"shapes": partial(shapes, with_told=options.told)}
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for part in options.part:
            start = time.perf_counter()
            print(f"\n{part}", flush=True)
            for line in parts[part](options.count, pool.imap):
                print(f"  {LIMITS[line.key].line(line) if isinstance(line, Measure) else line}", flush=True)
            print(f"  {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
