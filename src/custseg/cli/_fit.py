"""`custseg fit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from custseg.cli._errors import LIBRARY_NAMES, LocalizedUsageError, command_errors
from custseg.cli._output import say
from custseg.cli._show import fit_and_write
from custseg.cli._values import (
    MethodName,
    attribute_kinds,
    chosen_values,
    min_size,
    names,
    rates,
    segments,
    segments_text,
    share,
    weights,
)
from custseg.cli.pipeline._project import (
    OF_ONE_FILE,
    SYSTEM_OPTIONS,
    Project,
    log_section,
    read_project,
    relative,
    write_project,
)
from custseg.texts import text

_Command = TypeVar("_Command", bound=Callable[..., Any])

_ROLES = ("customer", "order", "date", "amount", "quantity", "price", "product", "category", "channel", "source",
          "discount", "refund", "cancelled", "currency")  # fmt: skip
_FORMAT = ("date_format", "separator", "decimal", "thousands", "encoding", "skip_rows")
_FURTHER = ("rates", "timezone")
FIT_ARGUMENTS = ("as_of", "window_days", "refunds", "min_size", "lift", "method", "segments", "goal", "language",
                 "labels", "seed", "rules", "lifecycle", "sensitive", "weights")  # fmt: skip
GOAL_NAMES = ("revenue", "repeat_purchase", "order_value", "retention", "email_engagement")
"""The goals of `custseg.goals`, which is not imported for `--help`; a test compares both."""
_MARKS = {r"\t": "\t", "tab": "\t", "space": " ", "none": None}


def _mark(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The mark that a name stands for, where it is awkward to type."""
    return None if value is None else _MARKS.get(value, value)


