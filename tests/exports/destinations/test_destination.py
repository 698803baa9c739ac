"""What the systems ask for is data: every entry can be used, and says the same in both languages."""

from __future__ import annotations

import pytest

from custseg.exports import destination_names
from custseg.exports.destinations._destination import destinations, flagged_words
from custseg.exports.destinations._values import RULES, hashed
from custseg.texts import LANGUAGES, text

SYSTEMS = [
    *("google_customer_match", "meta_custom_audience", "yandex_audience", "metrika_contacts"),
    *("metrika_user_parameters", "klaviyo", "mailchimp", "hubspot", "salesforce", "amocrm", "bitrix24"),
    *("braze", "onesignal", "segment"),
]


def test_systems() -> None:
    assert list(destination_names()) == SYSTEMS


@pytest.mark.parametrize("name", SYSTEMS)
def test_entry_is_complete(name: str) -> None:
    system = destinations()[name]
    assert {field for key in system.keys for field in key} <= set(system.fields)
    assert {column.rule for column in system.columns} <= {*RULES, "phone_with_plus", "phone_digits"}
    for language in LANGUAGES:
        words = text(language, "destinations")
        assert set(system.fields) <= words["fields"].keys()
        assert set(system.notes) <= words["notes"].keys()


@pytest.mark.parametrize("name", ["google_customer_match", "meta_custom_audience", "yandex_audience"])
def test_ad_platforms_get_hashes_of_what_identifies_people(name: str) -> None:
    clear = {column.field for column in destinations()[name].columns if column.hash is None}
    # Google wants country and postal code as they are, and nobody hashes advertising ids.
    assert clear <= {"country", "zip", "mobile_id", "external_id"}


def test_flagged_words_of_both_languages() -> None:
    assert flagged_words().keys() == text("en", "destinations", "topics").keys()
    assert all(any(word.isascii() for word in words) for words in flagged_words().values())
    assert all(not all(word.isascii() for word in words) for words in flagged_words().values())


@pytest.mark.parametrize(
    ("value", "algorithm", "digest"),
    [
        ("mail@yandex.ru", "md5", "3c56ff8fef0f6c65b36b2d25720fe276"),  # as in the documentation of Metrika
        ("79995551111", "md5", "f09f2c3d48f31e2a802944ade2e5aec5"),
        ("mail@yandex.ru", "sha256", "bd93ea95f242f02313eccf0ab0bb7fe5121a052de42d2cb7bd332fb9f537cbfa"),
        ("79995551111", "sha256", "22846ab8f79870871eb44f653419a4a5069301827d8ae75b6c2a88e4989a364e"),
        ("ivan.petrov@example.com", "sha256", "36a1638593e8de595d0d0338fa20ee51923b5648b74be4660a34878d3baa0ef0"),
        ("+79001234567", "sha256", "091ac1171e8604ddd5e44aff4e22ec2d0d3befacd58079360a4be2ea6767f7e6"),
        ("79001234567", "sha256", "da3cc66efc5e1894feb632d7dc0d2426e15465775b88be1635a0cad3b8884415"),
        ("", "sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("as it is", None, "as it is"),
    ],
)
def test_hashes(value: str, algorithm: str | None, digest: str) -> None:
    assert hashed(value, algorithm) == digest
