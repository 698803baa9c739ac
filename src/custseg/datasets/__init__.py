"""Data to learn and test with: a seeded shop with known kinds of customers (`make_shop`), and a public log.

Nothing else in custseg depends on this folder. Start reading at `_shop.py`: `_kinds.py` and `_calendar.py` describe
the customers and the days, `_buyers.py`, `_lines.py`, `_mails.py` and `_visits.py` draw them. `_online_retail.py`
loads the public log, from a workbook that `_workbook.py` reads.
"""

from __future__ import annotations

from custseg.datasets._online_retail import load_online_retail
from custseg.datasets._shop import Shop, make_shop

__all__ = ["Shop", "load_online_retail", "make_shop"]


def __dir__() -> list[str]:
    return __all__