def _together(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Several options as one decorator."""

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


COLUMN_OPTIONS = _together(
    click.option("--customer", help="Column of customer ids. [default: customer_id, or detected]"),
    click.option("--order", help="Column of order ids; with 'none', all lines of a customer at the same time are "
                 "one order. [default: order_id, or detected]"),
    click.option("--date", help="Column of order dates. [default: ordered_at, or detected]"),
    click.option("--amount", help="Column of the money per line, negative for refunds. "
                 "With 'none', the log has no money. [default: amount, or detected]"),
    click.option("--quantity", help="Column of quantities; --quantity and --price replace --amount."),
    click.option("--price", help="Column of unit prices; see --quantity."),
    click.option("--product", help="Column of products; for this and the following options, 'none' uses no column."),
    click.option("--category", help="Column of product categories."),
    click.option("--channel", help="Column of sales channels."),
    click.option("--source", help="Column of acquisition sources, such as an ad."),
    click.option("--discount", help="Column of discounts: the money taken off the line."),
    click.option("--refund", help="Column of money that was paid back."),
    click.option("--cancelled", help="Column of yes and no that marks cancelled lines."),
    click.option("--currency", help="Column of currency codes. Several currencies need a --rate for each."),
    click.option("--rate", "rates", multiple=True, metavar="CODE=VALUE", callback=lambda _c, _p, v: rates(v),
                 help="Value of one unit of a currency, such as EUR=1.08; once per currency."),
)  # fmt: skip

FILE_OPTIONS = _together(
    click.option("--date-format", help="Pattern of dates in a CSV file, such as '%d/%m/%Y %H:%M'. "
                 "[default: detected]"),
    click.option("--separator", callback=_mark, help="Field separator of a CSV file; 'tab' or '\\t' is a tab. "
                 "[default: detected]"),
    click.option("--decimal", type=click.Choice([".", ","]),
                 help="Decimal mark of a CSV file. [default: detected]"),
    click.option("--thousands", callback=_mark, help="Thousands separator of a CSV file; 'space' stands for "
                 "all kinds of spaces. [default: detected]"),
    click.option("--encoding", help="Encoding of a CSV file, such as cp1251. [default: detected]"),
    click.option("--skip-rows", type=click.IntRange(0), help="Lines above the header of a CSV file. "
                 "[default: detected]"),
)  # fmt: skip

SEGMENT_OPTIONS = _together(
    click.option("--as-of", help="Snapshot date, such as 2024-06-01; rows at or after it are ignored. "
                 "[default: midnight after the last row]"),
    click.option("--window-days", type=int, help="Use only the rows of so many days before --as-of. "
                 "[default: all]"),
    click.option("--refunds", type=click.Choice(["net", "gross", "error"]), default="net", show_default=True,
                 help="Subtract refunds, ignore them, or stop with an error."),
    click.option("--min-size", default="5%", show_default=True, callback=lambda _c, _p, v: min_size(v),
                 help="Minimum segment size: a number of customers (200), a share (0.05 or 5%), or auto: as many as "
                 "each segment needs to show --lift."),
    click.option("--lift", default="50%", show_default=True, callback=lambda _c, _p, v: share(v),
                 help="For --min-size auto: the rise of repeat purchases that each segment can show."),
    click.option("--method", type=MethodName(), default="auto",
                 metavar="auto|NAME", show_default=True,
                 help="The clustering method; auto compares several, and 'help' lists all names."),
    click.option("--segments", callback=lambda _c, _p, v: segments(v) if v else None,
                 help="Number of segments, or a range such as 4-6 to choose from. "
                 "[default: 3-8, or 1 if no clustering is stable; hdbscan finds the number]"),
    click.option("--goal", type=click.Choice(GOAL_NAMES),
                 help="What the segments are for: it decides what they are made of and how many there are. "
                 "[default: none]"),
    click.option("--columns", help="Features to cluster on, separated by commas. "
                 "[default: recency_days,order_count,revenue]"),
    click.option("--sensitive", default="", callback=lambda _c, _p, v: names(v), metavar="COLUMNS",
                 help="Columns that are sensitive, separated by commas: they describe segments, and are not clustered "
                 "on. Age, sex, children, health and religion are known by name; --columns takes them all the same."),
    click.option("--weight", "weights", multiple=True, metavar="COLUMN=NUMBER", callback=lambda _c, _p, v: weights(v),
                 help="How much a column counts, such as revenue=2; once per column. [default: 1 each]"),
    click.option("--language", is_eager=True, type=click.Choice(["en", "ru"]), default="en", show_default=True,
                 help="Language of the results; --help and rare errors are in English."),
    click.option("--labels", type=click.Path(path_type=str),
                 help="TOML file with names of columns for people: column = \"label\"."),
    click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1),
                 help="Random seed; the same seed gives the same segments."),
    click.option("--rules", type=click.Path(path_type=str),
                 help="TOML file with rules that state segments; all other customers are clustered."),
    click.option("--lifecycle", is_flag=True,
                 help="Stages of the lifecycle first, by the customer's own rhythm, and clusters inside them."),
    click.option("--timezone", default="UTC", show_default=True, help="Time zone of the log."),
)  # fmt: skip


@click.command()
@click.argument("orders", required=False, type=click.Path(path_type=str))
@click.option("--from", "system", metavar="NAME",
              help="The system that wrote the files, such as shopify or ga4; 'help' lists all.",
              callback=lambda _c, _p, value: _system(value))  # fmt: skip
@click.option("--only", multiple=True, metavar="ROLE=VALUE", callback=lambda _c, _p, v: chosen_values(v),
              help="With --from: the rows that count, such as 'stage=Closed Won' for deals; once per value. A message "
              "lists the values of the file.")  # fmt: skip
@click.option("--attribute", "attributes", multiple=True, metavar="COLUMN=KIND",
              callback=lambda _c, _p, v: attribute_kinds(v),
              help="With --from and a header that is not fixed: a column of customers, and what it is: numeric, "
              "counts, category, flags or dates; once per column.")  # fmt: skip
@click.option("--events", help="File of events, such as mails and visits; its columns are detected.")
@click.option("--customers", help="File with one row per customer; its columns are detected.")
@COLUMN_OPTIONS
@FILE_OPTIONS
@SEGMENT_OPTIONS
@click.option("--form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True,
              help="File format of the tables.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder for the assignments, the profiles and segments.png.")  # fmt: skip
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the model, such as model.json, with which custseg assign assigns customers later.",
)
@click.option(
    "--bi",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for tables for Power BI and Tableau; this snapshot is added to those that it has.",
)
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path),
              help="File for logs, columns, options and paths, such as custseg.toml, which the other commands "
              "read. The model is saved too.")  # fmt: skip
def fit(
    orders: str | None,
    *,
    system: str | None,
    only: Mapping[str, Sequence[str]] | None,
    attributes: Mapping[str, str] | None,
    events: str | None,
    customers: str | None,
    out: Path,
    save: Path | None,
    bi: Path | None,
    config: Path | None,
    **options: Any,
) -> None:
    """Segment the customers of ORDERS, a CSV, Parquet or Excel file of orders or order lines.

    Columns and formats without an option are detected, as by custseg inspect, and the assumptions are shown. If the
    file can be read in several ways, the command stops and names the options to choose from.

    \b
    A file of another system, as it was exported:
      custseg fit --from shopify orders_export.csv --out segments
    ORDERS may be a quoted pattern:
      custseg fit 'orders/*.parquet' --out segments
    A German or Russian export, described in full:
      custseg fit export.csv --separator ';' --decimal , --date-format '%d.%m.%Y' \\
          --customer Kunde --order Auftrag --date Datum --amount Betrag --out segments
    """  # noqa: D301 - click wants the character \b itself
    if orders is None and events is None and not (system and customers):
        raise LocalizedUsageError(text(options["language"], "cli", "no_orders"), options["language"])
    with command_errors(options["language"]):
        from custseg.cli._assumptions import show_assumed

        if config is not None and config.exists():
            read_project(config)  # an earlier file that cannot be kept in part is an error before the fit
        language = options["language"]
        files = {"orders": orders, "events": events, "customers": customers}
        if system is None:
            if only is not None or attributes is not None:
                name = "only" if only is not None else "attributes"
                raise ValueError(f"fit: {name}= belongs to files of another system. Give --from too, or leave it out.")
            logs = opened_logs(orders, events, customers, options=options)
            show_assumed([log for log in logs if log is not None], language)
            described = [None if log is None else log.described for log in logs]
            sections = _sections(logs, config)
        else:
            further = {"only": only, "attributes": attributes}
            described, sections = _from_system(system, files, {**options, **further}, config=config)
        columns = options["columns"]
        project = None
        if config is not None:
            save = save or config.parent / "model.json"
            project = _project(sections, config.parent, options, save=save, out=out)
        fit_and_write(
            described[0],
            out,
            form=options["form"],
            save=save,
            bi=bi,
            events=described[1],
            customers=described[2],
            columns=[name.strip() for name in columns.split(",")] if columns else None,
            **{LIBRARY_NAMES.get(name, name): options[name] for name in FIT_ARGUMENTS},
        )
        if project is not None and config is not None:
            write_project(config, project)
            say(text(language, "cli", "wrote").format(file=config))


def opened_logs(
    orders: str | None, events: str | None, customers: str | None, *, options: Mapping[str, Any]
) -> list[Any]:
    """The files, described by the options or by what they hold; None where not given."""
    from custseg.cli._assumptions import customer_table, event_log, order_log

    file_options = {name: options[name] for name in (*_ROLES, *_FORMAT)}
    further = {name: options[name] for name in _FURTHER}
    language, timezone = options["language"], options["timezone"]
    return [
        None if orders is None else order_log(orders, file_options, further, language=language),
        None if events is None else event_log(events, timezone, language=language),
        None if customers is None else customer_table(customers, timezone, language=language),
    ]


def _system(name: str | None) -> str | None:
    """The name of a system; with 'help', print all and stop."""
    if name == "help":
        from custseg.sources import READABLE, names

        for system, gives in names(click.get_current_context().params.get("language", "en")).items():
            if system in READABLE:
                say(f"{system}: {gives.partition(': mapped(')[0].removesuffix('.')}.")
        click.get_current_context().exit()
    return name


def _from_system(
    system: str, files: Mapping[str, str | None], options: Mapping[str, Any], *, config: Path | None
) -> tuple[list[Any], dict[str, dict[str, Any]]]:
    """The logs in the files of a system, and the sections of the project file that read them again."""
    from custseg.cli._assumptions import columns_of_preset, system_logs, with_the_only_kind
    from custseg.sources import SYSTEMS

    context = click.get_current_context()
    given = ParameterSource.COMMANDLINE
    specified = [name for name in options if context.get_parameter_source(name) is given]
    files = with_the_only_kind(system, files)
    logs = system_logs(system, files, options, specified=specified)
    say(f"{logs.report!r}\n")
    folder = config.parent if config is not None else Path()
    # `--columns` are features; those of the file have an option each.
    further = {name: options[name] for name in SYSTEM_OPTIONS if name in specified and name != "columns"}
    columns = columns_of_preset(system, options, specified)
    sections: dict[str, dict[str, Any]] = {}
    for kind, path in files.items():
        if path is not None:
            sections[kind] = {"file": relative(path, folder), "from": system, **further}
            # The files of a preset have columns of their own: those that are named are of the first.
            if system not in SYSTEMS:
                further = {name: value for name, value in further.items() if name not in OF_ONE_FILE}
                sections[kind] |= {"columns": columns} if columns else {}
                columns = {}
    return [logs.orders, logs.events, logs.customers], sections


def _sections(logs: Sequence[Any], config: Path | None) -> dict[str, dict[str, Any]]:
    """The sections of the project file for described files."""
    if config is None:
        return {}
    named = zip(("orders", "events", "customers"), logs, strict=True)
    return {name: log_section(log.described, log.path, config.parent) for name, log in named if log is not None}


def _project(
    described: Mapping[str, Mapping[str, Any]], folder: Path, options: Mapping[str, Any], *, save: Path, out: Path
) -> Project:
    """The project file of this fit: options that are not the defaults, and paths relative to the file."""
    context = click.get_current_context()
    given = ParameterSource.COMMANDLINE
    fit_options = {
        name: options[name] if name != "segments" else segments_text(options[name])
        for name in (*FIT_ARGUMENTS, "columns")
        if name not in ("as_of", "language") and context.get_parameter_source(name) is given
    }
    fit_options |= {name: relative(fit_options[name], folder) for name in ("labels", "rules") if name in fit_options}
    paths = {"model": relative(save, folder), "out": relative(out, folder)}
    return Project(folder, options["language"], described, fit_options, paths)
