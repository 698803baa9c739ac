"""Segments of customers in Spark: a fit to a sample of them, whose minimum size holds for all.

Start at `_base.py`: `SampledBase` draws the sample and counts whom it stands for. `_counted.py` counts the customers of
each segment by the rule of a fit, `_minimum_for_all.py` corrects the offsets of the rule until the minimum size holds
for all, and `_whole_base.py` is what a result knows of all customers.
"""

from __future__ import annotations

from custseg.distributed._base import SampledBase, SampledMinimum, sampled
from custseg.distributed._minimum_for_all import choice_for_all
from custseg.distributed._whole_base import NO_SEGMENT, RETURNED, WholeBase

__all__ = ["NO_SEGMENT", "RETURNED", "SampledBase", "SampledMinimum", "WholeBase", "choice_for_all", "sampled"]
