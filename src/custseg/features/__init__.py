"""Features per customer from order logs, event logs and customer tables.

Start reading in `_build.py`: it joins the columns of the `families`, which are computed from the `sums` per customer.
`features_of` is the step of `build_features` that `fit_segments` calls for logs that it has already opened; `mail_rows`
gives the mails of a period one by one, to `insights`.
"""

from __future__ import annotations

from custseg.features._build import FAMILIES as FAMILIES
from custseg.features._build import build_features
from custseg.features._build import features_of as features_of
from custseg.features._family import Family as Family
from custseg.features._family import NoFigures as NoFigures
from custseg.features.expectations import FORESIGHT as FORESIGHT
from custseg.features.expectations import LONGEST_HORIZON as LONGEST_HORIZON
from custseg.features.expectations import OUTCOMES as OUTCOMES
from custseg.features.expectations import BgNbd as BgNbd
from custseg.features.expectations import Foresight, foresight
from custseg.features.expectations import ForesightFigures as ForesightFigures
from custseg.features.expectations import Outcome as Outcome
from custseg.features.expectations import PastWindow as PastWindow
from custseg.features.expectations import later_values as later_values
from custseg.features.expectations import learn_foresight as learn_foresight
from custseg.features.expectations import past_windows as past_windows
from custseg.features.families._circular import circular
from custseg.features.families._email import email
from custseg.features.families._engagement import ENGAGEMENT as ENGAGEMENT
from custseg.features.families._engagement import EngagementFigures as EngagementFigures
from custseg.features.families._engagement import engagement
from custseg.features.families._mix import centered_log_ratios
from custseg.features.families._rfm import rfm
from custseg.features.families._web import web
from custseg.features.sums._mail_rows import MailRows as MailRows
from custseg.features.sums._mail_rows import mail_rows as mail_rows
from custseg.features.sums._mail_sums import arrival_event as arrival_event
from custseg.features.sums._purchases import clocks_agree as clocks_agree
from custseg.features.sums._shared import SharedSums as SharedSums
from custseg.logs import data_report

__all__ = [
    "Foresight",
    "build_features",
    "centered_log_ratios",
    "circular",
    "data_report",
    "email",
    "engagement",
    "foresight",
    "rfm",
    "web",
]


def __dir__() -> list[str]:
    return __all__
