"""Dates as microseconds since 1970, in polars expressions."""

from __future__ import annotations

import polars as pl

from custseg._frames._date_formats import (
    DAY,
    EARLIEST_DAY,
    EXCEL_EPOCH,
    FIRST_EXCEL_DAY,
    ISO,
    ISO_ZONED,
    LATEST_DAY,
    MONTHS,
    ZONE,
    DateField,
    DateFormat,
)

_ISO_PATTERN = "%Y-%m-%d %H:%M:%S%.f"
_MINUTE = 60_000_000


def moment_of_text(text: pl.Expr, how: DateFormat) -> pl.Expr:
    """Microseconds since 1970 of stripped text; null where it is not of the format, or no day of the calendar."""
    if how == ISO:
        # The shape leaves no year beyond 9999; the check of `in_calendar` would read every date twice.
        text = pl.when(text.str.contains(how.shape) & ~text.str.starts_with("0000")).then(text)
        return _wall_clock(_whole_iso(text))
    text = pl.when(text.str.contains(how.shape)).then(text)
    if how == ISO_ZONED:
        zone: pl.Expr | None = text.str.extract(f" *{ZONE}$")
        moment = _wall_clock(_whole_iso(text.str.replace(f" *{ZONE}$", "")))
    else:
        fields = {field: text.str.extract(how.shape, group) for field, group in how.groups.items()}
        zone = fields.get("offset")
        moment = _wall_clock(_iso_text(fields))
        if "day_of_year" in fields:
            moment = _on_day_of_year(moment, fields["day_of_year"].cast(pl.Int64))
    if zone is not None:
        moment = moment - _offset(zone)
    return in_calendar(moment, zoned=how.zoned)


def moment_of_number(number: pl.Expr, per_unit: float, *, excel: bool) -> pl.Expr:
    """Microseconds since 1970 of a number: since 1970, or the day number of a spreadsheet."""
    if excel:
        # A spreadsheet keeps times as fractions of a day, which are exact to some microseconds at best.
        number = pl.when(number >= FIRST_EXCEL_DAY).then(number - EXCEL_EPOCH)
        exact = (number * (per_unit / 1000)).round() * 1000
    else:
        exact = (number * per_unit).round()
    return in_calendar(exact.cast(pl.Int64, strict=False), zoned=not excel)


def moment_of_date(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Microseconds since 1970 of a typed column."""
    value = column.to_physical().cast(pl.Int64)
    if isinstance(dtype, pl.Date):
        return pl.when(value.is_between(EARLIEST_DAY, LATEST_DAY)).then(value * DAY)
    assert isinstance(dtype, pl.Datetime)
    if dtype.time_unit == "ns":
        value = value // 1000
    if dtype.time_unit == "ms":
        value = pl.when(value.abs() < (LATEST_DAY + 1) * (DAY // 1000)).then(value * 1000)
    return in_calendar(value, zoned=dtype.time_zone is not None)


def in_calendar(moment: pl.Expr, *, zoned: bool) -> pl.Expr:
    """The moment, null outside the years 1 to 9999; an instant must lie in them in every zone."""
    margin = int(zoned)
    inside = moment.is_between((EARLIEST_DAY + margin) * DAY, (LATEST_DAY + 1 - margin) * DAY - 1)
    return pl.when(inside).then(moment)


def day_of_moment(moment: pl.Expr, timezone: str | None) -> pl.Expr:
    """Days since 1970-01-01: of the wall clock, or of the instant on the calendar of the zone."""
    return _local(moment, timezone).cast(pl.Date).to_physical().cast(pl.Int64)


def has_time_of_day(moment: pl.Expr, timezone: str | None) -> pl.Expr:
    """Whether the moment is not a midnight, of the wall clock or in the zone."""
    return _local(moment, timezone).to_physical() % DAY != 0


def _local(moment: pl.Expr, timezone: str | None) -> pl.Expr:
    value = moment.cast(pl.Datetime("us"))
    if timezone is None:
        return value
    instant = value.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
    return instant.dt.replace_time_zone(None, ambiguous="earliest")


def _wall_clock(text: pl.Expr) -> pl.Expr:
    return text.str.strptime(pl.Datetime("us"), _ISO_PATTERN, strict=False).to_physical()


def _whole_iso(text: pl.Expr) -> pl.Expr:
    """The text with a blank before the time, and the hours, minutes and seconds that it left out."""
    text = text.str.replace("T", " ", literal=True).str.replace(",", ".", literal=True)
    return text.str.replace("^(.{10})$", "${1} 00:00").str.replace("^(.{16})$", "${1}:00")


def _iso_text(fields: dict[DateField, pl.Expr]) -> pl.Expr:
    """The parts as one ISO text; the first of January if the day is given as its number in the year."""
    first, zero = pl.lit("01"), pl.lit("00")
    year = fields.get("year")
    if year is None:
        short = fields["short_year"]
        # As in POSIX: 69 to 99 are of the last century.
        year = pl.when(short.cast(pl.Int64) < 69).then("20" + short).otherwise("19" + short)
    month = fields.get("month", first)
    if "month_name" in fields:
        names = fields["month_name"].str.slice(0, 3).str.to_lowercase()
        month = names.replace_strict(MONTHS, [f"{i + 1:02}" for i in range(12)], default=None, return_dtype=pl.String)
    hour = fields.get("hour", zero)
    if "half_day_hour" in fields:
        afternoon = fields["half_day"].str.to_lowercase() == "pm"
        hours = fields["half_day_hour"].cast(pl.Int64) % 12
        hour = pl.when(afternoon).then(hours + 12).otherwise(hours).cast(pl.String)
    clock = [_two(text) for text in (hour, fields.get("minute", zero), fields.get("second", zero))]
    day = pl.concat_str(year, _two(month), _two(fields.get("day", first)), separator="-")
    fraction = fields.get("fraction", zero).fill_null("0").str.slice(0, 6)
    return pl.concat_str(day, pl.lit(" "), pl.concat_str(clock, separator=":"), pl.lit("."), fraction)


def _two(text: pl.Expr) -> pl.Expr:
    return text.str.zfill(2)


def _on_day_of_year(new_year: pl.Expr, number: pl.Expr) -> pl.Expr:
    moved = new_year + (number - 1) * DAY
    same_year = moved.cast(pl.Datetime("us")).dt.year() == new_year.cast(pl.Datetime("us")).dt.year()
    return pl.when(same_year & (number > 0)).then(moved)


def _offset(zone: pl.Expr) -> pl.Expr:
    """Microseconds that a zone is ahead of UTC; 0 for a name of UTC."""
    digits = zone.str.replace_all("[^0-9]", "")
    hours = digits.str.slice(0, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = digits.str.slice(2, 2).cast(pl.Int64, strict=False).fill_null(0)
    size = (hours * 60 + minutes) * _MINUTE
    return pl.when(zone.str.starts_with("-")).then(-size).otherwise(size)
