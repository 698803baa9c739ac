"""Classical RFM segments: a checked mapping from RFM codes to segment names."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_choice, check_columns
from custseg.classical_rfm._check import RFMMapCheck, check_rows
from custseg.classical_rfm._rows import RFMRow, all_codes, read_rows
from custseg.classical_rfm._scores import RFMScores
from custseg.errors import DataError
from custseg.feature_table import given_features
from custseg.texts import listed, plural

_BUILTIN = ("codes", "grid")


@dataclass(frozen=True, repr=False)
class RFMMap:
    """Named segments defined on RFM codes; create one with `builtin`, `from_dict` or `from_toml`.

    A customer belongs to the first row that covers the customer's code, so the order of rows is their
    priority. It is also the order of their value, the most valuable first, unless rows have a `rank`.

    There is no standard: published maps give the same names to different codes. `check` reports gaps and
    contradictions of a map, `crosswalk` the agreement of two maps.

    Attributes
    ----------
    rows : tuple of RFMRow
        The segments in their order.
    bins : int
        Scores per feature: a map on 5 bins is over the codes "111" to "555".

    References
    ----------
    Hughes, A. M. (1994). Strategic Database Marketing. Probus, Chicago. No DOI.

    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: using iso-value curves for customer
    base analysis. Journal of Marketing Research 42(4), 415-430. doi:10.1509/jmkr.2005.42.4.415

    Examples
    --------
    >>> from custseg.classical_rfm import RFMMap
    >>> tiers = RFMMap.from_dict(
    ...     {
    ...         "Best": "555 554 545",
    ...         "Active": {"r": "4-5"},
    ...         "Slipping": {"r": [2, 3], "f": "3-5"},
    ...         "Asleep": {"r": 1},
    ...     }
    ... )
    >>> tiers.by_code()["555"], tiers.by_code()["512"]
    ('Best', 'Active')
    >>> len(tiers.check().gaps)
    20
    """

    rows: tuple[RFMRow, ...]
    bins: int = 5

    @classmethod
    def builtin(cls, name: str) -> RFMMap:
        """Load one of two widely used maps, with names in English and Russian.

        Parameters
        ----------
        name : {"codes", "grid"}
            "codes": eleven segments as a list of all 125 codes. "grid": ten segments as ranges of recency
            and frequency, independent of money. Both are complete and disjoint. Their segments have the
            same names here, so that the maps can be compared.

        Returns
        -------
        RFMMap
            Rows in the order in which they are published.
        """
        check_choice("RFMMap.builtin", "name", name, allowed=_BUILTIN)
        resource = files("custseg.classical_rfm").joinpath("maps", f"{name}.toml")
        return cls(*read_rows(tomllib.loads(resource.read_text("utf-8")), "RFMMap.builtin"))

    @classmethod
    def from_dict(cls, segments: Mapping[str, Any]) -> RFMMap:
        """Create a map from plain data.

        Parameters
        ----------
        segments : mapping
            By name of the segment, best first, either its codes or its conditions:

            - codes as a list or as text with spaces, such as `"555 554 54*"`; `*` is any score;
            - `{"codes": ...}`, the same with further keys beside it;
            - `{"r": ..., "f": ..., "m": ...}`, each a score (5), a list of scores ([3, 4]), a range ("3-5")
              or any ("*"); one that is left out is any.

            Further keys of a row: `rank`, a whole number, 1 for the most valuable segment (all rows or
            none; equal ranks are equally valuable); `names`, by language. The key `bins` beside the segments
            gives the number of scores, by default 5.

        Returns
        -------
        RFMMap

        Raises
        ------
        DataError
            If the map has faults; the message lists all of them: unknown keys, invalid codes, scores out of
            range, empty or repeated names, missing ranks.
        TypeError
            If `segments` is no mapping.
        """
        if not isinstance(segments, Mapping):
            raise TypeError(
                "RFMMap.from_dict: segments must be a mapping of names to codes or conditions, "
                f"got {type(segments).__name__}."
            )
        return cls(*read_rows(segments, "RFMMap.from_dict"))

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> RFMMap:
        """Read a map from a TOML file with one table per segment, best first; keys as in `from_dict`.

        Parameters
        ----------
        path : str or Path
            Such as a file with the lines::

                [Best]
                codes = "555 554 545"
                names = { es = "Mejores" }

                [Active]
                r = "4-5"

        Returns
        -------
        RFMMap

        Raises
        ------
        DataError
            If the file cannot be read, is no TOML, or holds a map with faults.
        """
        caller = "RFMMap.from_toml"
        try:
            # Editors on Windows write a byte order mark before UTF-8.
            segments = tomllib.loads(Path(path).read_text("utf-8-sig"))
        except OSError as error:
            raise DataError(f"{caller}: {str(path)!r} could not be read: {error.strerror}.") from error
        except ValueError as error:
            raise DataError(f"{caller}: {str(path)!r} is no TOML in UTF-8: {error}") from error
        return cls(*read_rows(segments, f"{caller}: {str(path)!r}"))

    def to_dict(self) -> dict[str, Any]:
        """Plain data that can be written as JSON and read by `from_dict`."""
        rows = {row.name: {"codes": list(row.codes), "rank": row.rank, "names": dict(row.names)} for row in self.rows}
        return {"bins": self.bins, **rows}

    def by_code(self, language: str | None = None) -> dict[str, str | None]:
        """The segment of every code, best code first; None in a gap.

        Parameters
        ----------
        language : str, optional
            A language in which every row has a name.
        """
        names = self._names(language, "RFMMap.by_code")
        return {code: names[i] for code, i in zip(all_codes(self.bins), self._first_rows()[::-1], strict=True)}

    def check(self) -> RFMMapCheck:
        """Check the map for gaps, overlaps, unreachable rows and non-monotone pairs.

        Returns
        -------
        RFMMapCheck
            `gaps`, `overlaps`, `unreachable` and `non_monotone`; its `repr` describes them.

        Notes
        -----
        A map is monotone if no code that is better than or equal to another in all three scores has a segment of
        lower value. A non-monotone pair is not an error: both published maps have some, since a segment such
        as *At risk* is ranked by urgency, not by value.
        """
        return check_rows(self.rows, self.bins)

    def apply(self, scores: object, *, language: str | None = None) -> Any:
        """Assign each customer the segment of the first row that covers the customer's code.

        Parameters
        ----------
        scores : RFMScores or table
            Of `rfm_scores`; or a table with ids in `customer_id` or the first column, and whole scores in
            `r`, `f` and `m`.
        language : str, optional
            A language in which every row has a name, such as "ru" for the built-in maps; by default the
            `name` of the rows.

        Returns
        -------
        table
            In the caller's kind and the order of the scores: `customer_id`, `segment` (text). The segment
            is missing for customers without scores and for codes in a gap.

        Raises
        ------
        DataError
            If columns are missing, or scores are no whole numbers from 1 to `bins`.
        ValueError
            If the scores are on other bins than the map, or a row has no name in the language.
        """
        caller = "RFMMap.apply"
        names = np.array([*self._names(language, caller)], dtype=object)
        local, give_back = opened_scores(scores, self.bins, caller)
        positions = code_positions(local, self.bins, caller)
        rows = np.append(self._first_rows(), -1)[positions]
        segment = nw.new_series("segment", names[rows].tolist(), nw.String, backend=local.implementation)
        return give_back(local.select("customer_id").with_columns(segment))

    def __repr__(self) -> str:
        width = max(len(row.name) for row in self.rows)
        return "\n".join(
            [
                f"RFMMap: {plural(len(self.rows), 'segment')} over {self.bins**3} codes",
                *(
                    f"  {row.name:<{width}}  {plural(len(row.codes), 'code'):>9}  {_sketch(row, self.bins)}"
                    for row in self.rows
                ),
            ]
        )

    def _names(self, language: str | None, caller: str) -> list[str | None]:
        """Names of the rows, and None at the end for codes without a row."""
        if language is not None and (lacking := [row.name for row in self.rows if language not in row.names]):
            languages = sorted({language for row in self.rows for language in row.names})
            raise ValueError(
                f"{caller}: {listed(lacking)} have no name in language {language!r}; names are given in {languages}."
            )
        return [*(row.in_language(language) for row in self.rows), None]

    def _first_rows(self) -> NDArray[np.intp]:
        """Row index of each code from the worst to the best; -1 in a gap, so that the last name is None."""
        first = np.full(self.bins**3, -1, dtype=np.intp)
        position = {code: i for i, code in enumerate(reversed(all_codes(self.bins)))}
        for i, row in reversed(list(enumerate(self.rows))):
            first[[position[code] for code in row.codes]] = i
        return first


def opened_scores(
    scores: object, bins: int, caller: str
) -> tuple[nw.DataFrame[Any], Callable[[nw.DataFrame[Any]], Any]]:
    """Rows with `customer_id`, `r`, `f`, `m`, and the function that converts back to the caller's kind."""
    if isinstance(scores, RFMScores):
        if scores.bins != bins:
            raise ValueError(
                f"{caller}: the scores are on {scores.bins} bins, the map on {bins}. "
                f"Score with bins={bins}, or use another map."
            )
        return scores.local, scores.give_back
    table = given_features(scores, None, caller)
    check_columns(caller, {letter: letter for letter in "rfm"}, table.names)
    return table.local, table.give_back


