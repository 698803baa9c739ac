"""The lines of a CSV file as UTF-8, whatever its encoding, compression and line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from custseg._frames._files._text_file import open_bytes
from custseg.errors import DataError

CHUNK = 2**20


@dataclass(frozen=True)
class Lines:
    """The lines of one file.

    Attributes
    ----------
    path : str
        The file.
    encoding : str
        Python's name; "utf-8-sig" reads UTF-8 with or without its mark.
    old_mac : bool
        Whether lines end with a carriage return alone.
    """

    path: str
    encoding: str = "utf-8-sig"
    old_mac: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether the file itself holds these bytes, but for a byte order mark and gzip."""
        return self.encoding == "utf-8-sig" and not self.old_mac

    def chunks(self, caller: str, *, skip: int = 0) -> Iterator[bytes]:
        """Whole lines, each ended by a line feed, after the first `skip` lines; DataError for undecodable bytes."""
        pending: list[bytes] = []
        for chunk in self._decoded(caller):
            head, feed, tail = chunk.rpartition(b"\n")
            if not feed:
                pending.append(chunk)
                continue
            lines = b"".join([*pending, head, feed])
            pending = [tail]
            while skip and lines:
                _, _, lines = lines.partition(b"\n")
                skip -= 1
            if lines:
                yield lines
        last = b"".join(pending)
        if last and not skip:
            yield last + b"\n"

    def _decoded(self, caller: str) -> Iterator[bytes]:
        """The content as UTF-8 in pieces."""
        if self.unchanged:
            # `look_at_text_file` has checked that these bytes are UTF-8.
            yield from self._as_they_are()
            return
        decoder = codecs.getincrementaldecoder(self.encoding)()
        line = 1
        with open_bytes(self.path) as file:
            while True:
                chunk = file.read(CHUNK)
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeError as error:
                    # Some codecs raise no UnicodeDecodeError and do not say where.
                    if isinstance(error, UnicodeDecodeError):
                        line += error.object[: error.start].count(b"\n")
                    raise DataError(
                        f"{caller}: line {line:,} of {self.path!r} is not valid text in encoding={self.encoding!r}. "
                        "Give the encoding in which the file was written."
                    ) from None
                # In files of old Macs a carriage return inside quotes becomes a line feed.
                text = text.replace("\r", "\n") if self.old_mac else text
                line += text.count("\n")
                yield text.encode()
                if not chunk:
                    return

    def _as_they_are(self) -> Iterator[bytes]:
        with open_bytes(self.path) as file:
            yield file.read(CHUNK).removeprefix(codecs.BOM_UTF8)
            while chunk := file.read(CHUNK):
                yield chunk
