"""Evidence for and by segments: sizes that can show a lift, crossed columns, and experiments.

Start at `_sample_size.py`; `experiments/` splits customers and reads the result.
"""

from __future__ import annotations

from custseg.proof._sample_size import SampleSize, detectable_lift, sample_size
from custseg.proof.experiments import SampleRatio, SegmentUplift, Uplift, sample_ratio, split, uplift

__all__ = [
    "SampleRatio",
    "SampleSize",
    "SegmentUplift",
    "Uplift",
    "detectable_lift",
    "sample_ratio",
    "sample_size",
    "split",
    "uplift",
]
