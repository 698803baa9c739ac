from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from kinds import rows_of
from logs import clean_log
from quick import quick_fit

from custseg import CustsegError, Segmentation
from custseg.reports import report_data

HOSTILE = {0: "<script>alert('x')</script> & co", 1: '=HYPERLINK("http://x")', 2: "[bold]loud[/bold]"}


@pytest.fixture(scope="module")
def result() -> Segmentation:
    gift = clean_log().tail(3).with_columns(customer_id=pl.lit(1000, pl.Int64), amount=pl.lit(0.0))
    return quick_fit(pl.concat([clean_log(), gift]), n_segments=3, min_size=2)


def read(folder: Path, name: str = "assignments.csv") -> pl.DataFrame:
    return pl.read_csv(folder / name, infer_schema=False)


def all_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fail(path: Path) -> None:
    path.write_text("half")
    raise RuntimeError("the pen broke")


@pytest.mark.slow
def test_repr_is_a_table(result: Segmentation) -> None:
    head, overview, _, columns, *rows, _, why = repr(result).splitlines()
    assert head == (
        "3 segments of 60 customers, as of 2024-10-27 00:00 (midnight after the last row), "
        "by days since last order, number of orders, revenue (minimum 2 customers)"
    )
    assert overview == result.profiles.overview
    assert columns.split() == ["segment", "name", "customers", "share", "revenue", "share"]
    assert [row.split()[0] for row in rows if not row.startswith(" " * 10)] == ["0", "1", "2", "–"]
    assert why == f"Why: {result.choice.reason}"


def test_repr_shows_markers_within_terminal(result: Segmentation) -> None:
    lines = repr(result.profiles).splitlines()
    markers = [line.strip() for line in lines if "(others " in line]
    assert markers
    assert result.profiles[0].markers[0].texts["en"] in " ".join(markers)
    assert max(len(line) for line in lines if line.startswith(" " * 11)) <= 100


def test_repr_shows_rules(result: Segmentation) -> None:
    ruled = replace(result, profiles=result.profiles.with_rules({0: "IF a < 1 THEN 0"}))
    assert "IF a < 1 THEN 0" in repr(ruled)
    assert "<bdi>IF a &lt; 1 THEN 0</bdi></td>" in ruled._repr_html_()
    assert ruled.profiles.table()[0][-1] == "rule"


def test_table_rows_are_profiles(result: Segmentation) -> None:
    heads, rows = result.profiles.table()
    assert heads == ["segment", "name", "customers", "share", "revenue share", "what sets it apart", "rule"]
    assert rows[-1] == ["–", "Prospects", "<10", "–", "–", "", ""]
    assert all(len(row) == len(heads) for row in rows)


@pytest.mark.slow
def test_table_language(result: Segmentation) -> None:
    russian = quick_fit(clean_log(), n_segments=2, language="ru")
    heads, _ = russian.profiles.table()
    assert heads == [
        "сегмент",
        "название",
        "клиенты",
        "доля",
        "доля выручки",
        "чем отличается",
        "правило",
    ]


def test_table_without_revenue() -> None:
    table = pl.DataFrame({"id": range(30), "visits": np.arange(30) ** 2})
    heads, rows = quick_fit(features=table, n_segments=2).profiles.table()
    assert heads == ["segment", "name", "customers", "share", "what sets it apart", "rule"]
    assert sum(int(row[2]) for row in rows) == 30


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html_escapes_names(result: Segmentation) -> None:
    page = Tags(result.rename(HOSTILE)._repr_html_())
    assert page.tags == {"div", "style", "p", "table", "thead", "tbody", "tr", "th", "td", "bdi", "span"}
    assert set(HOSTILE.values()) <= set(page.text)


def test_html_escapes_columns() -> None:
    table = pl.DataFrame({"id": range(30), "<img src=x onerror=alert(1)>": range(30)})
    page = Tags(quick_fit(features=table, n_segments=2)._repr_html_())
    assert "img" not in page.tags


