"""Features per customer from order logs, event logs and customer tables.

`described_logs`, `features_of` and `report_on` are the steps of `build_features` and `data_report`, which
`fit_segments` calls one by one.
"""

from __future__ import annotations

from custseg.features._build import build_features
from custseg.features._build import features_of as features_of
from custseg.features._data_report import data_report
from custseg.features._data_report import report_on as report_on
from custseg.features._logs import described_logs as described_logs
from custseg.features.families._email import email
from custseg.features.families._engagement import engagement
from custseg.features.families._mix import centered_log_ratios
from custseg.features.families._rfm import rfm
from custseg.features.families._web import web

__all__ = [
    "build_features",
    "centered_log_ratios",
    "data_report",
    "email",
    "engagement",
    "rfm",
    "web",
]
