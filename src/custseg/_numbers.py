"""Old names of `custseg._format`, until nothing uses them."""

from __future__ import annotations

from functools import partial

from custseg import _format
from custseg._format import SHARES as SHARES
from custseg._format import roundest as roundest
from custseg._format import significant_digits as significant_digits

HUGE = 1e15
number_words = partial(_format.number, digits=_format.EXACT)
amount = partial(_format.amount, digits=_format.EXACT)