def code_positions(local: nw.DataFrame[Any], bins: int, caller: str) -> NDArray[np.intp]:
    """Position of each customer's code from the worst (0) to the best; `bins ** 3` without scores."""
    schema = local.schema
    if wrong := [f"{letter!r} is {schema[letter]}" for letter in "rfm" if not schema[letter].is_numeric()]:
        raise DataError(f"{caller}: scores must be numbers, but {', '.join(wrong)}.")
    columns = [local.get_column(x).cast(nw.Float64).fill_null(float("nan")).to_numpy() for x in "rfm"]
    scores = np.column_stack(columns)
    scored = np.flatnonzero(~np.isnan(scores).any(axis=1))
    allowed = np.isin(scores[scored], np.arange(1, bins + 1)).all(axis=1)
    if outside := len(scored) - int(allowed.sum()):
        raise DataError(
            f"{caller}: scores must be whole numbers from 1 to {bins}, but those of "
            f"{plural(outside, 'customer')} are not."
        )
    positions = np.full(len(scores), bins**3, dtype=np.intp)
    positions[scored] = (scores[scored].astype(np.intp) - 1) @ np.array([bins**2, bins, 1])
    return positions


def _sketch(row: RFMRow, bins: int) -> str:
    """The row's codes as text, as ranges of r, f and m if possible."""
    digits = [sorted({int(code[i]) for code in row.codes}) for i in range(3)]
    is_box = len(row.codes) == np.prod([len(d) for d in digits])
    if is_box and all(d[-1] - d[0] + 1 == len(d) for d in digits):
        ranges = [
            f"{letter.upper()}{d[0]}" + (f"–{d[-1]}" if len(d) > 1 else "")
            for letter, d in zip("rfm", digits, strict=True)
            if len(d) < bins
        ]
        return " ".join(ranges) or "any code"
    return " ".join(row.codes[:6]) + (" …" if len(row.codes) > 6 else "")
