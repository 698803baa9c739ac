"""Figures of a result, one per file: `plot_segments`. Plots draw what the result holds and compute nothing."""

from __future__ import annotations

from custseg.plots._segments import plot_segments

__all__ = ["plot_segments"]
