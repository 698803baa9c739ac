"""The table of a result as a pandas or polars DataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw


class Tabular:
    """A result that is a table, or has one: `to_pandas` and `to_polars` give it, whatever kind of table came in."""

    def to_polars(self) -> Any:
        """The table as a polars DataFrame: that of `columns`; without one, the rows.

        Returns
        -------
        polars.DataFrame
        """
        return self._local_table().to_polars()

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame: that of `columns`; without one, the rows.

        Returns
        -------
        pandas.DataFrame
            Whole numbers and booleans with missing values have the types "Int64" and "boolean".

        Raises
        ------
        MissingDependencyError
            If pandas or pyarrow is not installed.
        """
        from custseg._frames import as_pandas

        return as_pandas(self._local_table())

    def _local_table(self) -> nw.DataFrame[Any]:
        """The table."""
        raise NotImplementedError


class Columnar(Tabular):
    """A result whose table is that of its method `columns`."""

    def columns(self) -> Mapping[str, Any]:
        """The table as columns, for any frame constructor."""
        raise NotImplementedError

    def _local_table(self) -> nw.DataFrame[Any]:
        from custseg._frames import local_table

        return local_table(self.columns())
