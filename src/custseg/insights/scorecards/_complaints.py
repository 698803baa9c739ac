"""Whether the complaint rate is at a level at which mailbox providers act, as far as the data tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

from custseg.insights.scorecards._estimates import LEVEL, Figure

LIMITS = (0.001, 0.003)
"""Google and Yahoo ask senders to stay below 0.1 % and never to reach 0.3 % (Email sender guidelines, 2024)."""


@dataclass(frozen=True)
class ComplaintAlert:
    """What the complaints of a segment or campaign mean.

    Attributes
    ----------
    name : str
        The segment or campaign.
    level : {"above_high", "above", "likely", "open", "clear"}
        "above_high": the rate is above 0.3 %, "above": above 0.1 %, each beyond the one-sided 95 % bound. "likely":
        the observed rate is above 0.1 %, but chance can explain that. "open": it is below, but 0.1 % cannot be ruled
        out. "clear": it is below 0.1 % beyond the bound.
    figure : Figure
        The complaint rate.
    needed : int
        Delivered mails without a complaint after which 0.1 % can be ruled out.
    """

    name: str
    level: str
    figure: Figure
    needed: int


def complaint_alert(name: str, figure: Figure) -> ComplaintAlert:
    """The alert of one complaint rate."""
    low, high = LIMITS
    needed = math.ceil(math.log(1 - LEVEL) / math.log(1 - low))
    if figure.total == 0:
        level = "open"
    elif figure.at_least > high:
        level = "above_high"
    elif figure.at_least > low:
        level = "above"
    elif figure.value > low:
        level = "likely"
    else:
        level = "open" if figure.at_most > low else "clear"
    return ComplaintAlert(name, level, figure, needed)
