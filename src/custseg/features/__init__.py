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
from custseg.features.families._circular import circular
from custseg.features.families._email import email
from custseg.features.families._engagement import engagement
from custseg.features.families._mix import centered_log_ratios
from custseg.features.families._rfm import rfm
from custseg.features.families._web import web
from custseg.features.sums._mail_rows import MailRows as MailRows
from custseg.features.sums._mail_rows import mail_rows as mail_rows
from custseg.features.sums._mail_sums import arrival_event as arrival_event
from custseg.features.sums._purchases import clocks_agree as clocks_agree
from custseg.logs import data_report

__all__ = [
    "build_features",
    "centered_log_ratios",
    "circular",
    "data_report",
    "email",
    "engagement",
    "rfm",
    "web",
]
