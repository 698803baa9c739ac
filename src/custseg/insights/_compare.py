"""Compare custseg's and scikit-learn's clustering methods on the same rows, by the same measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from custseg._checks import check_choice, check_min_size, check_random_state, check_room_for, check_segment_numbers
from custseg._display import Columnar, DisplayTable, html_block
from custseg._numerics import Integers
from custseg.clustering import AUTO_NUMBERS, Candidate, evaluate_clusterer, method_names, select_clustering
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.feature_table import distinct_phrases, given_features
from custseg.matrix import CustomerMatrix, clustering_columns, customer_matrix, requested_clusters
from custseg.texts import LANGUAGES, counted, printable, shortened, table, text, two_decimals

_CALLER = "compare_methods"


@dataclass(frozen=True, eq=False)
class ComparedMethod:
    """The segments of one method and their measures; a measure that cannot be computed is None.

    Attributes
    ----------
    method : str
        Its name in the comparison.
    n_clusters : int
        Number of segments; 0 if there are none.
    silhouette, silhouette_error : float or None
        Mean silhouette in [-1, 1] and its standard error; noise has 0.
    silhouette_gain, silhouette_gain_error : float or None
        Silhouette minus the mean silhouette of k-means with as many clusters on null reference data.
    stability, stability_error : float or None
        Mean adjusted Rand index of refits on two halves of the customers.
    weakest_stability : float or None
        Mean Jaccard similarity of the least stable segment.
    smallest_share : float
        Share of the clustered customers in the smallest segment.
    meets_min_size : bool
        Whether no segment is below the minimum size.
    noise_share : float
        Share of the customers in no segment; for custseg's HDBSCAN before they join the nearest segment.
    calinski_harabasz, davies_bouldin : float or None
        As in scikit-learn, without noise.
    bic : float or None
        Bayesian information criterion of a mixture, smaller is better.
    adjusted_rand : float or None
        Adjusted Rand index with `labels_true` (1 identical, 0 as by chance); noise counts as a segment of its own.
    seconds : float
        Duration of the fit, without the selection of a number and the measures.
    note : str
        Why there is no segmentation, or empty.
    labels : ndarray of shape (n_customers,)
        Segment of each customer of the table; -1 for noise and for customers that cannot be clustered.
    """

    method: str
    n_clusters: int = 0
    silhouette: float | None = None
    silhouette_error: float | None = None
    silhouette_gain: float | None = None
    silhouette_gain_error: float | None = None
    stability: float | None = None
    stability_error: float | None = None
    weakest_stability: float | None = None
    smallest_share: float = 0.0
    meets_min_size: bool = False
    noise_share: float = 0.0
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    bic: float | None = None
    adjusted_rand: float | None = None
    seconds: float = 0.0
    note: str = ""
    labels: Integers = field(default_factory=lambda: np.empty(0, dtype=np.intp), repr=False)


@dataclass(frozen=True, eq=False)
class MethodComparison(Columnar):
    """Several methods on the same customers.

    Attributes
    ----------
    rows : tuple of ComparedMethod
        One for each method, in the order in which they were given.
    min_size : int
        The minimum size, in customers.
    n_customers : int
        Customers that were clustered.
    features : tuple of str
        The features they were clustered on.
    language : {"en", "ru"}
        Language of `repr`.
    phrases : mapping of str to str
        What the features are called in `repr`; by default they have their names.
    """

    rows: tuple[ComparedMethod, ...]
    min_size: int
    n_customers: int
    features: tuple[str, ...]
    language: str = "en"
    phrases: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def columns(self) -> dict[str, list[Any]]:
        """The rows as columns, for any frame constructor."""
        names = [entry.name for entry in fields(ComparedMethod) if entry.name != "labels"]
        return {name: [getattr(row, name) for row in self.rows] for name in names}

    def __repr__(self) -> str:
        names = self._shown_columns()
        rows = [[getattr(row, name) for name in names] for row in self.rows]
        marks = ["", *("" if row.meets_min_size else f"  {self._mark(row)}" for row in self.rows)]
        lines = [line + mark for line, mark in zip(table([list(names.values()), *rows]), marks, strict=True)]
        return "\n".join([self._title(), "", *lines])

    def _repr_html_(self) -> str:
        names = self._shown_columns()
        rows = [
            [*(self._cell(getattr(row, name)) for name in names), "" if row.meets_min_size else self._mark(row)]
            for row in self.rows
        ]
        return html_block(self.language, lead=[self._title()], tables=[DisplayTable([*names.values(), ""], rows)])

    def _shown_columns(self) -> dict[str, str]:
        """The headings of the columns that are printed."""
        headings: dict[str, str] = text(self.language, "comparison", "columns")
        has_agreement = any(row.adjusted_rand is not None for row in self.rows)
        return {name: heading for name, heading in headings.items() if has_agreement or name != "adjusted_rand"}

    def _cell(self, value: str | float | None) -> str:
        return str(value) if isinstance(value, (str, int)) else two_decimals(value, self.language)

    def _title(self) -> str:
        """Which methods on which customers."""
        words = text(self.language, "comparison")
        called = [printable(self.phrases.get(name, name)) for name in self.features]
        return str(words["title"]).format(
            methods=self._counted(len(self.rows), "methods"),
            customers=self._counted(self.n_customers, "customers"),
            features=", ".join(shortened(called, self.language)),
            minimum=self._counted(self.min_size, "minimum"),
        )

    def _mark(self, row: ComparedMethod) -> str:
        """Why the method cannot be used; errors are in English."""
        words = text(self.language, "comparison")
        if row.n_clusters:
            return str(words["under_minimum"])
        return row.note if row.note and self.language == "en" else str(words["no_segments"])

    def _counted(self, count: int, noun: str) -> str:
        return counted(count, text(self.language, "comparison", noun), self.language)


def compare_methods(
    features: object,
    methods: Mapping[str, Any] | Sequence[Any] | None = None,
    *,
    labels_true: object = None,
    columns: Sequence[str] | None = None,
    min_size: int | float = 0.05,
    n_segments: int | range | None = None,
    random_state: int = 0,
    language: str = "en",
) -> MethodComparison:
    """Compare clustering methods on the same customers: one preparation, one minimum size, the same measures.

    Parameters
    ----------
    features : FeatureTable or table
        One row per customer, as `fit_segments(features=...)` takes it. It is prepared as there.
    methods : mapping of str to clusterer, or sequence, optional
        A name for each scikit-learn clusterer, or for one of custseg's own methods, which keep the minimum size
        (`custseg.clustering.method_names()`); or a list of either. By default the methods of "auto".
    labels_true : array-like of shape (n_customers,), optional
        Known groups, to measure the agreement with; in the order of the rows.
    columns : sequence of str, optional
        Features to cluster on; by default as in `fit_segments`.
    min_size : int or float, default 0.05
        Customers (int), or a share of the clustered customers. Clusterers of scikit-learn have no minimum
        size; `meets_min_size` reports whether they meet it.
    n_segments : int or range, optional
        As in `fit_segments`, which gives the same result for one method. Clusterers have their own number.
    random_state : int, default 0
        Seed, also of clusterers without one. The order of the rows does not matter.
    language : {"en", "ru"}, default "en"
        Language of the printed comparison.

    Returns
    -------
    MethodComparison

    Raises
    ------
    DataError
        If the table cannot be used, or a clusterer refuses it.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    A method that finds no segments has a row that says why. Heavy tails are compressed for all methods alike, see
    `custseg.preparation.compress_tails`. The measures are those of `select_clustering`; the notes of
    `evaluate_clusterer` on noise and refits hold for other clusterers.

    Examples
    --------
    >>> import numpy as np
    >>> import polars as pl
    >>> from sklearn.cluster import AgglomerativeClustering
    >>> from custseg.insights import compare_methods
    >>> groups = np.repeat([0, 1, 2], 40)
    >>> rng = np.random.default_rng(0)
    >>> visits, basket = rng.normal(np.array([[20, 40, 20], [30, 45, 60]])[:, groups])
    >>> table = pl.DataFrame({"id": range(120), "visits": visits, "basket": basket})
    >>> found = compare_methods(table, {"k-means": "kmeans", "Ward": AgglomerativeClustering(3)}, labels_true=groups)
    >>> [(row.method, row.n_clusters, row.adjusted_rand) for row in found.rows]
    [('k-means', 3, 1.0), ('Ward', 3, 1.0)]
    """
    checked = _checked_methods(methods)
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    check_segment_numbers(_CALLER, n_segments, usual=AUTO_NUMBERS)
    check_min_size(_CALLER, min_size)
    seed = check_random_state(_CALLER, random_state)
    table = given_features(features, None, _CALLER)
    truth = _codes(labels_true, len(table))
    names = clustering_columns(table, columns, _CALLER)
    table = table.with_categories(names)
    matrix = customer_matrix(table, names, min_size=min_size, caller=_CALLER)
    n_rows = len(matrix.rows)
    n_members = check_min_size(_CALLER, min_size, n_rows)
    check_room_for(_CALLER, n_segments, customers=n_rows, min_size=n_members)

    rows = []
    for name, method in checked.items():
        try:
            if isinstance(method, str):
                result = select_clustering(
                    matrix.rows,
                    methods=[method],
                    n_clusters=requested_clusters(n_segments),
                    min_size=n_members,
                    random_state=seed,
                ).best
            else:
                result = evaluate_clusterer(method, matrix.rows, name=name, min_size=n_members, random_state=seed)
        except (DataError, InfeasibleMinimumError) as error:
            rows.append(ComparedMethod(name, note=str(error), labels=np.full(len(table), -1)))
        except ValueError as error:
            raise DataError(f"{_CALLER}: {name!r} cannot be fitted on {n_rows:,} rows: {error}") from error
        else:
            rows.append(_compared(name, result, matrix, truth=truth))
    clustered_on, phrases = tuple(matrix.preparation.names), distinct_phrases(table.described, language)
    return MethodComparison(tuple(rows), n_members, n_rows, clustered_on, language, phrases)


def _compared(name: str, result: Candidate, matrix: CustomerMatrix, *, truth: Integers | None) -> ComparedMethod:
    shared = [entry.name for entry in fields(ComparedMethod) if hasattr(result, entry.name)]
    agreement = None if truth is None else float(adjusted_rand_score(truth[matrix.is_clustered], result.labels))
    labels = matrix.customer_labels(result.labels)
    row = ComparedMethod(**{entry: getattr(result, entry) for entry in shared})
    note = "" if result.n_clusters else "it found no segments"
    return replace(row, method=name, adjusted_rand=agreement, labels=labels, note=note)


def _checked_methods(methods: object) -> dict[str, Any]:
    """The clusterers, or names of custseg's methods, by their names in the comparison."""
    if methods is None:
        return {method: method for method in method_names(auto=True)}
    if isinstance(methods, (list, tuple)):
        names = [method if isinstance(method, str) else repr(method) for method in methods]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"{_CALLER}: methods has {twice!r} twice. Give a mapping with a name for each.")
        methods = dict(zip(names, methods, strict=True))
    if not isinstance(methods, Mapping) or not methods:
        raise TypeError(
            f"{_CALLER}: methods must give each clusterer a name, such as {{'Ward': AgglomerativeClustering(4)}}, "
            f"or list some of {list(method_names())}, got {type(methods).__name__}."
        )
    for name, method in methods.items():
        if isinstance(method, str):
            check_choice(_CALLER, "methods", method, allowed=method_names())
        elif isinstance(method, type) or not all(hasattr(method, need) for need in ("get_params", "fit_predict")):
            description = f"the class {method.__name__}" if isinstance(method, type) else type(method).__name__
            raise TypeError(
                f"{_CALLER}: methods must be scikit-learn clusterers such as KMeans(4), or names of "
                f"{list(method_names())}; {name!r} is {description}."
            )
    return {str(name): method for name, method in methods.items()}


def _codes(labels_true: object, n_rows: int) -> Integers | None:
    """The known groups as integers."""
    if labels_true is None:
        return None
    values = np.asarray(labels_true)
    if values.shape != (n_rows,):
        raise ValueError(
            f"{_CALLER}: labels_true must have one label for each row of features, {n_rows:,}, "
            f"got shape {values.shape}."
        )
    listed = values.tolist()
    if missing := sum(value is None or value != value for value in listed):
        raise ValueError(f"{_CALLER}: labels_true must have a label for every row, and lacks {missing:,}.")
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in listed], dtype=np.intp)
