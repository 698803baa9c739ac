"""Writes the files of a result all or none, also where the process is killed or another one writes beside it."""

from __future__ import annotations

from custseg._write._files import recover, working_folder, write_files
from custseg._write._locks import hold_lock, is_locked

__all__ = ["hold_lock", "is_locked", "recover", "working_folder", "write_files"]
