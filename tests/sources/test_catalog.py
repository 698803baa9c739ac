"""The list of systems, and the report that all of them give."""

import polars as pl
import pytest

from custseg import sources
from custseg.sources import SYSTEMS, names, presets, read
from custseg.sources.reading import formats
from custseg.texts import LANGUAGES, catalog

ROWS = pl.DataFrame(
    {
        "Name": ["#1", "#2"],
        "Email": ["a@x.org", None],
        "Created at": ["2026-09-01", "2026-09-02"],
        "Lineitem quantity": [1, 1],
        "Lineitem price": [2.0, 3.0],
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_system_says_what_it_gives(language: str) -> None:
    assert catalog(language)["sources"]["systems"].keys() == names(language).keys()
    assert names(language).keys() == {*SYSTEMS, *presets()}
    assert SYSTEMS.keys() <= formats().keys()


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_every_system_is_a_function_of_the_folder(name: str) -> None:
    assert callable(getattr(sources, name))
    assert name in sources.__all__
    with pytest.raises(TypeError, match=r"."):
        getattr(sources, name)()


def test_read_takes_the_files_of_the_command_line() -> None:
    assert read("shopify", {"orders": ROWS}).report.rows == {"orders": 2}
    with pytest.raises(ValueError, match=r"sources\.read: file must be one of \['orders', 'customers'\], got 'events'"):
        read("shopify", {"events": ROWS})
    with pytest.raises(ValueError, match=r"must be one of .* got 'shopfy'\. Did you mean 'shopify'"):
        read("shopfy", {"orders": ROWS})


def test_report_in_both_languages() -> None:
    english, russian = (read("shopify", {"orders": ROWS}, language=language).report for language in ("en", "ru"))
    assert repr(english).splitlines()[:2] == [
        "Read from shopify: orders 2 rows.",
        "  !  1 row has no id of a customer, left out.",
    ]
    assert repr(russian).splitlines()[:2] == [
        "Прочитано из shopify: заказы 2 строки.",
        "  !  1 строка без клиента, не учтена.",
    ]
    assert english.to_polars()["count"].to_list() == [None]  # 1 to 9 are not in a table
    assert "1 row has no id of a customer" in english._repr_html_()


def test_arguments_that_systems_share_are_options_of_each() -> None:
    assert {"orders", "timezone", "as_of"} <= SYSTEMS["shopify"].options()
    assert {"events", "timezone", "date_format", "language"} <= SYSTEMS["mailgun"].options()
    assert {"deals", "only", "decimal"} <= SYSTEMS["amocrm"].options()


def test_two_files_for_one_argument_are_refused() -> None:
    with pytest.raises(ValueError, match=r"ga4 has \['orders', 'events'\] in the same files, and two are given"):
        read("ga4", {"orders": "a.jsonl", "events": "b.jsonl"})
    rows = {"event_timestamp": [1788253200123456], "event_name": ["page_view"], "user_pseudo_id": ["1.2"]}
    table = pl.DataFrame(rows)
    assert read("ga4", {"orders": table, "events": table}).report.rows == {"events": 1}
