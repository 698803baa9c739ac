"""How a model is written to a file and read back: `_file.py` for the file, `_schema.py` for its content."""
