"""What experiments need: customers enough to show a lift, and a fixed group for each customer.

Start at `_power.py` for the formulas, at `_auto_minimum.py` for the size of segments, which takes the outcome of
`_outcome.py`, and at `_compared_groups.py` for the groups.
"""

from __future__ import annotations

from custseg.trials._auto_minimum import AutoMinimum, SegmentPower, auto_minimum
from custseg.trials._compared_groups import (
    GROUPS,
    HELD_OUT,
    TREATED,
    check_by,
    check_salt,
    hash_digits,
    hashed,
    id_key,
    last_held_out,
)
from custseg.trials._outcome import PastOutcome, past_clicks, past_horizon, past_purchases
from custseg.trials._power import (
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
    "GROUPS",
    "HELD_OUT",
    "TREATED",
    "AutoMinimum",
    "PastOutcome",
    "SegmentPower",
    "TrialDesign",
    "auto_minimum",
    "check_by",
    "check_cv",
    "check_lift",
    "check_salt",
    "checked_design",
    "customers_of",
    "hash_digits",
    "hashed",
    "id_key",
    "last_held_out",
    "lift_of_means",
    "lift_of_rates",
    "open_share",
    "past_clicks",
    "past_horizon",
    "past_purchases",
    "treated_for_means",
    "treated_for_rates",
]
