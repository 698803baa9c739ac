"""The page: it stands alone, shows hostile names as text, and says the same to every reader."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest
from full_report import HOSTILE, LATIN, Page, hostile, page_of, result
from readable_pictures import awkward_result

from custseg import CustsegError, DataError
from custseg.reports import report

EVERY = pytest.mark.parametrize(
    ("name", "language"),
    [("hostile", "en"), *(pytest.param("full", language, marks=pytest.mark.slow) for language in ("en", "ru"))],
)


@EVERY
def test_page_loads_nothing(name: str, language: str) -> None:
    source = page_of(name, language)
    page = Page(source)
    assert not re.search(r"https?:|//\w|@import|url\((?!#)", re.sub(r"alert\(1\)|&lt;/", "", source))
    addresses = [tag[key] for _, tag in page.tags for key in ("src", "href", "xlink:href", "action") if key in tag]
    assert {address[0] for address in addresses if not address.startswith("data:image/png;base64,")} == {"#"}
    assert len(source.encode()) < 1_500_000


@EVERY
def test_only_our_script_runs(name: str, language: str) -> None:
    page = Page(page_of(name, language))
    [script] = [text for tag, text in page.texts if tag == "script"]
    [policy] = [tag["content"] for tag in page.all_of("meta") if tag.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert not [key for _, tag in page.tags for key in tag if key.startswith("on")]


@pytest.mark.slow
def test_hostile_names_are_shown_as_text() -> None:
    shown = Page(page_of("hostile")).visible()
    for name in HOSTILE:
        assert name.replace("\u202e", "\\u202e") in shown
    assert "\u202e" not in page_of("hostile")


@EVERY
def test_ids_are_unique_and_every_link_leads_somewhere(name: str, language: str) -> None:
    page = Page(page_of(name, language))
    ids = [tag["id"] for _, tag in page.tags if "id" in tag]
    assert len(ids) == len(set(ids))
    links = {tag["href"][1:] for _, tag in page.tags if tag.get("href", "").startswith("#")}
    links |= {tag["aria-labelledby"] for _, tag in page.tags if "aria-labelledby" in tag}
    links |= set(re.findall(r"url\(#([^)]*)\)", page.source))
    assert links - set(ids) == set()


@EVERY
def test_headings_are_in_order(name: str, language: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(page_of(name, language)).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(after - before for before, after in pairwise(levels)) <= 1


@EVERY
def test_every_picture_has_words_and_a_table(name: str, language: str) -> None:
    page = Page(page_of(name, language))
    pictures = page.all_of("svg")
    assert len(pictures) == len(page.all_of("figure")) >= 3
    assert all(picture["role"] == "img" and len(picture["aria-label"]) > 40 for picture in pictures)
    sections = re.findall(r'<section id="(\w+)".*?</section>', page.source, re.DOTALL)
    for section in sections:
        [content] = re.findall(rf'<section id="{section}".*?</section>', page.source, re.DOTALL)
        figures = re.findall(r"<figure.*?</figure>", content, re.DOTALL)
        # A table of its own behind each picture, or those of the section below it.
        own = all(figure.count("<table>") == figure.count("<details>") == 1 for figure in figures)
        assert own or "<table>" in re.sub(r"<figure.*?</figure>", "", content, flags=re.DOTALL)


@pytest.mark.slow
def test_pictures_hold_no_texts_comments_or_dates() -> None:
    for picture in re.findall(r"<svg.*?</svg>", page_of("hostile"), re.DOTALL):
        assert not re.search(r"<!--|<text|<metadata|<style|xmlns|alert", picture.partition(">")[2])


@pytest.mark.slow
def test_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    assert report(result("ru"), tmp_path / "report.html").read_bytes() == page_of("plain", "ru").encode()


@pytest.mark.slow
def test_russian_page_has_no_english_words() -> None:
    page = Page(page_of("full", "ru"))
    shown = LATIN.sub("", page.visible(without=("script", "style", "code")))
    assert re.findall(r"\S*[A-Za-z]{2,}\S*", shown) == []
    labels = [tag[key] for _, tag in page.tags for key in ("aria-label", "data-open", "data-close") if key in tag]
    assert [label for label in labels if re.search("[A-Za-z]{2,}", LATIN.sub("", label))] == []


@pytest.mark.slow
def test_report_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "report.html"
    assert report(hostile(), str(path)) == path
    assert [item.name for item in path.parent.iterdir() if item.suffix] == ["report.html"]
    with pytest.raises(TypeError, match="report: path must be a path"):
        report(result(), 3)
    with pytest.raises(DataError, match="cannot be the name of a file"):
        report(result(), tmp_path / "a?.html")
    (tmp_path / "file").write_text("")
    with pytest.raises(CustsegError, match="report: "):
        report(result(), tmp_path / "file" / "report.html")


@pytest.mark.slow
def test_fifteen_segments_are_still_light(tmp_path: Path) -> None:
    assert report(awkward_result("fifteen"), tmp_path / "report.html").stat().st_size < 1_300_000
