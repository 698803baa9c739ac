"""DuckDB relations: the dialect in SQL, rows that change when read again, and results as relations."""
