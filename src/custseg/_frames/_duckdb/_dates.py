"""Dates as microseconds since 1970, in the SQL of DuckDB."""

from __future__ import annotations

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

_MINUTE = 60_000_000


def quoted(value: str) -> str:
    """The text as a literal."""
    return "'" + value.replace("'", "''") + "'"


def moment_of_text(text: str, how: DateFormat) -> str:
    """Microseconds since 1970 of stripped text; null where it is not of the format, or no day of the calendar."""
    if how in (ISO, ISO_ZONED):
        zone = f"regexp_extract({text}, {quoted(f' *{ZONE}$')}, 1)" if how.zoned else None
        clock = f"regexp_replace({text}, {quoted(f' *{ZONE}$')}, '')" if how.zoned else text
        # A comma may stand before the fraction, of which six digits count.
        clock = f"left(replace({clock}, ',', '.'), 26)"
        moment = _wall_clock(clock)
    else:
        fields: dict[DateField, str] = {
            field: f"regexp_extract({text}, {quoted(how.shape)}, {group})" for field, group in how.groups.items()
        }
        zone = fields.get("offset")
        moment = _wall_clock(_iso_text(fields))
        if "day_of_year" in fields:
            moment = _on_day_of_year(moment, f"TRY_CAST({fields['day_of_year']} AS BIGINT)")
    if zone is not None:
        moment = f"({moment} - {_offset(zone)})"
    matched = f"CASE WHEN regexp_matches({text}, {quoted(how.shape)}) THEN {moment} END"
    return in_calendar(matched, zoned=how.zoned)


def moment_of_number(number: str, per_unit: float, *, excel: bool) -> str:
    """Microseconds since 1970 of a number: since 1970, or the day number of a spreadsheet."""
    if excel:
        # A spreadsheet keeps times as fractions of a day, which are exact to some microseconds at best.
        days = f"CASE WHEN ({number}) >= {FIRST_EXCEL_DAY} THEN ({number}) - {EXCEL_EPOCH} END"
        exact = f"round_even(({days}) * {per_unit / 1000!r}::DOUBLE, 0) * 1000"
    else:
        exact = f"round_even(({number}) * {per_unit!r}::DOUBLE, 0)"
    return in_calendar(f"TRY_CAST({exact} AS BIGINT)", zoned=not excel)


def moment_of_date(column: str, *, zoned: bool) -> str:
    """Microseconds since 1970 of a typed column; null for infinity."""
    value = f"TRY_CAST({column} AS {'TIMESTAMPTZ' if zoned else 'TIMESTAMP'})"
    return in_calendar(f"CASE WHEN isfinite({column}) THEN epoch_us({value}) END", zoned=zoned)


def in_calendar(moment: str, *, zoned: bool) -> str:
    """The moment, null outside the years 1 to 9999; an instant must lie in them in every zone."""
    margin = int(zoned)
    first, last = (EARLIEST_DAY + margin) * DAY, (LATEST_DAY + 1 - margin) * DAY - 1
    # The moment is named once, for an expression that stands twice would be computed twice.
    return f"nullif(nullif(greatest({first - 1}, least({moment}, {last + 1})), {first - 1}), {last + 1})"


def day_of_moment(moment: str, timezone: str | None) -> str:
    """Days since 1970-01-01: of the wall clock, or of the instant on the calendar of the zone."""
    return f"CAST(date_diff('day', DATE '1970-01-01', CAST({_local(moment, timezone)} AS DATE)) AS BIGINT)"


def has_time_of_day(moment: str, timezone: str | None) -> str:
    """Whether the moment is not a midnight, of the wall clock or in the zone."""
    return f"epoch_us({_local(moment, timezone)}) % {DAY} <> 0"


def _local(moment: str, timezone: str | None) -> str:
    value = f"make_timestamp({moment})"
    # The zone is named: left to itself, DuckDB takes the connection's.
    return value if timezone is None else f"timezone({quoted(timezone)}, timezone('UTC', {value}))"


def _wall_clock(text: str) -> str:
    return f"epoch_us(TRY_CAST({text} AS TIMESTAMP))"


def _iso_text(fields: dict[DateField, str]) -> str:
    """The parts as one ISO text; the first of January if the day is given as its number in the year."""
    year = fields.get("year")
    if year is None:
        short = fields["short_year"]
        # As in POSIX: 69 to 99 are of the last century.
        year = f"(CASE WHEN {short} < '69' THEN '20' ELSE '19' END || {short})"
    month = fields.get("month", "'01'")
    if "month_name" in fields:
        position = f"instr({quoted(''.join(MONTHS))}, lower(left({fields['month_name']}, 3)))"
        month = f"CAST(({position} + 2) // 3 AS VARCHAR)"
    hour = fields.get("hour", "'00'")
    if "half_day_hour" in fields:
        hours = f"TRY_CAST({fields['half_day_hour']} AS BIGINT) % 12"
        hour = f"CAST({hours} + CASE WHEN lower({fields['half_day']}) = 'pm' THEN 12 ELSE 0 END AS VARCHAR)"
    day = f"{year} || '-' || {_two(month)} || '-' || {_two(fields.get('day', quoted('01')))}"
    clock = [_two(text) for text in (hour, fields.get("minute", "'00'"), fields.get("second", "'00'"))]
    fraction = f"left({fields.get('fraction', quoted(''))} || '0', 6)"
    return f"({day} || ' ' || {' || chr(58) || '.join(clock)} || '.' || {fraction})"


def _two(text: str) -> str:
    return f"lpad({text}, 2, '0')"


def _on_day_of_year(new_year: str, number: str) -> str:
    moved = f"({new_year} + ({number} - 1) * {DAY})"
    same_year = f"year(make_timestamp({moved})) = year(make_timestamp({new_year}))"
    return f"CASE WHEN {number} > 0 AND {same_year} THEN {moved} END"


def _offset(zone: str) -> str:
    """Microseconds that a zone is ahead of UTC; 0 for a name of UTC."""
    digits = f"rpad(regexp_replace({zone}, '[^0-9]', '', 'g'), 4, '0')"
    size = f"(CAST(left({digits}, 2) AS BIGINT) * 60 + CAST(right({digits}, 2) AS BIGINT)) * {_MINUTE}"
    return f"(CASE WHEN starts_with({zone}, '-') THEN -1 ELSE 1 END * {size})"
