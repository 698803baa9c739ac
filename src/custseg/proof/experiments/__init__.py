"""Experiments: who is held out, whether the groups have the planned sizes, and what the treatment changed.

Start at `_split.py`, then `_sample_ratio.py`, `_experiment_outcomes.py`, which counts in the logs, and `_uplift.py`,
which compares groups in `_group_comparison.py`.
"""

from __future__ import annotations

from custseg.proof.experiments._experiment_outcomes import experiment_outcomes
from custseg.proof.experiments._sample_ratio import SampleRatio, sample_ratio
from custseg.proof.experiments._split import split
from custseg.proof.experiments._uplift import uplift
from custseg.proof.experiments._uplift_result import SegmentUplift, Uplift

__all__ = ["SampleRatio", "SegmentUplift", "Uplift", "experiment_outcomes", "sample_ratio", "split", "uplift"]
