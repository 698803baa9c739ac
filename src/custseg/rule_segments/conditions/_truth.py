"""Three-valued logic: a condition is true, false or unknown for each customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools


@dataclass(frozen=True, eq=False)
class Truth:
    """The truth values of a condition, in the three-valued logic of Kleene, which is that of SQL.

    "And" is false where one side is false, and "or" true where one side is true, whatever the other is; else they are
    unknown where one side is. The negation of unknown is unknown.

    Attributes
    ----------
    is_true, is_false : ndarray of bool, shape (n_customers,)
        Where the condition holds, and where it does not; it is unknown where neither is.
    """

    is_true: Bools
    is_false: Bools

    @classmethod
    def where(cls, holds: Bools, is_known: Bools) -> Truth:
        """True and false as `holds` says where the value is known, else unknown."""
        return cls(holds & is_known, ~holds & is_known)

    @property
    def is_unknown(self) -> Bools:
        """Where the condition is neither true nor false."""
        return np.asarray(~(self.is_true | self.is_false))

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.is_true & other.is_true, self.is_false | other.is_false)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.is_true | other.is_true, self.is_false & other.is_false)

    def __invert__(self) -> Truth:
        return Truth(self.is_false, self.is_true)

    def only_where(self, is_valid: Truth) -> Truth:
        """The same where the other condition is true, else unknown."""
        return Truth(self.is_true & is_valid.is_true, self.is_false & is_valid.is_true)
