"""Systems that count visits: Google Analytics 4 and Yandex.Metrika."""

from __future__ import annotations

from custseg.sources.web._ga4 import GA4, ga4
from custseg.sources.web._metrika import METRIKA, metrika

__all__ = ["GA4", "METRIKA", "ga4", "metrika"]
