from __future__ import annotations

import datetime
import hashlib
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polars as pl
import pytest

from custseg.datasets import load_online_retail
from custseg.datasets._online_retail import fetch
from custseg.errors import CustsegError, DataError

NAMES = [
    "InvoiceNo", "StockCode", "Description", "Quantity",
    "InvoiceDate", "UnitPrice", "CustomerID", "Country",
]  # fmt: skip
ROWS = [
    NAMES,
    [536365, "85123A", "WHITE HEART", 6, 40513.351388888892, 2.5499999999999998, 17850, "United Kingdom"],
    ["C536379", "D", None, -1, 40513.395833333336, 27.5, None, "France"],
]
LOG = pl.DataFrame(
    {
        "InvoiceNo": ["536365", "C536379"],
        "StockCode": ["85123A", "D"],
        "Description": ["WHITE HEART", None],
        "Quantity": [6, -1],
        "InvoiceDate": [datetime.datetime(2010, 12, 1, 8, 26), datetime.datetime(2010, 12, 1, 9, 30)],
        "UnitPrice": [2.55, 27.5],
        "CustomerID": [17850, None],
        "Country": ["United Kingdom", "France"],
    }
)
Workbook = Callable[..., bytes]


@pytest.fixture
def archive(workbook: Workbook, tmp_path: Path) -> Path:
    """A small archive of the kind that the repository gives out."""
    path = tmp_path / "online+retail.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("Online Retail.xlsx", workbook(ROWS))
    return path


@pytest.fixture
def sha256(workbook: Workbook) -> str:
    return hashlib.sha256(workbook(ROWS)).hexdigest()


@pytest.fixture
def server(archive: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(archive.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{service.server_port}"
        service.shutdown()
        thread.join()


def test_fetch_keeps_the_verified_log_as_parquet(server: str, sha256: str, tmp_path: Path) -> None:
    kept = fetch(tmp_path / "cache" / "custseg", address=f"{server}/online+retail.zip", sha256=sha256)
    assert kept == tmp_path / "cache" / "custseg" / "online_retail.parquet"
    assert pl.read_parquet(kept).equals(LOG)


def test_fetch_with_a_wrong_checksum_keeps_nothing(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(CustsegError, match=r"SHA-256 .* was not kept.*CUSTSEG_DATA"):
        fetch(tmp_path / "cache", address=archive.as_uri(), sha256="0" * 64)
    assert list(tmp_path.iterdir()) == [archive]


def test_fetch_of_half_an_archive_keeps_nothing(archive: Path, sha256: str, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:300])
    with pytest.raises(DataError, match="no whole zip archive"):
        fetch(tmp_path / "cache", address=archive.as_uri(), sha256=sha256)
    assert list(tmp_path.iterdir()) == [archive]


def test_fetch_of_a_page_that_is_gone_names_the_remedy(server: str, tmp_path: Path) -> None:
    with pytest.raises(CustsegError, match=r"404.*archive\.ics\.uci\.edu/dataset/352.*CUSTSEG_DATA"):
        fetch(tmp_path / "cache", address=f"{server}/gone.zip")


def test_fetch_without_network_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CustsegError, match=r"could not be fetched .*by hand.*CUSTSEG_DATA"):
        fetch(tmp_path / "cache", address="http://127.0.0.1:1/online+retail.zip", timeout=1)


def test_fetch_into_a_file_instead_of_a_folder_is_an_error(archive: Path, sha256: str, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(CustsegError, match="could not be written"):
        fetch(tmp_path / "cache", address=archive.as_uri(), sha256=sha256)
    assert (tmp_path / "cache").read_text() == "in the way"


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx", ".zip"])
def test_load_reads_every_form_by_path(suffix: str, archive: Path, workbook: Workbook, tmp_path: Path) -> None:
    LOG.write_parquet(tmp_path / "log.parquet")
    (tmp_path / "log.xlsx").write_bytes(workbook(ROWS))
    archive.rename(tmp_path / "log.zip")
    assert load_online_retail(tmp_path / f"log{suffix}").equals(LOG)


def test_load_reads_csv_with_dates_as_written(tmp_path: Path) -> None:
    LOG.write_csv(tmp_path / "log.csv", datetime_format="%m/%d/%Y %H:%M")
    log = load_online_retail(str(tmp_path / "log.csv"))
    assert log.columns == NAMES
    assert log["InvoiceDate"][0] == "12/01/2010 08:26"


def test_load_finds_the_folder_in_custseg_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LOG.write_parquet(tmp_path / "online_retail.parquet")
    monkeypatch.setenv("CUSTSEG_DATA", str(tmp_path))
    assert load_online_retail().equals(LOG)


def test_load_finds_the_copy_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".cache" / "custseg"
    folder.mkdir(parents=True)
    LOG.write_parquet(folder / "online_retail.parquet")
    monkeypatch.delenv("CUSTSEG_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_online_retail().equals(LOG)


def test_load_of_a_missing_path_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"load_online_retail: path leads to .*gone\.parquet.*by hand"):
        load_online_retail(tmp_path / "gone.parquet")


def test_load_from_a_folder_without_the_file_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTSEG_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"CUSTSEG_DATA leads to .* no file"):
        load_online_retail()


def test_load_of_another_table_names_all_missing_columns(tmp_path: Path) -> None:
    LOG.drop("Country", "UnitPrice").write_parquet(tmp_path / "log.parquet")
    with pytest.raises(DataError, match=r"lacks the columns \['UnitPrice', 'Country'\]"):
        load_online_retail(tmp_path / "log.parquet")


def test_load_of_a_damaged_file_says_so(tmp_path: Path) -> None:
    for name in ("log.parquet", "log.xlsx", "log.zip"):
        (tmp_path / name).write_bytes(b"no such thing")
        with pytest.raises(DataError, match=r"load_online_retail: .*log"):
            load_online_retail(tmp_path / name)


def test_load_of_a_workbook_with_text_for_numbers_says_so(workbook: Workbook, tmp_path: Path) -> None:
    (tmp_path / "log.xlsx").write_bytes(workbook([NAMES, ["1", "2", "3", "many", 1, 1, 1, "UK"]]))
    with pytest.raises(DataError, match=r"not the workbook of Online Retail .*many"):
        load_online_retail(tmp_path / "log.xlsx")


def test_online_retail_is_the_published_log(online_retail_file: Path) -> None:
    log = load_online_retail(online_retail_file)
    assert log.shape == (541_909, 8)
    assert log["CustomerID"].n_unique() == 4_373
    assert log["CustomerID"].null_count() == 135_080
    assert log["InvoiceNo"].str.starts_with("C").sum() == 9_288
    assert log["InvoiceDate"].max() == datetime.datetime(2011, 12, 9, 12, 50)
