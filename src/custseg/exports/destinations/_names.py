"""What segments are called in another system, and whether that system takes such a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from custseg._frames import safe_text
from custseg.errors import DataError
from custseg.exports.destinations._destination import Destination, flagged_words
from custseg.exports.destinations._members import Members, Segment
from custseg.exports.destinations._values import can_encode
from custseg.texts import listed

_WORD = re.compile(r"[^\W\d_]+")


def written_names(
    members: Members, segments: Sequence[Segment], names: object, *, destination: Destination, caller: str
) -> dict[Segment, str]:
    """The name of each segment as it is written; all faults in one message.

    Names that the caller gives go first. A system that takes ASCII alone gets the English names where they are known.
    """
    given = _checked_names(names, members, caller)
    usual = {**members.names, **members.english} if destination.names.ascii else dict(members.names)
    written = {segment: given.get(segment, usual[segment]).strip() for segment in segments}
    faults = [f"{name!r} {fault}" for name in dict.fromkeys(written.values()) for fault in _faults(name, destination)]
    repeated = {name for name in written.values() if list(written.values()).count(name) > 1}
    faults += [f"{name!r} is the name of several segments" for name in sorted(repeated)]
    if faults:
        example = next((segment for segment in segments if isinstance(segment, int)), 0)
        raise DataError(
            f"{caller}: {destination.title} cannot take these names of segments: {'; '.join(faults)}. "
            f"Give other names, as in names={{{example}: 'champions'}}."
        )
    return written


def flagged_topics(names: Sequence[str]) -> list[str]:
    """The topics, such as "health", that words of the names hint at."""
    words = {word.lower() for name in names for word in _WORD.findall(name)}
    return [topic for topic, stems in flagged_words().items() if any(word.startswith(stems) for word in words)]


def _checked_names(names: object, members: Members, caller: str) -> Mapping[Segment, str]:
    if names is None:
        return {}
    if not isinstance(names, Mapping) or not all(isinstance(name, str) for name in names.values()):
        raise TypeError(f"{caller}: names must map segments to texts, as in {{0: 'champions'}}, got {names!r}.")
    if unknown := [segment for segment in names if segment not in members.names]:
        raise DataError(
            f"{caller}: names has {listed(unknown)}, which are no segments of the source; its segments are "
            f"{listed(list(members.names))}. Leave the others out."
        )
    return names


def _faults(name: str, destination: Destination) -> list[str]:
    """What is wrong with a name."""
    rule = destination.names
    faults = []
    if not name:
        return ["is blank"]
    if not name.isprintable():
        faults.append("has a line break or another control character")
    if safe_text(name) != name:
        faults.append("would be run as a formula by a spreadsheet")
    if rule.ascii and not name.isascii():
        faults.append("has letters that are not in ASCII")
    elif not can_encode(name, destination.encoding):
        faults.append(f"has characters that the encoding {destination.encoding} lacks")
    if characters := [character for character in rule.forbidden if character in name]:
        faults.append(f"holds {listed(characters)}")
    if rule.max_bytes is not None and len(name.encode()) > rule.max_bytes:
        faults.append(f"has more than {rule.max_bytes} bytes")
    return faults