def test_rename_changes_names_everywhere(result: Segmentation) -> None:
    renamed = result.rename({0: "Fans", 2: "Guests"})
    names = [row.name for row in renamed.profiles]
    assert names == ["Fans", result.profiles[1].name, "Guests", "Prospects"]
    assert set(renamed.assignments["name"]) == set(names)
    assert set(renamed.model.assign(features=renamed.features)["name"]) == set(names)
    assert "Fans" in repr(renamed)
    assert "Fans" not in repr(result)
    assert renamed.assignments["segment"].equals(result.assignments["segment"])


def test_names_can_be_swapped(result: Segmentation) -> None:
    first, second = (row.name for row in result.profiles.segments[:2])
    swapped = result.rename({0: second, 1: first})
    assert [row.name for row in swapped.profiles.segments[:2]] == [second, first]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({99: "Fans"}, r"segments \[99\] do not exist; there are \[0, 1, 2\]"),
        ({-1: "Fans"}, r"segments \[-1\] do not exist"),
        ({None: "Fans"}, r"segments \[None\] do not exist"),
        ({"0": "Fans"}, r"segments \['0'\] do not exist"),
        ({True: "Fans"}, r"segments \[True\] do not exist"),
        ({0: "Big\nspenders"}, "names must be on one line"),
        ({0: "Fans\r"}, "names must be on one line"),
        ({0: " "}, "names must differ and none may be empty"),
        ({0: "Fans", 1: "Fans"}, "names must differ and none may be empty"),
        ({0: "Prospects"}, "names must differ and none may be empty"),
    ],
)
def test_bad_names_are_errors(result: Segmentation, names: dict[object, str], words: str) -> None:
    with pytest.raises(ValueError, match=f"rename: {words}"):
        result.rename(names)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({0: 5}, "the name of segment 0 must be text, got int"),
        (["Fans"], r"names must map segments to names, as in \{0: 'Fans'\}, got list"),
        (None, "names must map segments to names"),
    ],
)
def test_names_of_wrong_type(result: Segmentation, names: object, words: str) -> None:
    with pytest.raises(TypeError, match=f"rename: {words}"):
        result.rename(names)


def test_csv_matches_result(result: Segmentation, tmp_path: Path) -> None:
    files = result.write(tmp_path / "out")
    assert files == [tmp_path / "out" / name for name in ("assignments.csv", "profiles.csv")]
    written = pl.read_csv(files[0], schema_overrides={"segment": pl.Int64})
    assert rows_of(written) == rows_of(result.assignments)
    profiles = pl.read_csv(files[1])
    sizes = [row.size for row in result.profiles]
    assert sizes[1] >= 10 > sizes[2] > sizes[3]
    # The second largest would give the third away: all customers less the two.
    assert profiles["size"].to_list() == [sizes[0], None, None, None]
    assert profiles["share"].to_list() == [pytest.approx(sizes[0] / 60), None, None, None]
    assert profiles["hidden"].to_list() == [None, "size>=10", "size<10", "size<10"]


def test_parquet_matches_result(result: Segmentation, tmp_path: Path) -> None:
    files = result.rename(HOSTILE).write(tmp_path, form="parquet")
    assert [file.name for file in files] == ["assignments.parquet", "profiles.parquet"]
    assert pl.read_parquet(files[0]).equals(result.rename(HOSTILE).assignments)
    assert pl.read_parquet(files[1])["name"].to_list()[:3] == list(HOSTILE.values())


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-x", "@sum", "\tx"])
def test_formulas_are_escaped_in_csv(result: Segmentation, tmp_path: Path, name: str) -> None:
    result.rename({0: name}).write(tmp_path)
    assert f"'{name}" in read(tmp_path)["name"].to_list()
    assert read(tmp_path, "profiles.csv")["name"][0] == f"'{name}"


@pytest.mark.slow
def test_formula_ids_are_escaped_in_csv(tmp_path: Path) -> None:
    ids = pl.format("=c{}", pl.col("customer_id")).alias("customer_id")
    quick_fit(clean_log().with_columns(ids), n_segments=2).write(tmp_path)
    assert all(one.startswith("'=c") for one in read(tmp_path)["customer_id"])


@pytest.mark.slow
def test_every_kind_is_written_alike(as_kind: Callable[[pl.DataFrame], object], tmp_path: Path) -> None:
    quick_fit(clean_log(), n_segments=2).write(tmp_path / "polars")
    quick_fit(as_kind(clean_log()), n_segments=2).write(tmp_path / "other")
    assert all_files(tmp_path / "other") == all_files(tmp_path / "polars")


