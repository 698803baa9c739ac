"""Online Retail, the public invoice log of a British gift shop: read from disk, or downloaded."""

from __future__ import annotations

import hashlib
import os
import tempfile
import urllib.request
import zipfile
import zlib
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._frames import frame_from_columns, read_table, table_writer
from custseg._write import write_files
from custseg.datasets._workbook import read_sheet
from custseg.errors import CustsegError, DataError
from custseg.texts import listed

PAGE = "https://archive.ics.uci.edu/dataset/352/online+retail"
ADDRESS = "https://archive.ics.uci.edu/static/public/352/online+retail.zip"
SHA256 = "43465a06f2ccf7c8b5bd2892bc7defb52f97487934fe93b16ae4c3936424676d"
"""Of 'Online Retail.xlsx' inside the archive, as published by many who have used it."""

_NAME = "online_retail"
_COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity",
    "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip
_CALLER = "load_online_retail"
_BY_HAND = (
    f"Download the dataset by hand from {PAGE} and pass its path, or set CUSTSEG_DATA to the "
    f"folder that holds {_NAME}.parquet."
)


def load_online_retail(path: str | os.PathLike[str] | None = None) -> Any:
    """The Online Retail log: every invoice line of a British gift shop, December 2010 to December 2011.

    The file is looked for at `path`; without one in the folder named by the environment variable
    `CUSTSEG_DATA` (as `online_retail.parquet`); without that in the cache, `~/.cache/custseg`. If it
    is nowhere, the archive is fetched from the UCI Machine Learning Repository (23 MB), the
    workbook in it is verified, and the table is kept in the cache as Parquet.

    Parameters
    ----------
    path : str or path-like, optional
        The log as Parquet or CSV, or the original: the workbook (`.xlsx`), or the archive (`.zip`)
        that holds it. Such a file of your own is read without a checksum.

    Returns
    -------
    DataFrame
        Of polars; 541,909 rows in the original, in its order:

        - `InvoiceNo` (text): a leading "C" marks a cancellation.
        - `StockCode`, `Description` (text): the product; 1,454 lines have no description.
        - `Quantity` (int): pieces; negative on cancellations and corrections.
        - `InvoiceDate` (datetime): to the minute, in local time. In a CSV it stays as written.
        - `UnitPrice` (float): pounds sterling per piece.
        - `CustomerID` (int): missing on 135,080 lines.
        - `Country` (text): where the customer lives.

    Raises
    ------
    DataError
        If the file is missing, cannot be read, or lacks columns of the log.
    CustsegError
        If the original cannot be downloaded, does not match its checksum, or cannot be stored.

    Notes
    -----
    What is verified is the SHA-256 of the workbook, `43465a06…`: the repository does not state one, but
    many independent users of the dataset have published this same sum. A workbook of another sum is
    neither parsed nor kept, and the copy appears in the cache whole or not at all. Reading the
    original takes some 15 seconds, once. The licence is CC BY 4.0: name the author when you pass it on.

    References
    ----------
    Chen, D. (2015). Online Retail [Dataset]. UCI Machine Learning Repository.
    doi:10.24432/C5BW33

    Chen, D., Sain, S. L. and Guo, K. (2012). Data mining for the online retail industry: A case study
    of RFM model-based customer segmentation using data mining. Journal of Database Marketing and
    Customer Strategy Management 19(3), 197-208. doi:10.1057/dbm.2012.17

    Examples
    --------
    >>> from custseg.datasets import load_online_retail
    >>> lines = load_online_retail()  # doctest: +SKIP
    >>> lines.height  # doctest: +SKIP
    541909
    """
    folder = os.environ.get("CUSTSEG_DATA")
    if path is not None:
        return read_log(Path(path), origin="path")
    if folder:
        return read_log(Path(folder) / f"{_NAME}.parquet", origin="CUSTSEG_DATA")
    cache = Path.home() / ".cache" / "custseg"
    cached = cache / f"{_NAME}.parquet"
    log_path = cached if cached.exists() else fetch(cache)
    return read_log(log_path, origin="the cache, where you may delete it to have it fetched anew,")


