"""Files whose header is not fixed: a preset lists the names of columns, the user names the others.

Start reading at `_mapped.py`; `_header.py` finds the header, `_matching.py` the customers of accounts outside, and
`_kinds.py` makes the logs. `_presets.py` reads several files of one preset.
"""

from __future__ import annotations

from custseg.sources.mapping._mapped import mapped, presets
from custseg.sources.mapping._presets import PRESETS

__all__ = ["PRESETS", "mapped", "presets"]