def test_also_writes_further_files(result: Segmentation, tmp_path: Path) -> None:
    files = result.write(tmp_path, also={"note.txt": lambda path: path.write_text("hello")})
    assert files[-1] == tmp_path / "note.txt"
    assert files[-1].read_text() == "hello"


def test_same_names_are_replaced(result: Segmentation, tmp_path: Path) -> None:
    (tmp_path / "assignments.csv").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    result.write(tmp_path)
    assert read(tmp_path).columns[:3] == ["customer_id", "segment", "name"]
    assert sorted(all_files(tmp_path)) == ["assignments.csv", "mine.txt", "profiles.csv"]


def test_one_failure_writes_nothing(result: Segmentation, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the pen broke"):
        result.write(tmp_path / "out", also={"note.txt": fail})
    assert list(tmp_path.iterdir()) == []


def test_one_failure_leaves_old_files(result: Segmentation, tmp_path: Path) -> None:
    (tmp_path / "assignments.csv").write_text("old")
    with pytest.raises(RuntimeError, match="the pen broke"):
        result.write(tmp_path, also={"note.txt": fail})
    assert all_files(tmp_path) == {"assignments.csv": b"old"}


def test_folder_that_is_a_file(result: Segmentation, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(CustsegError, match=r"write: the files could not be written to .*out' .*Nothing was changed"):
        result.write(tmp_path / "out")
    assert all_files(tmp_path) == {"out": b"a file"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"encoding": "cp1251"}, "encoding must be one of"),
        ({"separator": "::"}, "separator must be one of"),
        ({"decimal": "'"}, "decimal must be one of"),
        ({"decimal": ","}, "separator and decimal cannot both be ','. Give separator=';'"),
    ],
)
def test_wrong_csv_marks(result: Segmentation, tmp_path: Path, arguments: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=f"write: {words}"):
        result.write(tmp_path, **arguments)
    assert all_files(tmp_path) == {}


@pytest.mark.slow
def test_csv_for_russian_excel(tmp_path: Path) -> None:
    russian = quick_fit(clean_log(), n_segments=2, language="ru")
    files = russian.write(tmp_path, separator=";", decimal=",")
    assert all(file.read_bytes().startswith(b"\xef\xbb\xbf") for file in files)
    profiles = pl.read_csv(files[1], separator=";", decimal_comma=True)
    assert profiles["name"].to_list() == [row.name for row in russian.profiles]
    assert profiles["share"].to_list() == [row.share for row in russian.profiles]


def test_further_files_need_names(result: Segmentation, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="write: also must map file names to functions of a path, got list"):
        result.write(tmp_path, also=["note.txt"])


def test_unknown_format(result: Segmentation, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"write: form must be one of \['csv', 'parquet'\], got 'xlsx'"):
        result.write(tmp_path, form="xlsx")
    assert all_files(tmp_path) == {}


def test_current_folder(result: Segmentation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert [str(file) for file in result.write(".")] == ["assignments.csv", "profiles.csv"]
    assert sorted(all_files(tmp_path)) == ["here/assignments.csv", "here/profiles.csv"]


def test_result_in_another_language(result: Segmentation) -> None:
    gift = clean_log().tail(3).with_columns(customer_id=pl.lit(1000, pl.Int64), amount=pl.lit(0.0))
    russian = quick_fit(pl.concat([clean_log(), gift]), n_segments=3, min_size=2, language="ru")
    translated = result.in_language("ru")
    assert repr(translated) == repr(russian)
    assert translated.notes == russian.notes
    assert repr(translated.data_report) == repr(russian.data_report)
    assert report_data(translated) == report_data(russian)
    assert repr(translated.rules) == repr(russian.rules)
    assert translated.assignments.equals(russian.assignments)
    assert repr(translated.in_language("en")) == repr(result)
    assert result.rename({0: "Fans"}).in_language("ru").model.names[0] == "Fans"
    with pytest.raises(ValueError, match="in_language: language must be one of"):
        result.in_language("de")
