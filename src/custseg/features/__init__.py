"""From logs to one row per customer; one family of features per file."""

from __future__ import annotations

from custseg.features._build import build_features
from custseg.features._rfm import rfm

__all__ = ["build_features", "rfm"]
