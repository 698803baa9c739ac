"""Results handed over to other programs: the activation list of the customers who entered a segment.

Start reading at `_activation.py`.
"""

from __future__ import annotations

from custseg.exports._activation import export_activation, original_text

__all__ = ["export_activation", "original_text"]
