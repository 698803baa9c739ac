"""The columns of money: an amount per line, or a quantity and a price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from custseg.inspection.columns._facts import ColumnFacts, determines
from custseg.inspection.columns._roles import Candidate, RoleFinding, candidates, decided, number_gate

_ENOUGH = 0.9
_FEWEST_LINES = 5
_ROUNDING = 0.011
_SAME_PRICE = 0.7
_PRE_TAX = frozenset({"subtotal", "net", "netto", "neto", "ht", "base"})


@dataclass(frozen=True)
class MoneyFinding:
    """The columns of the money of a line.

    Attributes
    ----------
    amount, quantity, price : RoleFinding or None
        Either an amount, or a quantity and a price.
    order_total : ColumnFacts or None
        A column that holds the total of an order, on each of its lines or on the first alone.
    extra : tuple of (role, RoleFinding)
        Further columns of money that are not needed, such as the quantity beside an amount.
    """

    amount: RoleFinding | None = None
    quantity: RoleFinding | None = None
    price: RoleFinding | None = None
    order_total: ColumnFacts | None = None
    extra: tuple[tuple[str, RoleFinding], ...] = ()


def find_money(columns: Sequence[ColumnFacts], order: RoleFinding | None) -> MoneyFinding | None:
    """The columns of money, by name and by quantity x price = amount."""
    usable = [column for column in columns if not _is_identifier(column)]
    quantity = decided(candidates(usable, "quantity", number_gate), min_score=0.5)
    price = decided(candidates(usable, "price", number_gate), min_score=0.5)
    amounts = _amounts(usable, price if quantity else None)
    extra = tuple((role, finding) for role, finding in (("quantity", quantity), ("price", price)) if finding)
    if quantity and price:
        for candidate in amounts:
            if (product_share(quantity.column, price.column, candidate.column) or 0.0) >= _ENOUGH:
                return MoneyFinding(RoleFinding(candidate.column, "certain", "product"), extra=extra)
    totals = [candidate for candidate in amounts if is_order_total(candidate.column, order)]
    lines = [candidate for candidate in amounts if candidate not in totals]
    amount = decided(lines, min_score=0.3)
    total = totals[0].column if totals else None
    if quantity and price and (amount is None or amount.column.scores.get("amount", 0) < 0.5 or total):
        per_piece = is_per_piece(quantity.column, price.column, columns)
        return _product(quantity, price, total=total, amount=amount, per_piece=per_piece)
    if amount is None and total is not None:
        amount = replace(decided(totals), certainty="likely", reason="order_total")  # type: ignore[type-var]
    if amount is None:
        amount = _by_values(usable)
    if amount is None:
        return None
    if quantity and price and amount.certainty == "certain":
        checked = product_share(quantity.column, price.column, amount.column) is not None
        amount = replace(amount, certainty="likely", reason="not_product" if checked else "product_unchecked")
    return MoneyFinding(amount, order_total=total, extra=extra)


def _product(
    quantity: RoleFinding, price: RoleFinding, *, total: ColumnFacts | None, amount: RoleFinding | None, per_piece: bool
) -> MoneyFinding:
    """Quantity and price, certain where the price is known to be a unit price."""
    doubtful = price.certainty == "certain" and not per_piece
    price_finding = replace(price, certainty="likely", reason="price_of_a_line") if doubtful else price
    extra = (("amount", amount),) if amount else ()
    return MoneyFinding(quantity=quantity, price=price_finding, order_total=total, extra=extra)


def _amounts(columns: Sequence[ColumnFacts], price: RoleFinding | None) -> list[Candidate]:
    amounts = [
        Candidate(candidate.column, candidate.score * (0.9 if _is_before_tax(candidate.column) else 1.0))
        for candidate in candidates(columns, "amount", number_gate)
        if price is None or candidate.column is not price.column
    ]
    return sorted(amounts, key=lambda candidate: (-candidate.score, candidate.column.index))


def _by_values(columns: Sequence[ColumnFacts]) -> RoleFinding | None:
    """A column of numbers with decimals and without a telling name, where it is the only one."""
    money = [column for column in columns if column.is_number and not column.is_whole and not column.concepts]
    return RoleFinding(money[0], "likely", "only_decimals") if len(money) == 1 else None


def _is_before_tax(column: ColumnFacts) -> bool:
    return any(word in _PRE_TAX for word in column.name.lower().replace("_", " ").split())


def _is_identifier(column: ColumnFacts) -> bool:
    return bool(column.concepts & {"id", "phone", "place"})


def is_per_piece(quantity: ColumnFacts, price: ColumnFacts, columns: Sequence[ColumnFacts]) -> bool:
    """Whether the price is that of a piece: by its name, or because it stays where the quantity changes."""
    if "unit" in price.concepts or price.name.lower().startswith("einzel"):
        return True
    products = [column for column in columns if column.scores.get("product", 0.0) >= 0.65 and not column.has_decimals]
    return any(
        product.distinct_share < 0.8
        and determines(product.values, price.values) >= _SAME_PRICE
        and determines(product.values, quantity.values) < _SAME_PRICE
        for product in products
    )


def product_share(quantity: ColumnFacts, price: ColumnFacts, amount: ColumnFacts) -> float | None:
    """Share of the rows with several pieces where quantity x price is the amount; None where such rows are too few."""
    right = total = 0
    for texts in zip(quantity.values, price.values, amount.values, strict=True):
        pieces, unit_price, line_amount = (
            column.number(text) for column, text in zip((quantity, price, amount), texts, strict=True)
        )
        if pieces is None or unit_price is None or line_amount is None or pieces in (0, 1):
            continue
        total += 1
        right += abs(pieces * unit_price - line_amount) <= _ROUNDING * max(1.0, abs(pieces))
    return right / total if total >= _FEWEST_LINES else None


def is_order_total(column: ColumnFacts, order: RoleFinding | None) -> bool:
    """Whether the column holds an order's total: the same on all lines of an order, or on its first line alone."""
    if order is None or order.column.distinct_share > 0.9:
        return False
    lines = order.column.values
    if column.filled_share < 0.95:
        starts = [i == 0 or lines[i] != lines[i - 1] for i in range(len(lines))]
        on_start = sum(value is not None for value, start in zip(column.values, starts, strict=True) if start)
        return on_start >= _ENOUGH * sum(starts) and len(column.filled) <= 1.1 * sum(starts)
    return column.distinct > 1 and determines(lines, column.values) >= _ENOUGH
