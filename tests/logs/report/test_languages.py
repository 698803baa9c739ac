"""Every finding has a text and a remedy in every language."""

from __future__ import annotations

from string import Formatter

import polars as pl
import pytest

from custseg import fit_segments
from custseg.features import data_report
from custseg.texts import LANGUAGES, catalog

LOG = pl.DataFrame(
    {
        "customer_id": ["a", "a", None, "b"],
        "order_id": [1, 2, 3, 4],
        "ordered_at": ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-03"],
        "amount": [1000.0, -5.0, 9.0, 9.0],
    }
)


def test_report_is_in_russian() -> None:
    report = data_report(LOG, as_of="2024-06-01", language="ru")
    assert repr(report).splitlines() == [
        "Отчёт о данных",
        "заказы: 4 строки, 2 клиента, с 01.05.2024 по 03.05.2024",
        "  !  1 строка без клиента, не учтена.",
        "       Неизвестно, чьи это заказы. Если идентификаторы клиентов в другом столбце, укажите его в customer=.",
        "     1 строка с отрицательной суммой (возвраты вычитаются).",
        "     Столбцы с пропусками, доля заполненных: клиент 75,0\N{NO-BREAK SPACE}%.",
    ]


def test_fit_passes_its_language_on() -> None:
    log = LOG.with_columns(pl.Series("customer_id", list("abcd")), amount=1.0)
    fitted = fit_segments(log, n_segments=1, columns=["recency_days"], language="ru")
    assert repr(fitted.data_report).startswith("Отчёт о данных\nзаказы: 4 строки")


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="data_report: language must be one of"):
        data_report(LOG, as_of="2024-06-01", language="fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_forms_and_a_remedy(language: str) -> None:
    forms = {"en": 2, "ru": 3}[language]
    for log, entries in catalog(language)["findings"].items():
        for name, entry in entries.items():
            english = catalog("en")["findings"][log][name]
            assert len(entry["text"]) == forms, name
            assert all(_fields(text) <= _fields(*english["text"]) | {"count"} for text in entry["text"]), name
            assert entry["remedy"], name
            assert _fields(entry["remedy"]) == _fields(english["remedy"]), name


def _fields(*texts: str) -> set[str]:
    return {field for text in texts for _, field, _, _ in Formatter().parse(text) if field}
