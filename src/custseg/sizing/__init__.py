"""How large segments must be: formulas of sample size, the outcome in the past of a log, and `min_size="auto"`.

Start at `_auto_minimum.py`; the formulas are in `_power.py`, and `_outcome.py` counts the outcome.
"""

from __future__ import annotations

from custseg.sizing._power import (
    TrialDesign,
    check_cv,
    check_lift,
    checked_design,
    customers_of,
    lift_of_means,
    lift_of_rates,
    open_share,
    treated_for_means,
    treated_for_rates,
)

__all__ = [
    "TrialDesign",
    "check_cv",
    "check_lift",
    "checked_design",
    "customers_of",
    "lift_of_means",
    "lift_of_rates",
    "open_share",
    "treated_for_means",
    "treated_for_rates",
]
