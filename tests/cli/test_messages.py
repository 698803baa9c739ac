"""Messages of the library in Russian: the wordings of the catalog are those that the library has."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from custseg.cli import main
from custseg.cli._messages import message_in

HEADER = "customer_id,order_id,ordered_at,amount"
ROWS = [f"c{i % 40},{i},2024-0{1 + i % 9}-1{i % 9},{i % 17 + 1}" for i in range(200)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")

    def write(name: str, *lines: str) -> None:
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    write("log.csv", HEADER, *ROWS)
    write("empty.csv")
    write("header.csv", HEADER)
    write("dates.csv", HEADER, *[row.replace("2024-", "x") for row in ROWS])
    write("words.csv", HEADER, *[f"{row}x" for row in ROWS])
    write("refunds.csv", HEADER, *ROWS, "c1,900,2024-05-05,-3")
    write("currencies.csv", f"{HEADER},currency", *[f"{row},{'EUR' if i % 2 else 'USD'}" for i, row in enumerate(ROWS)])
    write("bare.csv", *ROWS)
    write("long.csv", HEADER, *ROWS, "a,b,c,d,e,f")
    write("alike.csv", HEADER, *[f"c{i},{i},2024-01-01,5" for i in range(100)])
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 8)
    write("column.toml", 'visits = "x"')
    write("twice.toml", 'order_count = "x"', 'revenue = "x"')
    write("broken.toml", "order_count =")
    return folder


CASES = [
    (["absent*.csv"], "Файла 'absent*.csv' нет."),
    (["header.csv"], "нет ни одной строки"),
    (["dates.csv"], "значений, которые не читаются как дата, 200"),
    (["words.csv"], "значений, которые не читаются как число, 200"),
    (["currencies.csv"], "Суммы в разных валютах"),
    (["refunds.csv", "--refunds", "error"], "с отрицательной суммой (1) или отменённые (0)"),
    (["log.csv", "--customer", "client"], "нет столбца 'client' (--customer)"),
    (["log.csv", "--customer", "custmer_id"], "нет столбца 'custmer_id' (--customer). Может быть, 'customer_id'?"),
    (["log.csv", "--customer", "who", "--date", "when"], "нет столбцов: 'who' (--customer), 'when' (--date)."),
    (["log.csv", "--columns", "revenu"], "Нет признака 'revenu'. Может быть, 'revenue'?"),
    (["log.csv", "--columns", "visits"], "Нет признака 'visits'."),
    (["log.csv", "--columns", "a1,b1"], "Нет признаков: 'a1', 'b1'."),
    (["log.csv", "--as-of", "soon"], "--as-of — дата вида '2024-05-31' или"),
    (["log.csv", "--as-of", "2020-01-01"], "ещё нет ни одной строки (журнал заказов)"),
    (["log.csv", "--window-days", "0"], "--window-days — число дней от 1"),
    (["log.csv", "--segments", "99"], "Клиентов, из которых можно построить сегменты: 40."),
    (["log.csv", "--min-size", "0"], "--min-size — не меньше 1"),
    (["log.csv", "--min-size", "1.5"], "больше 0 и меньше 1, получено 1,5"),
    (["log.csv", "--labels", "column.toml"], "нет столбца 'visits'. Столбцы:"),
    (["log.csv", "--labels", "twice.toml"], "у столбцов 'order_count' и 'revenue' одна подпись, 'x'"),
    (["log.csv", "--labels", "broken.toml"], "не читается как TOML"),
    (["log.csv", "--labels", "absent.toml"], "Файла --labels 'absent.toml' нет."),
    (["log.csv", "--timezone", "Mars/X"], "--timezone — название вида"),
    (["log.csv", "--encoding", "klingon"], "--encoding — название кодировки"),
    (["log.csv", "--separator", ";;"], "--separator — один знак"),
    (["log.csv", "--decimal", ",", "--thousands", ","], "не могут быть одним знаком ','"),
    (["log.csv", "--date-format", "%d.%m.%Y"], "Им подходит --date-format '%Y-%m-%d'"),
    (["log.csv", "--date-format", "zz"], "нужны год, месяц и день"),
    (["log.csv", "--skip-rows", "9999"], "нет строк после первых 9\xa0999"),
    (["log.csv", "--quantity", "amount"], "--quantity и --price указывают вместе"),
    (["log.csv", "--rate", "EUR=2"], "К --rate нужен --currency"),
    (["--events", "log.csv"], "(--events) не найден столбец: событие"),
    (["log.csv", "--customers", "log.csv"], "строк, повторяющих идентификатор другой строки"),
    (["."], "— папка, а не файл"),
    (["bare.csv"], "нет строки с названиями столбцов"),
    (["long.csv"], "в которых полей больше, чем в заголовке (4)"),
    (["binary.csv"], "не похож на таблицу (двоичные данные)"),
    (["alike.csv"], "Сегменты строить не по чему (recency_days: все значения равны"),
    (["log.csv", "--segments", "0"], "--segments — не меньше 1, получено 0"),
    (["log.csv", "--goal", "email_engagement"], "Для цели 'email_engagement' в журналах не хватает данных"),
    (["log.csv", "--currency", "amount"], "не могут быть одним столбцом 'amount'"),
    (["log.csv", "--cancelled", "customer_id"], "ни да, ни нет, 200"),
    (["log.csv", "--date", "none"], "--date — название столбца"),
    (["log.csv", "--encoding", "utf-16"], "не читается в кодировке --encoding 'utf-16'"),
    (["log.csv", "--segments", "few"], "'--segments' — число, например 5"),
    (["log.csv", "--segments", "6-4"], "первым должно стоять меньшее число"),
    (["log.csv", "--min-size", "many"], "'--min-size' — число клиентов"),
    (["log.csv", "--weight", "revenue"], "'--weight' — столбец и число больше 0, например region=2"),
    (["log.csv", "--weight", "revenue=1", "--weight", "revenue=2"], "каждый столбец называют один раз"),
    (["log.csv", "--weight", "visits=2"], "по которым сегменты не строятся: 'visits'. Назовите их и в --columns"),
    (["log.csv", "--method", "means"], "'--method' — одно из auto"),
    (["log.csv", "--seed", "-1"], "'--seed' — число в пределах"),
    (["log.csv", "--window-days", "x"], "'--window-days' — целое число"),
    (["log.csv", "--colums", "revenue"], "Параметра '--colums' нет. Может быть, '--columns'"),
    (["log.csv", "more.csv"], "Лишний аргумент: more.csv"),
    ([], "Не указан файл заказов ORDERS"),
]


@pytest.mark.parametrize(("arguments", "words"), CASES, ids=[" ".join(arguments) for arguments, _ in CASES])
def test_usual_errors_are_in_russian(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, ["fit", *arguments, "--language", "ru", "--out", "out"])
    assert done.exit_code in (1, 2)
    assert words in done.stderr
    assert "английском" not in done.stderr


def test_message_without_translation_stays_apart() -> None:
    assert message_in("ru", "fit_segments: something that nobody has translated.") is None
    assert message_in("ru", "fit_segments: --labels cannot be used:\n  something new.") is None


def test_values_keep_their_form() -> None:
    message = message_in("ru", "Orders: --separator must be one ASCII character, got 'a or b'.")
    assert message is not None
    assert re.search("получено 'a or b'", message)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assign", "--language", "ru"], "Не указан параметр '--as-of'."),
        (["inspect", "--language=ru"], "Не указан аргумент 'FILE'."),
        (["power", "--language", "ru", "--base-rate", "x"], "'--base-rate' — число, например 0.05 или 5%"),
    ],
)
def test_wrong_usage_is_told_in_the_language_of_the_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith("Ошибка")
    assert words in done.stderr


def test_wrong_usage_without_a_language_is_told_in_english(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["inspect", "--language"])
    assert done.exit_code == 2
    assert "requires an argument" in done.stderr


SHOP = "Name,Email,Currency,Created at,Lineitem quantity,Lineitem price,Id"
DEALS = "Record ID,Deal Name,Deal Stage,Close Date,Amount,Associated Contact IDs"
OF_SYSTEMS = [
    ("shopfy", SHOP, "#1,a@x.org,EUR,2026-09-01,1,2,5", [], "Может быть, 'shopify'?"),
    ("shopify", DEALS, "1,D,Won,2026-09-01,5,7", [], "the deals export of HubSpot): его читает --from hubspot."),
    ("shopify", "A,B", "1,2", [], "нет столбцов ['Name', 'Created at', 'Lineitem quantity', 'Lineitem price']."),
    ("shopify", SHOP.replace(",", ";"), "1;2;3;4;5;6;7", [], "поля разделены знаком ';': укажите --separator ';'."),
    ("shopify", "ID,Name,Command,Line: Type", "1,2,3,4", [], "эту выгрузку использовать нельзя (an export of the Matr"),
    ("shopify", SHOP, "#1,a@x.org,EUR,2026-09-01,1,2,5.0", [], "Идентификаторы столбца 'Id' прошли через числа"),
    ("shopify", SHOP, "#1,a@x.org,EUR,2026-09-01,1,2 EUR,5", [], "Значения столбца 'Lineitem price' не читаются как"),
    ("shopify", SHOP, "#1,a@x.org,EUR,1.9.26,1,2,5", [], "Ни одна дата столбца 'Created at' не прочитана."),
    ("shopify", SHOP, "#1,a@x.org,EUR,1999-09-01,1,2,5", [], "Все даты столбца 'Created at' раньше 2000 года."),
    ("shopify", SHOP, "#1,a@x.org,EUR,2026-09-01,1,2,5\n#2,a@x.org,USD,2026-09-01,1,2,6", [], "Суммы в разных валютах"),
    ("shopify", SHOP, "#1,a@x.org,EUR,2026-09-01,1,2,5", ["--customer", "Email"], "--customer не нужны"),
    ("shopify", SHOP, "#1,a@x.org,EUR,2026-09-01,1,2,5", ["--events", "x.csv"], "не читает файлов events"),
    (
        "mailchimp",
        SHOP,
        "#1,a@x.org,EUR,2026-09-01,1,2,5",
        [],
        "не читает заказов. Укажите файл с --events или --customers.",
    ),
    ("hubspot", DEALS, "1,D,Won,2026-09-01,5,7", [], "Укажите в --only, какие строки учитывать"),
    ("hubspot", DEALS, "1,D,Won,2026-09-01,5,7", ["--only", "stage=Lost"], "В --only указано ['Lost'] ('stage')"),
    ("ga4", SHOP, "#1,a@x.org,EUR,2026-09-01,1,2,5", ["--events", "x.csv"], "Укажите один или шаблон"),
]


@pytest.mark.parametrize(("system", "header", "rows", "options", "words"), OF_SYSTEMS)
def test_errors_about_files_of_systems_are_in_russian(
    tmp_path: Path, system: str, header: str, rows: str, options: list[str], words: str
) -> None:
    file = tmp_path / "export.csv"
    file.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    arguments = ["fit", "--from", system, str(file), *options, "--language", "ru", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, arguments)
    assert words in done.stderr
    assert "английском" not in done.stderr
