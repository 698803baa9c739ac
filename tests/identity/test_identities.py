"""Which ids belong to one customer: by exact keys and stated rules, the same for every order of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg import DataError
from custseg.identity import Identities, identities

CRM = pl.DataFrame(
    {
        "id": ["C1", "C2", "C3"],
        "email": ["Ann@example.com", "bob@example.com", "no mail"],
        "phone": ["8 900 123-45-67", "+7 900 765-43-21", None],
    }
)
WEB = pl.DataFrame(
    {
        "cookie": ["a", "b", "b", "c", "d", "d"],
        "email": ["ann@example.com ", "bob@example.com", None, "new@example.com", "ann@example.com", "bob@example.com"],
    }
)
COLUMNS = {
    "crm": {"customer": "id", "email": "email", "phone": "phone"},
    "web": {"cookie": "cookie", "email": "email"},
}
ORDER = ["customer", "email", "phone", "cookie"]


def linked(crm: object = CRM, web: object = WEB, **options: Any) -> Identities:
    given: dict[str, Any] = {"order": ORDER, "country": "RU"}
    return identities({"crm": crm, "web": web}, COLUMNS, **{**given, **options})


def customers(result: Identities, kind: str) -> dict[str, str]:
    rows = result.to_polars().filter(kind=kind)
    return dict(zip(rows["id"], rows["customer_id"], strict=True))


def test_ids_by_hand() -> None:
    result = linked()
    assert customers(result, "phone") == {"+79001234567": "C1", "+79007654321": "C2"}
    # "d" stands beside the addresses of both Ann and Bob, and so belongs to nobody.
    cookies = customers(result, "cookie")
    assert cookies.keys() == {"a", "b", "c"}
    assert (cookies["a"], cookies["b"]) == ("C1", "C2")
    assert cookies["c"] == customers(result, "email")["new@example.com"]
    assert cookies["c"].startswith("email-")
    assert result.n_customers == 4
    assert [(item.kind, item.reason, item.ids) for item in result.conflicts] == [
        ("email", "invalid", 1),
        ("cookie", "several_customers", 1),
    ]


def test_strongest_id_decides() -> None:
    # The cookie stands beside customer 1 and, elsewhere, beside an address of nobody: the customer id decides.
    web = pl.DataFrame({"cookie": ["a", "a"], "id": ["C1", None], "email": [None, "new@example.com"]})
    columns = {"web": {"cookie": "cookie", "customer": "id", "email": "email"}}
    result = identities({"web": web}, columns, order=["customer", "email", "cookie"])
    assert customers(result, "cookie") == {"a": "C1"}
    assert result.conflicts == ()


def test_merge_up_to_its_limit() -> None:
    crm = pl.DataFrame({"id": ["C1", "C2", "C3", "C4", "C5"], "email": ["x@y.de", "x@y.de", *["z@y.de"] * 3]})
    columns = {"crm": {"customer": "id", "email": "email"}}
    result = identities({"crm": crm}, columns, order=["customer", "email"], merge={"email": 2})
    assert customers(result, "customer") == {"C1": "C1", "C2": "C1", "C3": "C3", "C4": "C4", "C5": "C5"}
    assert [(item.reason, item.ids) for item in result.conflicts] == [("too_many", 1)]
    alone = identities({"crm": crm}, columns, order=["customer", "email"])
    assert customers(alone, "customer") == {f"C{n}": f"C{n}" for n in range(1, 6)}
    assert [(item.reason, item.ids) for item in alone.conflicts] == [("several_customers", 2)]


def test_two_ids_of_one_kind_in_a_row() -> None:
    crm = pl.DataFrame({"id": [7, None], "home": ["a@b.de", "c@d.de"], "work": ["e@f.de", "g@h.de"]})
    result = identities(
        {"crm": crm}, {"crm": {"customer": "id", "email": ["home", "work"]}}, order=["customer", "email"]
    )
    emails = customers(result, "email")
    assert emails["a@b.de"] == emails["e@f.de"] == "7"
    assert emails["c@d.de"] == emails["g@h.de"] != "7"


def test_ignored_values() -> None:
    result = linked(ignore={"phone": ["8 900 123 45 67"]})
    assert customers(result, "phone") == {"+79007654321": "C2"}
    assert ("phone", "ignored", 1) in [(item.kind, item.reason, item.ids) for item in result.conflicts]


def test_column_of_customers() -> None:
    result = linked()
    assert result.customers_of(pl.Series(["b", "zzz", None, " a"]), "cookie") == ["C2", None, None, "C1"]
    assert result.customers_of(["ANN@example.com", "no"], "email") == ["C1", None]
    numbers = identities(
        {"t": pl.DataFrame({"c": ["C1"], "k": [7]})},
        {"t": {"customer": "c", "cookie": "k"}},
        order=["customer", "cookie"],
    )
    assert numbers.customers_of([7.0, float("nan"), "7", 7], "cookie") == ["C1", None, "C1", "C1"]
    assert result.customers_of(["8 (900) 123 45 67"], "phone") == ["C1"]
    with pytest.raises(DataError, match="there is no kind 'card' of ids"):
        result.customers_of([], "card")


def test_no_id_is_printed() -> None:
    for language, word in (
        ("en", "<10 ids stand beside several customers"),
        ("ru", "<10 значений встречаются у нескольких"),
    ):
        text = repr(linked(language=language))
        assert word in text
        assert not any(value in text for value in ("C1", "@", "7900"))


def test_large_ids_keep_their_digits() -> None:
    table = pl.DataFrame({"id": ["C1"], "cookie": pl.Series([2**64 - 3], dtype=pl.UInt64)})
    result = identities({"web": table}, {"web": {"customer": "id", "cookie": "cookie"}}, order=["customer", "cookie"])
    assert customers(result, "cookie") == {"18446744073709551613": "C1"}
    lossy = table.with_columns(pl.col("cookie").cast(pl.Float64))
    with pytest.raises(DataError, match=r"\['cookie'\] of the table 'web' went through a decimal type.*as text"):
        identities({"web": lossy}, {"web": {"customer": "id", "cookie": "cookie"}}, order=["customer", "cookie"])


def test_tables_of_every_kind(as_kind: Callable[[pl.DataFrame], object]) -> None:
    assert linked(as_kind(CRM)).to_polars().equals(linked().to_polars())


ids = st.one_of(st.none(), st.sampled_from("abcd"))
rows = st.lists(st.tuples(ids, ids, ids), min_size=1, max_size=12)


@pytest.mark.slow
@given(rows, st.randoms(use_true_random=False))
@examples(200)
def test_order_of_rows_plays_no_part(drawn: list[tuple[Any, ...]], random: Any) -> None:
    def result(given_rows: list[tuple[Any, ...]]) -> Identities:
        table = pl.DataFrame(given_rows, schema=dict.fromkeys(["c", "m", "k"], pl.String), orient="row")
        columns = {"t": {"customer": "c", "card": "m", "cookie": "k"}}
        return identities({"t": table}, columns, order=["customer", "card", "cookie"], merge={"card": 2})

    shuffled = list(drawn)
    random.shuffle(shuffled)
    first, second = result(drawn), result(shuffled)
    assert first.to_polars().equals(second.to_polars())
    assert first.conflicts == second.conflicts
    # Every id belongs to one customer, or is counted.
    n_distinct = sum(len({row[n] for row in drawn} - {None}) for n in range(3))
    assert len(first.to_polars()) + sum(item.ids for item in first.conflicts) == n_distinct
    assert not first.to_polars().select("kind", "id").is_duplicated().any()


@given(rows)
@examples(200)
def test_everything_merged_is_the_connected_component(drawn: list[tuple[Any, ...]]) -> None:
    """With unlimited merging, customers are the connected components of a search step by step."""
    pairs = [(("customer", row[0]), ("card", row[1])) for row in drawn if row[0] is not None and row[1] is not None]
    nodes = {(kind, row[n]) for row in drawn for n, kind in enumerate(("customer", "card")) if row[n] is not None}
    component = {node: {node} for node in nodes}
    for first, second in pairs:
        joined = component[first] | component[second]
        component |= dict.fromkeys(joined, joined)
    frame = pl.DataFrame([row[:2] for row in drawn], schema=dict.fromkeys(["c", "m"], pl.String), orient="row")
    columns = {"t": {"customer": "c", "card": "m"}}
    result = identities({"t": frame}, columns, order=["customer", "card"], merge={"card": 99}).to_polars()
    together: dict[str, set[tuple[str, str]]] = {}
    for kind, value, customer in result.iter_rows():
        together.setdefault(customer, set()).add((kind, value))
    assert {frozenset(group) for group in together.values()} == {frozenset(group) for group in component.values()}


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"order": ["customer", "email"]}, ValueError, r"the kinds are \['cookie', 'customer', 'email', 'phone'\]"),
        ({"order": "customer"}, TypeError, "order must list the kinds of ids"),
        ({"merge": {"customer": 2}}, ValueError, r"merge names \['customer'\]; it can name"),
        ({"merge": {"email": 1}}, ValueError, r"merge\['email'\] must be a whole number from 2 on"),
        ({"ignore": {"email": "a@b.de"}}, TypeError, "ignore must map kinds to lists"),
        ({"ignore": {"card": []}}, ValueError, r"ignore names \['card'\]"),
        ({"country": "Russia"}, ValueError, "country must be a code of ISO 3166-1"),
        ({"crm": CRM.drop("phone"), "web": WEB.drop("email")}, DataError,
         r"the table 'crm' lacks \['phone'\].*; the table 'web' lacks \['email'\]"),
        ({"crm": CRM.with_columns(id=pl.Series([True, False, True]))}, DataError, r"must hold ids"),
    ],
)  # fmt: skip
def test_bad_input(change: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        linked(**change)


def test_tables_and_ids_name_the_same() -> None:
    with pytest.raises(ValueError, match=r"must name the same tables; \['shop'\] are in one of both"):
        identities({"crm": CRM, "shop": WEB}, {"crm": {"customer": "id"}}, order=["customer"])


def test_conflicts_are_listed_without_ids() -> None:
    cookies = ["d", "d", "e", "e", *(f"x{n // 3}" for n in range(30))]
    emails = ["ann@example.com", "bob@example.com"] * 2 + [f"{n % 3}@y.org" for n in range(30)]
    web = pl.DataFrame({"cookie": cookies, "email": emails})
    result = linked(CRM, web)
    [conflict] = [item for item in result.conflicts if item.kind == "cookie"]
    assert (conflict.ids, conflict.by_customers) == (12, {2: 2, 3: 10})
    rows = result.conflict_table
    assert list(rows.iter_rows()) == [
        ("email", "invalid", None, None), ("cookie", "several_customers", 2, None),
        ("cookie", "several_customers", 3, 10),
    ]  # fmt: skip
    assert linked(CRM.head(2), WEB.head(1)).conflict_table.shape == (0, 4)


@pytest.mark.parametrize("damaged", ["7.0", "1.23E+15", "1,23E+15"])
def test_ids_that_were_numbers_with_a_decimal_point_are_refused(damaged: str) -> None:
    crm = CRM.with_columns(id=pl.Series(["C1", "C2", damaged]))
    with pytest.raises(DataError, match=r"\['id'\] of the table 'crm' went through a decimal type"):
        linked(crm)
