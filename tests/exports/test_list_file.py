from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from custseg import DataError
from custseg.exports._list_file import ListFile

ROWS = nw.from_native(pl.DataFrame({"customer_id": ["=1+1", "a;b"], "play": ["call", None]}), eager_only=True)


def checked(path: Any, **arguments: Any) -> ListFile:
    return ListFile.checked("export", path, **{"encoding": "utf-8", "separator": ",", **arguments})


def test_csv_is_safe_for_spreadsheets(tmp_path: Path) -> None:
    path = checked(tmp_path / "new" / "list.csv", separator=";").write(ROWS)
    assert path.read_text("utf-8") == 'customer_id;play\n\'=1+1;call\n"a;b";\n'


def test_parquet_keeps_every_value(tmp_path: Path) -> None:
    path = checked(str(tmp_path / "list.PARQUET")).write(ROWS)
    assert pl.read_parquet(path).equals(ROWS.to_native())


@pytest.mark.parametrize(
    ("path", "arguments", "error", "words"),
    [
        (5, {}, TypeError, "export: path must be a path .*got int"),
        ("list.xlsx", {}, DataError, "export: path must end in one of .*got 'list.xlsx'"),
        ("list.csv", {"encoding": "cp1251"}, ValueError, "encoding must be one of"),
        ("list.csv", {"separator": "."}, ValueError, "separator must be one of"),
    ],
)
def test_unusable_arguments(path: Any, arguments: dict[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        checked(path, **arguments)
