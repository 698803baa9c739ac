"""Data to learn and test on: seeded shops whose customers are of known kinds, and a public log."""

from __future__ import annotations

from custseg.datasets._online_retail import load_online_retail
from custseg.datasets._shop import Shop, make_shop

__all__ = ["Shop", "load_online_retail", "make_shop"]
