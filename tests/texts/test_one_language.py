"""Results in Russian hold no English: ids, columns of code and SQL, arguments, options, HDBSCAN and k-means aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib.text
import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from quick import quick_fit

from custseg import Orders, Segmentation
from custseg.cli import main
from custseg.datasets import make_shop
from custseg.insights import compare_methods, explain
from custseg.plots import plot_segments
from custseg.profiling import profile_segments
from custseg.tracking import drift, refit

LATIN = re.compile(r"[A-Za-z]+")
# Arguments such as customer=, options such as --date, the proper words, columns and values of the data in quotes.
CODE = re.compile(
    r"--[\w-]+( [A-Z]+)?|\b\w+=[^\s,]*|\bHDBSCAN\b|\bk-средние|'[^']*'|\b(?:as_of|Customers)\b|custseg\.[\w.]+"
)


def latin(text: str) -> list[str]:
    return LATIN.findall(CODE.sub("", text))


@pytest.fixture(scope="module", params=["orders", "events", "given"])
def result(request: pytest.FixtureRequest) -> Segmentation:
    if request.param == "given":
        return quick_fit(features=table(), n_segments=3, language="ru", labels=LABELS)
    shop = make_shop(400, 3)
    events = shop.events if request.param == "events" else None
    return quick_fit(shop.orders, events=events, as_of=shop.as_of, language="ru")


LABELS = {
    "MntWines": {"ru": "вино"},
    "MntFish": {"ru": "рыба"},
    "hour": {"ru": "час визита"},
    "debt": {"ru": "долг"},
    "same": {"ru": "одинаковое"},
    "vip": {"ru": "важный клиент"},
    "amount_text": {"ru": "сумма текстом"},
}


def table() -> pl.DataFrame:
    """Three groups, with a missing value, an extreme one, a constant column, hours and numbers kept as text."""
    rng = np.random.default_rng(0)
    centers = np.repeat([[10.0, 40.0], [40.0, 10.0], [80.0, 80.0]], 100, axis=0)
    wine, fish = (centers + rng.normal(0, 3, centers.shape)).T
    return pl.DataFrame(
        {
            "id": [f"c{i}" for i in range(300)],
            "MntWines": [None, *wine[1:]],
            "MntFish": np.append(fish[:-1], 9_000),
            "hour": rng.integers(0, 24, 300),
            "debt": np.where(rng.random(300) < 0.4, -1, rng.integers(100, 999, 300)),
            "vip": rng.integers(0, 2, 300),
            "same": 1.0,
            "amount_text": [f"{i}.5" for i in range(300)],
        }
    )


def sentences(result: Segmentation) -> Iterator[str]:
    """All that is printed of a result."""
    yield repr(result)
    yield repr(result.choice).rpartition("\n")[2]
    yield from result.notes
    yield from result.profiles.notes
    yield repr(result.data_report) if result.data_report else ""
    yield repr(result.rules)
    yield from (rule.text for rule in result.rules.rules)


def test_texts_of_a_result(result: Segmentation) -> None:
    assert [word for line in sentences(result) for word in latin(line)] == []


def test_translated_result_holds_no_word_of_the_other_language(result: Segmentation) -> None:
    english = result.in_language("en")
    assert [word for line in sentences(english) for word in re.findall("[а-яё]+", line.lower())] == []
    assert list(sentences(english.in_language("ru"))) == list(sentences(result))


def test_explanation_speaks_the_language_of_the_result(result: Segmentation) -> None:
    ids = result.features.ids.to_list()
    told = [
        repr(explain(result, ids[index])).replace(ids[index], "") for index in np.flatnonzero(result.labels >= 0)[:9]
    ]
    assert [word for text in told for word in latin(text)] == []


def test_picture(result: Segmentation) -> None:
    texts = [text.get_text() for text in plot_segments(result).findobj(matplotlib.text.Text)]
    assert [text for text in texts if latin(text)] == []


@pytest.mark.slow
def test_drift_and_refit() -> None:
    shop = make_shop(300, 0)
    model = quick_fit(Orders(shop.orders, channel="channel"), as_of="2025-06-01", language="ru").model
    doubled = shop.orders.with_columns(pl.col("amount") * 3)
    assert latin(repr(drift(model, orders=doubled, as_of="2025-07-01"))) == []
    assert latin(repr(refit(model, shop.orders, as_of="2025-07-01"))) == []


@pytest.mark.slow
def test_comparison_of_methods() -> None:
    given = quick_fit(features=table(), n_segments=2, method="kmeans", labels=LABELS).features
    printed = repr(compare_methods(given, {"один": "kmeans"}, n_segments=2, language="ru"))
    assert latin(printed) == []
    assert "вино, рыба" in printed


def test_notes_of_profiles() -> None:
    rows = table().with_columns(day=pl.lit("2024-05-01").str.to_date())
    [ids, left_out] = profile_segments(rows, np.arange(300) % 2, language="ru", column_labels=LABELS).notes
    assert ids.startswith("Столбец 'id' таблицы features прочитан как идентификаторы")
    assert left_out == "Не используется столбец day: в нём не числа, не текст и не да/нет."


@pytest.fixture
def log(tmp_path: Path) -> Path:
    shop = make_shop(200, 0)
    path = tmp_path / "заказы.csv"
    pl.DataFrame(shop.orders).select("customer_id", "order_id", "ordered_at", "amount").write_csv(path)
    return path


@pytest.mark.slow
def test_command_line(log: Path, tmp_path: Path) -> None:
    options = ["--method", "kmeans", "--segments", "4", "--language", "ru", "--out", str(tmp_path / "папка")]
    done = CliRunner().invoke(main, ["fit", str(log), *options])
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert {line.partition(" /")[0] for line in lines if "папка" in line} == {"Записан файл"}
    assert [line for line in lines if "папка" not in line and latin(line)] == []


@pytest.mark.slow
def test_labels_of_the_command_line(log: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.toml").write_text('recency_days = "молчание"\n', encoding="utf-8")
    options = ["--labels", str(tmp_path / "labels.toml"), "--method", "kmeans", "--segments", "4", "--language", "ru"]
    done = CliRunner().invoke(main, ["fit", str(log), *options, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0
    assert "по признакам: молчание, число заказов" in done.output


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (["нет.csv"], 1, "Ошибка: Файла 'нет.csv' нет.\n"),
        ([], 2, "Не указан файл заказов ORDERS (или укажите файл событий: --events)."),
        (["LOG", "--segments", "9", "--min-size", "60"], 1, "Ошибка: Сегменты такого размера построить нельзя."),
        (["LOG", "--amount", "сумма"], 1, "Ошибка: В таблице нет столбца 'сумма' (--amount)."),
        (["LOG", "--columns", "a,a"], 2, "Ошибка: В --columns каждый признак называют один раз"),
    ],
)
def test_errors_of_the_command_line(log: Path, arguments: list[str], exit_code: int, message: str) -> None:
    words = [str(log) if word == "LOG" else word for word in arguments]
    done = CliRunner().invoke(main, ["fit", *words, "--language", "ru", "--out", "x"])
    assert done.exit_code == exit_code
    assert message in done.stderr
