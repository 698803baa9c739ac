"""Systems that record what people do on a site or in an app: Google Analytics 4, Yandex.Metrika, Segment."""

from __future__ import annotations

from custseg.sources.web._ga4 import GA4, ga4
from custseg.sources.web._metrika import METRIKA, metrika
from custseg.sources.web._segment import SEGMENT, segment

__all__ = ["GA4", "METRIKA", "SEGMENT", "ga4", "metrika", "segment"]
