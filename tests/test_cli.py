import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from logs import BAD_DATA, BAD_VALUES, BadInput, clean_log
from quick import quick_fit

import custseg
from custseg import Orders, SegmentModel, fit_segments
from custseg.cli import main
from custseg.datasets import make_shop

FILES = ["assignments.csv", "profiles.csv", "segments.png"]
QUICK = ("--method", "kmeans", "--segments", "3")
OPTIONS = {"n_segments": "segments", "random_state": "seed"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return written(clean_log(), tmp_path)


def written(table: pl.DataFrame, folder: Path) -> Path:
    table.write_csv(folder / "orders.csv")
    return folder / "orders.csv"


def run(*arguments: object) -> Result:
    """The command in this process; whatever is no exit of the command itself is raised."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def options(bad: BadInput) -> list[str]:
    """The same description and arguments as on the command line."""
    given = {**bad.described, **bad.arguments}
    pairs = ((OPTIONS.get(name, name.replace("_", "-")), value) for name, value in given.items())
    return [
        x for name, value in pairs for x in (f"--{name}", ",".join(value) if isinstance(value, list) else str(value))
    ]


def on_the_command_line(words: str) -> str:
    """The words of an error with options in the place of arguments."""
    words = re.sub(r"(date_format|currency|separator|decimal)=", lambda match: option(match[1]), words)
    words = re.sub(r"(refunds)=(?=')", lambda match: option(match[1]) + " ", words)
    words = re.sub(r"(min_size)=(?=\\d)", lambda match: option(match[1]) + " ", words)
    words = re.sub(r"^(timezone|columns|rates)(?= must)", lambda match: option(match[1]), words)
    return re.sub(r"(?<![-\w])(as_of|min_size|n_segments)(?!\w)", lambda match: option(match[1]), words)


def option(argument: str) -> str:
    return f"--{OPTIONS.get(argument, argument.replace('_', '-'))}"


def in_a_process(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it, with its output in pipes."""
    command = [sys.executable, "-m", "custseg", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def on_a_terminal(command: Sequence[str], folder: Path) -> str:
    """All that the command shows on a terminal."""
    parent, child = pytest.importorskip("pty").openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        shown = bytearray()
        while block := _read(parent):
            shown += block
        os.close(parent)
        assert process.wait(timeout=120) == 0
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that the other end is closed
        return b""


def test_fit_writes_and_shows(log: Path, tmp_path: Path) -> None:
    result = run("fit", log, *QUICK, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    expected = quick_fit(str(log))
    assert result.stdout.startswith(repr(expected))
    assert repr(expected.data_report) in result.stdout
    assert all(f"Wrote {tmp_path / 'out' / name}" in result.stdout for name in FILES)
    assigned = pl.read_csv(tmp_path / "out" / "assignments.csv")
    assert assigned.rows() == expected.assignments.rows()


@pytest.mark.slow
def test_fit_passes_all_options(tmp_path: Path) -> None:
    shop = clean_log().with_columns(
        pl.col("ordered_at").dt.strftime("%d.%m.%Y %H:%M"),
        pl.col("amount").cast(pl.String).str.replace(".", ",", literal=True),
        pl.lit(2).alias("pieces"),
        void=pl.when(pl.col("order_id") % 9 == 0).then(pl.lit("yes")).otherwise(pl.lit("no")),
        code=pl.when(pl.col("order_id") % 2 == 0).then(pl.lit("EUR")).otherwise(pl.lit("USD")),
    )
    renamed = shop.rename({"customer_id": "Kunde", "order_id": "Auftrag", "ordered_at": "Datum", "amount": "Preis"})
    renamed.write_csv(tmp_path / "orders.csv", separator=";")
    result = run(
        "fit", tmp_path / "orders.csv", "--customer", "Kunde", "--order", "Auftrag", "--date", "Datum",
        "--quantity", "pieces", "--price", "Preis", "--cancelled", "void", "--currency", "code",
        "--rate", "EUR=1", "--rate", "USD=0.9", "--as-of", "2024-09-01 12:00", "--refunds", "gross",
        "--min-size", "10%", "--segments", "2-4", "--columns", "order_count, revenue",
        "--method", "gaussian_mixture", "--language", "ru",
        "--seed", "5", "--timezone", "Europe/Berlin", "--date-format", "%d.%m.%Y %H:%M",
        "--separator", ";", "--decimal", ",", "--form", "parquet", "--out", tmp_path / "out",
    )  # fmt: skip
    orders = custseg.Orders(
        tmp_path / "orders.csv", customer="Kunde", order="Auftrag", date="Datum", quantity="pieces",
        price="Preis", cancelled="void", currency="code", rates={"EUR": 1, "USD": 0.9},
        timezone="Europe/Berlin", date_format="%d.%m.%Y %H:%M", separator=";", decimal=",",
    )  # fmt: skip
    expected = fit_segments(
        orders, as_of="2024-09-01 12:00", refunds="gross", min_size=0.1, n_segments=range(2, 5),
        method="gaussian_mixture", columns=["order_count", "revenue"], language="ru", random_state=5,
    )  # fmt: skip
    assert result.stdout.startswith(repr(expected))
    assert pl.read_parquet(tmp_path / "out" / "assignments.parquet").equals(expected.assignments)


def test_defaults_match_the_library() -> None:
    library = {name: given.default for name, given in inspect.signature(fit_segments).parameters.items()}
    command = {param.name: param.default for param in main.commands["fit"].params}
    for name in ("method", "refunds", "language"):
        assert command[name] == library[name]
    assert (command["seed"], command["min_size"]) == (library["random_state"], f"{library['min_size']:.0%}")


@pytest.mark.slow
def test_order_none_groups_by_moment(tmp_path: Path) -> None:
    twice = pl.concat([clean_log(), clean_log()]).drop("order_id")
    log = written(twice, tmp_path)
    result = run("fit", log, *QUICK, "--order", "none", "--out", tmp_path / "out")
    assert result.stdout.startswith(repr(quick_fit(custseg.Orders(log, order=None))))


@pytest.mark.slow
def test_tab_as_backslash_t(tmp_path: Path) -> None:
    clean_log().write_csv(tmp_path / "orders.tsv", separator="\t")
    result = run("fit", tmp_path / "orders.tsv", *QUICK, "--separator", r"\t", "--out", tmp_path / "out")
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("text", "least"),
    [("7", 7), ("10%", 6), *(pytest.param(text, 6, marks=pytest.mark.slow) for text in ("0.1", "10.0 %"))],
)
def test_min_size_forms(log: Path, tmp_path: Path, text: str, least: int) -> None:
    result = run("fit", log, "--min-size", text, *QUICK, "--out", tmp_path / "out")
    assert f"(minimum {least} customers)" in result.stdout


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data_exits_with_1(name: str, tmp_path: Path) -> None:
    log = written(BAD_DATA[name].change(clean_log()), tmp_path)
    result = run("fit", log, *options(BAD_DATA[name]), "--out", tmp_path / "out")
    assert_failed(result, 1, on_the_command_line(BAD_DATA[name].words))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", BAD_VALUES)
def test_bad_value_exits_with_2(name: str, log: Path, tmp_path: Path) -> None:
    result = run("fit", log, *options(BAD_VALUES[name]), "--out", tmp_path / "out")
    assert_failed(result, 2, on_the_command_line(BAD_VALUES[name].words))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "LOG"], "Missing option '--out'"),
        (["fit", "--out", "OUT"], "Missing argument 'ORDERS'"),
        (["fit", "LOG", "--out", "LOG"], "is a file"),
        (["fit", "LOG", "--out", "OUT", "--refunds", "nett"], "'nett' is not one of 'net', 'gross', 'error'"),
        (["fit", "LOG", "--out", "OUT", "--min-size", "lots"], "'lots' is no count, such as 200"),
        (["fit", "LOG", "--out", "OUT", "--segments", "many"], "'many' is neither a number, such as 5, nor"),
        (["fit", "LOG", "--out", "OUT", "--segments", "²"], "'²' is neither a number"),
        (["fit", "LOG", "--out", "OUT", "--segments", "3-"], "'3-' is neither a number"),
        (["fit", "LOG", "--out", "OUT", "--segments", "8-3"], "the range 8-3 is empty"),
        (["fit", "LOG", "--out", "OUT", "--columns", ","], "--columns must name each feature once"),
        (["fit", "LOG", "--out", "OUT", "--rate", "EUR"], r"must be of the form EUR=1\.08"),
        (["fit", "LOG", "--out", "OUT", "--rate", "EUR=1"], "--rate need --currency"),
        (["fit", "LOG", "--out", "OUT", "--seed", "-1"], "-1 is not in the range"),
        (["fit", "LOG", "--out", "OUT", "--separator", ";;"], "--separator must be one ASCII character"),
        (["fit", "LOG", "--out", "OUT", "--color", "red"], "No such option"),
        (["demo", "--customers", "3"], "3 is not in the range"),
        (["sing"], "No such command 'sing'"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], words: str, log: Path, tmp_path: Path) -> None:
    places = {"LOG": str(log), "OUT": str(tmp_path / "out")}
    assert_failed(run(*(places.get(word, word) for word in arguments)), 2, words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv"]


def assert_failed(result: Result, code: int, words: str) -> None:
    """The exit code, and one error of one sentence or two on the error stream."""
    assert result.exit_code == code
    assert result.stdout == ""
    told = result.stderr.partition("Error: ")[2]
    assert re.search(words, told), told
    assert told.count("\n") == 1
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nowhere.csv", None, "there is no file"),
        ("orders.xlsx", b"", "is empty"),
        ("orders.ods", b"a,b\n1,2\n", "no column of .* looks like the customer"),
        ("empty.csv", b"", "is empty"),
        (
            "ragged.csv",
            b"customer_id,order_id,ordered_at,amount\n1,1,2024-01-01,5,9,9\n",
            "1 line has more fields than the header",
        ),
        ("broken.parquet", b"PAR1 and no more", "could not be opened"),
    ],
)
def test_unreadable_file_exits_with_1(name: str, content: bytes | None, words: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert_failed(run("fit", tmp_path / name, "--out", tmp_path / "out"), 1, words)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_failed_fit_leaves_old_files(log: Path, tmp_path: Path) -> None:
    run("fit", log, *QUICK, "--out", tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert run("fit", log, "--as-of", "2023-01-01", "--out", tmp_path / "out").exit_code == 1
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "out"]


@pytest.mark.slow
def test_bad_input_shows_no_traceback(tmp_path: Path) -> None:
    log = written(BAD_DATA["no number"].change(clean_log()), tmp_path)
    done = in_a_process("fit", log.name, "--out", "out", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: fit: 1 value of 'amount' is not a finite number")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv"]


@pytest.mark.slow
def test_wrong_usage_shows_no_traceback(log: Path, tmp_path: Path) -> None:
    done = in_a_process("fit", log.name, "--min-size", "0", "--out", "out", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Try 'custseg fit -" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_pipe_has_no_progress_or_color(log: Path, tmp_path: Path) -> None:
    done = in_a_process("fit", log.name, *QUICK, "--out", "out", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert done.stdout.startswith(repr(quick_fit(str(log))))


@pytest.mark.slow
def test_terminal_has_progress_and_table(log: Path, tmp_path: Path) -> None:
    shown = on_a_terminal([sys.executable, "-m", "custseg", "fit", log.name, *QUICK, "--out", "out"], tmp_path)
    assert "━━━" in shown  # the progress bar
    assert "───" in shown  # the rule of the table
    for row in quick_fit(str(log)).profiles:
        assert row.name.split(" ")[0] in shown
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES


@pytest.mark.slow
def test_console_without_unicode(log: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "custseg", "fit", log.name, *QUICK, "--language", "ru", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"????" in done.stdout


@pytest.mark.slow
def test_demo_writes_and_shows(tmp_path: Path) -> None:
    result = run("demo", "--customers", "300", "--seed", "2", "--out", tmp_path / "demo")
    assert result.exit_code == 0
    assert result.stdout.startswith("A made-up shop: 300 customers of six kinds, a few more with refunds only, ")
    assert "segments of 299 customers, as of 2025-07-01 00:00, by" in result.stdout
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == sorted([*FILES, "next_month", "report.html"])


@pytest.mark.slow
def test_demo_assigns_the_next_month(tmp_path: Path) -> None:
    result = run("demo", "--customers", "300", "--out", tmp_path / "demo")
    folder = tmp_path / "demo" / "next_month"
    assert "fitted as of 2025-06-01, and assigned as of 2025-07-01." in result.stdout
    assert re.search(r"Of the [\d<]+ customers who changed segments: ", result.stdout)
    model = SegmentModel.load(folder / "model.json")
    assigned = pl.read_csv(folder / "assignments.csv")
    shop = make_shop(300, 0)
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount", category="category")
    assert assigned["segment"].to_list() == model.assign(orders, as_of=shop.as_of)["segment"].to_list()


@pytest.mark.slow
def test_demo_without_folder_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("demo", "--customers", "100")
    assert result.exit_code == 0
    assert "Wrote" not in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_help_teaches() -> None:
    top, fit, demo = run("--help").stdout, run("fit", "--help").stdout, run("demo", "--help").stdout
    assert "\n    custseg demo --out demo-out\n" in top
    assert "    custseg fit orders.csv --customer client --order order_no \\\n        --date" in top
    assert "\n    custseg fit 'orders/*.parquet' --out segments\n" in fit
    assert "six known kinds" in demo
    assert "\\b" not in top + fit + demo


def test_help_shows_all_defaults() -> None:
    text = run("fit", "--help").stdout.partition("Options:")[2]
    for option in ("customer", "order", "date", "amount", "as-of", "min-size", "segments", "columns", "seed"):
        entry = text.partition(f"--{option} ")[2].partition("  --")[0]
        assert "[default:" in entry, option


@pytest.mark.parametrize("command", [["-h"], ["--help"], ["fit", "-h"]])
def test_help_exits_with_0(command: list[str]) -> None:
    assert run(*command).exit_code == 0


def test_version_matches_package() -> None:
    assert run("--version").stdout == f"custseg, version {custseg.__version__}\n"


@pytest.mark.slow
def test_online_retail_in_any_row_order(shared_file: Callable[[str], Path], tmp_path: Path) -> None:
    file = shared_file("online_retail.parquet")
    pl.read_parquet(file).sample(fraction=1, shuffle=True, seed=1).write_parquet(tmp_path / "shuffled.parquet")
    columns = ["--customer", "CustomerID", "--order", "InvoiceNo", "--date", "InvoiceDate"]
    columns += ["--quantity", "Quantity", "--price", "UnitPrice", "--method", "kmeans"]
    one = run("fit", file, *columns, "--out", tmp_path / "one")
    two = run("fit", tmp_path / "shuffled.parquet", *columns, "--out", tmp_path / "two")
    assert two.stdout.replace(str(tmp_path / "two"), str(tmp_path / "one")) == one.stdout
    for name in FILES[:2]:
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    profiles = pl.read_csv(tmp_path / "one" / "profiles.csv")
    segments = profiles.drop_nulls("segment")
    [hidden] = profiles.filter(pl.col("size").is_null())["hidden"].to_list()
    assert hidden.startswith("size<10")
    assert len(segments) >= 3
    assert segments["name"].n_unique() == len(segments)
    assert segments["size"].min() >= segments["size"].sum() / 20
