"""`custseg power`: sizes, lifts and errors as sentences."""

import pytest
from click.testing import CliRunner

from custseg.cli import main


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["power", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_size_for_a_lift() -> None:
    assert run("--base-rate", "5%", "--lift", "50%").startswith(
        "To show +50% of a rate of 5.0%, a segment needs 2,942 customers: 1,471 treated and 1,471 held out."
    )


def test_table_of_lifts() -> None:
    lines = run("--base-rate", "0.05").splitlines()
    assert lines[1].split() == ["+10%", "+20%", "+30%", "+50%", "+100%"]
    assert lines[2].split() == ["62,468", "16,316", "7,560", "2,942", "870"]
    # A rate of 60 % cannot double.
    assert run("--base-rate", "60%").splitlines()[1].split() == ["+10%", "+20%", "+30%", "+50%"]


def test_lift_of_a_segment() -> None:
    assert run("--base-rate", "5%", "--customers", "3000") == (
        "A segment of 3,000 customers shows +49% or more of a rate of 5.0%.\n"
    )
    assert "shows no rise" in run("--base-rate", "50%", "--customers", "10")
    assert "a mean of 20" in run("--mean", "20", "--cv", "3", "--customers", "3000")


def test_in_russian() -> None:
    assert "в сегменте нужно клиентов" in run("--base-rate", "5%", "--lift", "0.2", "--language", "ru")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--base-rate", "5"], "--base-rate must lie between 0 and 1"),
        (["--base-rate", "5%", "--power", "1"], "--power must lie between 0 and 1"),
        (["--base-rate", "5%", "--lift", "0"], "--lift must be a relative change"),
        (["--base-rate", "80%", "--lift", "50%"], "cannot rise by 50%"),
        (["--lift", "10%"], "give --base-rate for an outcome of yes and no, or --cv for an amount (with --mean,"),
        (["--base-rate", "5%", "--customers", "3000", "--lift", "10%"], "Give --lift to compute the customers"),
        (["--base-rate", "often"], "'often' is no number"),
    ],
)
def test_errors_are_usage(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["power", *arguments])
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--base-rate", "5"], "--base-rate — число больше 0 и меньше 1, получено 5"),
        (["--base-rate", "80%", "--lift", "50%"], "не может вырасти на 50"),
        (["--base-rate", "5%", "--lift", "0"], "--lift — относительное изменение"),
        (["--lift", "10%"], "укажите --base-rate"),
        (["--cv", "0", "--lift", "10%"], "оно больше 0 и конечно"),
    ],
)
def test_errors_in_russian(arguments: list[str], message: str) -> None:
    output = CliRunner().invoke(main, ["power", *arguments, "--language", "ru"]).output
    assert message in output
    assert "на английском" not in output
