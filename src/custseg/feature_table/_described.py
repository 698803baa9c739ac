"""`DescribedColumns`: what tables of features share wherever their rows are: the descriptions of their columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from custseg._checks import check_choice, did_you_mean, ended
from custseg.errors import DataError
from custseg.feature_table._feature import Feature, labeled
from custseg.texts import LANGUAGES, listed


class DescribedColumns:
    """A table of features, one row per customer, with the description of each of its columns.

    Subclasses are frozen dataclasses with the fields `described` and `language`.
    """

    if TYPE_CHECKING:
        described: tuple[Feature, ...]
        language: str

    @property
    def names(self) -> list[str]:
        """The feature columns."""
        return [feature.name for feature in self.described]

    def check_present(self, columns: Iterable[str], caller: str) -> None:
        """Raise DataError unless the table has all of the feature columns."""
        if lacking := [name for name in columns if name not in self.names]:
            words = ", ".join(f"{name!r}{did_you_mean(name, self.names)}" for name in lacking)
            raise DataError(
                f"{caller}: the feature table lacks {'columns' if len(lacking) > 1 else 'column'} {ended(words)} "
                f"Its columns are {listed(self.names)}."
            )

    def in_language(self, language: str) -> Self:
        """The same table printed in "en" or "ru"; ValueError for another language."""
        check_choice("in_language", "language", language, allowed=LANGUAGES)
        return self._with(language=language)

    def with_labels(self, labels: object, *, caller: str = "with_labels") -> Self:
        """The same table with other names of its columns for people; code and SQL keep the column names.

        Parameters
        ----------
        labels : mapping of str to str, or path of a TOML file
            The label of each column that should have one, such as ``{"MntWines": "wine"}``; a label may also
            be a mapping of languages ("en", "ru") to texts, in TOML a table of its own. None changes nothing.
        caller : str
            Name of the calling function, for errors.

        Returns
        -------
        The table, of the same class.

        Raises
        ------
        DataError
            If a column does not exist, a label has a line break or more than 60 characters, or two columns have one
            label.
        TypeError
            If `labels` is neither a mapping nor a path.
        """
        return self._with(described=labeled(self.described, labels, "labels", caller=caller))

    def _with(self, **changes: Any) -> Self:
        changed: Self = replace(self, **changes)  # type: ignore[type-var]
        return changed
