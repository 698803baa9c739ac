"""`shortest_rules`: rules that recover segments from as few columns as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

from custseg._checks import as_share, check_choice, check_integer, check_random_state
from custseg._display import Columnar
from custseg._numerics import Integers
from custseg.errors import DataError
from custseg.rules._few_columns import few_columns
from custseg.rules._labeled import Evaluation, labeled_customers
from custseg.rules._results import RuleSet
from custseg.texts import LANGUAGES, plural

_FEWEST_CUSTOMERS = 100
_MOST_COLUMNS = 12


@dataclass(frozen=True, eq=False, repr=False)
class ShortestRules(Columnar):
    """Rules on the fewest columns.

    Attributes
    ----------
    names : tuple of str
        The columns, in the order in which they were chosen.
    rule_set : RuleSet
        The rules: exactly one holds for every customer, also where values are missing. Its `fidelity` is the accuracy
        for held-out customers.
    at_least : float
        The accuracy that was to be reached.
    validated : tuple of float
        The mean accuracy with one column, two columns, and so on, by which their number was decided; none of these
        customers is held out.
    held_out : ndarray of int
        Rows of the customers on whom the rules are measured. They had no say in columns and thresholds.
    is_validated : bool
        Whether the 95 % interval of the accuracy by which the number was decided lies above `at_least`.
    """

    names: tuple[str, ...]
    rule_set: RuleSet
    at_least: float
    validated: tuple[float, ...]
    held_out: Integers
    is_validated: bool

    def columns(self) -> dict[str, list[object]]:
        """One row per rule as columns, for any frame constructor."""
        return self.rule_set.columns()

    def __repr__(self) -> str:
        return repr(self.rule_set)


def shortest_rules(
    features: object,
    labels: object,
    *,
    at_least: float = 0.85,
    columns: Sequence[str] | None = None,
    max_columns: int = 6,
    names: Mapping[int, str] | Sequence[str] | None = None,
    customer_column: str | None = None,
    language: str = "en",
    random_state: int = 0,
    caller: str = "shortest_rules",
) -> ShortestRules:
    """Rules for all customers on the fewest columns, and the fewest thresholds, that recover the segments.

    Columns are added one by one to the three best sets so far (forward selection with a beam): those whose
    classification trees, pruned as that of `segment_rules`, are right for most customers.

    Parameters
    ----------
    features : FeatureTable, table or mapping of str to array
        One row per customer, as in `segment_rules`.
    labels : array-like of int, shape (n_customers,)
        Segment of each customer, from any method. Customers without one (-1, None or NaN), and in segments of fewer
        than ten, are left out.
    at_least : float, default 0.85
        The accuracy to reach, in (0, 1].
    columns : sequence of str, optional
        Columns that rules may use; by default all.
    max_columns : int, default 6
        The most columns, from 1 to 12.
    names : mapping of int to str, or sequence of str, optional
        Names of the segments.
    customer_column : str, optional
        Column of ids in a table; by default `customer_id`, else the first column.
    language : {"en", "ru"}, default "en"
        Language of the texts.
    random_state : int, default 0
        Seed of the splits.
    caller : str, optional
        Name of the function that errors name.

    Returns
    -------
    ShortestRules
        If `at_least` cannot be reached, the rules that came closest; compare ``rule_set.fidelity``.

    Raises
    ------
    DataError
        If fewer than 100 customers are in segments, fewer than two segments have ten, columns are missing, or none
        varies.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Of each segment 30 % of the customers are held out. The number of columns is decided among the others: five times,
    trees are grown on 70 % of them and measured on 30 %. The first columns for which the 95 % interval of the mean
    accuracy lies above `at_least` end the search, so that the accuracy for the held-out customers seldom falls below
    it. Columns that later ones replace are dropped. Leaves are pruned as long as the interval stays there and the
    accuracy within one standard error of that of all leaves. The tree that is returned is grown on all customers that
    are not held out, with these columns and as many leaves.

    Thresholds have at most two significant digits. A missing value takes the way that customers without it took in the
    training part; where fewer than ten of them lacked it, the way on which most customers would be classified correctly
    if none had it.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.rules import shortest_rules
    >>> orders = np.arange(1, 401) % 20
    >>> features = {"order_count": orders, "month": np.arange(1, 401) % 12}
    >>> shortest = shortest_rules(features, (orders >= 5).astype(int), names=["Few", "Many"])
    >>> shortest.names, shortest.rule_set.fidelity
    (('order_count',), 1.0)
    """
    aim: object = at_least
    if isinstance(aim, bool) or not isinstance(aim, Real):
        raise TypeError(f"{caller}: at_least must be a number, got {type(aim).__name__} {aim!r}.")
    share = as_share(aim)
    if not 0 < share <= 1:
        raise ValueError(f"{caller}: at_least must be an accuracy above 0 and up to 1, such as 0.85, got {at_least!r}.")
    check_choice(caller, "language", language, allowed=LANGUAGES)
    most = check_integer(caller, "max_columns", max_columns, minimum=1, maximum=_MOST_COLUMNS)
    seed = check_random_state(caller, random_state)
    customers = labeled_customers(
        features,
        labels,
        columns=columns,
        names=names,
        customer_column=customer_column,
        language=language,
        caller=caller,
    )
    if len(customers.segments) < 2:
        raise DataError(f"{caller}: there must be two segments or more of at least ten customers. Make more segments.")
    table, codes = customers.table, customers.codes
    if len(codes) < _FEWEST_CUSTOMERS:
        raise DataError(
            f"{caller}: {_FEWEST_CUSTOMERS} customers are needed, to choose columns and to measure the accuracy on "
            f"others; {plural(len(codes), 'customer')} are in segments. Take more customers."
        )
    few = few_columns(table, customers.templates, codes, at_least=share, max_columns=most, seed=seed, caller=caller)
    rule_set = Evaluation(customers, few.held_out, language).rule_set(few.rules)
    return ShortestRules(few.columns, rule_set, share, few.validated, customers.rows[few.held_out], few.is_validated)
