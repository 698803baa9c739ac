"""The glossary has the terms as they are printed: each pair occurs in one text of both languages."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "custseg"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
PRINTED, OTHERS = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").split("## Words of the documentation")


def terms(section: str) -> list[tuple[str, str]]:
    """The pairs of terms in the tables of a section."""
    return [(english, russian) for english, russian in ROW.findall(section) if english != "English"]


def load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def paired_texts(english: object, russian: object) -> Iterator[tuple[str, str]]:
    """The texts of both languages under the same key, in small letters; forms of a plural are one text."""
    if isinstance(english, dict) and isinstance(russian, dict):
        for key in english.keys() & russian.keys():
            yield from paired_texts(english[key], russian[key])
    else:
        yield str(english).casefold(), str(russian).casefold()


def printed_texts() -> list[tuple[str, str]]:
    catalogs = paired_texts(load(SOURCE / "texts" / "en.toml"), load(SOURCE / "texts" / "ru.toml"))
    archetypes = (SOURCE / "profiling" / "naming" / "data" / "archetypes.toml").read_text(encoding="utf-8")
    names = re.findall(r'names = \{ en = "([^"]+)", ru = "([^"]+)" \}', archetypes)
    return [*catalogs, *((english.casefold(), russian.casefold()) for english, russian in names)]


def test_printed_terms_occur_in_the_texts() -> None:
    texts = printed_texts()
    missing = [
        (english, russian)
        for english, russian in terms(PRINTED)
        if not any(english.casefold() in text and russian.casefold() in other for text, other in texts)
    ]
    assert missing == []


def test_every_term_is_explained_once() -> None:
    pairs = terms(PRINTED) + terms(OTHERS)
    assert len(pairs) > 50
    for language in (0, 1):
        words = [pair[language].casefold() for pair in pairs]
        assert sorted(words) == sorted(set(words))
