"""Evidence for and by segments: sizes that can show a lift, crossed columns, and experiments.

Start at `_sample_size.py`; `experiments/` splits customers and reads the result, `out_of_time/` fits in the past
and looks at what happened afterwards.
"""

from __future__ import annotations

from custseg.proof._cross_check import CrossCheck, CrossedColumns, cross_check
from custseg.proof._further_segments import FurtherSegment
from custseg.proof._sample_size import SampleSize, detectable_lift, sample_size
from custseg.proof.experiments import (
    SampleRatio,
    SegmentUplift,
    Uplift,
    experiment_outcomes,
    sample_ratio,
    split,
    uplift,
)
from custseg.proof.out_of_time import Comparison, Proof, SegmentOutcome, prove

__all__ = [
    "Comparison",
    "CrossCheck",
    "CrossedColumns",
    "FurtherSegment",
    "Proof",
    "SampleRatio",
    "SampleSize",
    "SegmentOutcome",
    "SegmentUplift",
    "Uplift",
    "cross_check",
    "detectable_lift",
    "experiment_outcomes",
    "prove",
    "sample_ratio",
    "sample_size",
    "split",
    "uplift",
]


def __dir__() -> list[str]:
    return __all__
