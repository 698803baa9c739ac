"""From logs to one row per customer; one family of features per file."""

from __future__ import annotations

from custseg.features._build import build_features, features_of
from custseg.features._data_report import data_report, report_on
from custseg.features._email import email
from custseg.features._engagement import engagement
from custseg.features._logs import described_logs
from custseg.features._mix import centred_log_ratios
from custseg.features._rfm import rfm
from custseg.features._rfm_crosswalk import crosswalk
from custseg.features._rfm_map import RFMMap
from custseg.features._scores import RFMScores, rfm_scores
from custseg.features._web import web

__all__ = [
    "RFMMap",
    "RFMScores",
    "build_features",
    "data_report",
    "centred_log_ratios",
    "crosswalk",
    "described_logs",
    "email",
    "engagement",
    "features_of",
    "report_on",
    "rfm",
    "rfm_scores",
    "web",
]
