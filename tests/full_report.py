"""All parts of a report about one small shop, and a page as its elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from quick import quick_fit

from custseg import Events, Orders, Segmentation
from custseg.datasets import make_shop
from custseg.insights import scorecard
from custseg.proof import prove
from custseg.reports import report
from custseg.tracking import SegmentHistory, transitions

HOSTILE = ("</script><script>alert(1)</script>", "=cmd()|' /C calc'!A0", "عملاء مخلصون \u202egnp.exe", "x" * 5_000)
# Names of columns, arguments, packages and the language itself.
LATIN = re.compile(
    r"[\w-]+=|\w+_\w+|=\.\.\.|k-(?=средние|means)|z-(?=оцен)|\b(age|sex|region|interests|orders|events|customers|means|k|"
    r"custseg|numpy|scipy|scikit-learn|numba|polars|narwhals|Python|Customers|features|newsletter|email)\b"
)
_FIRST, _SECOND = "2025-06-01", "2025-07-01"


@cache
def shop() -> Any:
    return make_shop(300, 0)


@cache
def result(language: str = "en") -> Segmentation:
    orders = Orders(shop().orders, cancelled="cancelled", discount="discount", category="category")
    return quick_fit(
        orders, events=shop().events, customers=shop().customers, as_of=_SECOND, language=language, min_size="auto"
    )


@cache
def previous(language: str = "en") -> Segmentation:
    """The segments of the month before."""
    return quick_fit(shop().orders, as_of=_FIRST, language=language)


@cache
def movement(language: str = "en") -> Any:
    """Who moved in the month."""
    before = previous(language)
    after = before.model.assign(shop().orders, as_of=_SECOND)
    return transitions(before.assignments, after, since=_FIRST, as_of=_SECOND, language=language)


@cache
def card(language: str = "en") -> Any:
    """The scorecard of the month."""
    events = Events(shop().events, channel="channel", campaign="campaign", machine="machine")
    with TemporaryDirectory() as folder:
        history = SegmentHistory(Path(folder) / "history")
        history.record(previous(language).assignments, _FIRST)
        return scorecard(history, events, shop().orders, since=_FIRST, until=_SECOND, language=language)


@cache
def proof(language: str = "en") -> Any:
    return prove(shop().orders, as_of=_SECOND, horizon_days=60, method="kmeans", n_segments=3, language=language)


def parts(language: str = "en") -> dict[str, Any]:
    """All that a report can have beside the result."""
    return {
        "previous": previous(language),
        "proof": proof(language),
        "scorecard": card(language),
        "transitions": movement(language),
    }


@cache
def hostile() -> Segmentation:
    """A ready table with hostile names of columns, and segments with hostile names."""
    values = {f"{name} {i}"[-60:]: [row % (3 + i) + row / 900 for row in range(300)] for i, name in enumerate(HOSTILE)}
    kinds = [HOSTILE[row % 2] for row in range(300)]
    table = pl.DataFrame({"client": [f"client-{row}" for row in range(300)], **values, "<i>kind</i>": kinds})
    segments = quick_fit(features=table, customer_column="client", n_segments=4)
    return segments.rename(dict(enumerate(HOSTILE)))


@cache
def page_of(name: str, language: str = "en") -> str:
    """The page of a result: "full" with all parts, "plain" without, or "hostile"."""
    segments = hostile() if name == "hostile" else result(language)
    with TemporaryDirectory() as folder:
        further = parts(language) if name == "full" else {}
        return report(segments, Path(folder) / "report.html", **further).read_text(encoding="utf-8")


@dataclass
class Page(HTMLParser):
    """The tags of a page with their attributes, and its texts with the tag that they stand in."""

    source: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all_of(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in tags]

    def visible(self, *, without: tuple[str, ...] = ("script", "style")) -> str:
        return " ".join(text for tag, text in self.texts if tag not in without)