def read_log(path: Path, *, origin: str) -> Any:
    """The log in a file of any of the known forms; `origin` says where its path came from."""
    if not path.is_file():
        raise DataError(f"{_CALLER}: {origin} leads to {str(path)!r}, which is no file. {_BY_HAND}")
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _parsed(path, str(path))
    if suffix == ".zip":
        return _parsed(BytesIO(_workbook_in(path, str(path))), str(path))
    try:
        frame = read_table(path)
    except DataError as error:
        raise DataError(
            f"{_CALLER}: {origin} leads to {str(path)!r}, which cannot be used ({error}). {_BY_HAND}"
        ) from error
    return _complete(frame, str(path))


def fetch(folder: Path, *, address: str = ADDRESS, sha256: str = SHA256, timeout: float = 60.0) -> Path:
    """Fetch the archive, verify its workbook and keep that as Parquet in `folder`, or change nothing."""
    with tempfile.TemporaryDirectory() as workshop:
        archive = Path(workshop) / "archive.zip"
        _download(address, archive, timeout)
        workbook = _workbook_in(archive, address)
    checksum = hashlib.sha256(workbook).hexdigest()
    if checksum != sha256:
        raise CustsegError(
            f"{_CALLER}: the workbook from {address} has the SHA-256 {checksum}, not {sha256}: it is "
            f"damaged or has been replaced, and was not kept. Try again later. {_BY_HAND}"
        )
    frame = nw.from_native(_parsed(BytesIO(workbook), address), eager_only=True)
    try:
        return write_files(folder, {f"{_NAME}.parquet": table_writer(frame, "parquet")}, caller=_CALLER)[0]
    except CustsegError as error:
        raise CustsegError(f"{error} {_BY_HAND}") from error


def _download(address: str, target: Path, timeout: float) -> None:
    try:
        with urllib.request.urlopen(address, timeout=timeout) as response, target.open("wb") as file:
            while block := response.read(1 << 20):
                file.write(block)
    except (OSError, HTTPException) as error:
        raise CustsegError(f"{_CALLER}: {address} could not be fetched ({error}). {_BY_HAND}") from error


def _workbook_in(path: Path, origin: str) -> bytes:
    """The bytes of the one workbook in a zip archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".xlsx")]
            if len(names) == 1:
                return archive.read(names[0])
    except (zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{_CALLER}: {origin!r} is no whole zip archive ({error}). {_BY_HAND}") from error
    raise DataError(f"{_CALLER}: {origin!r} must hold one workbook, got {listed(names)}. {_BY_HAND}")


def _parsed(workbook: Path | IO[bytes], origin: str) -> Any:
    """The workbook as a table, with numbers and dates."""
    try:
        sheet = read_sheet(workbook)
        columns = {name: _typed(name, sheet[name]) for name in _COLUMNS if name in sheet}
    except (zipfile.BadZipFile, zlib.error, ParseError, LookupError, ValueError) as error:
        raise DataError(f"{_CALLER}: {origin!r} is not the workbook of Online Retail ({error}). {_BY_HAND}") from error
    return _complete(frame_from_columns(columns), origin)


def _complete(frame: Any, origin: str) -> Any:
    """The eight columns of the log, or one error that names all that are not there."""
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        raise DataError(
            f"{_CALLER}: {origin!r} lacks the columns {listed(missing)} of Online Retail; "
            f"columns are {listed(frame.columns)}. {_BY_HAND}"
        )
    return frame.select(_COLUMNS)


def _typed(name: str, texts: list[str | None]) -> list[Any] | NDArray[Any]:
    """The cells of one column in its type; Excel stores a date as days since 1899-12-30."""
    if name in ("Quantity", "CustomerID"):
        return [None if text is None else int(float(text)) for text in texts]
    if name not in ("UnitPrice", "InvoiceDate"):
        return texts
    numbers = np.array([np.nan if text is None else float(text) for text in texts])
    if name == "UnitPrice":
        return numbers
    seconds = np.rint(numbers * 86_400).astype("timedelta64[s]")
    dates: NDArray[np.datetime64] = np.datetime64("1899-12-30", "us") + seconds
    return dates
