"""Files of others are exactly those of the table, with their licences."""

import tomllib
from hashlib import sha256

from leadline.entrypoints.dashboard.showing.static_files import STATIC

FOLDER = STATIC / "vendored"
TABLE = tomllib.loads((FOLDER / "vendored.toml").read_text())["file"]


def test_each_file_is_the_one_that_was_published() -> None:
    for one in TABLE:
        assert sha256((FOLDER / one["name"]).read_bytes()).hexdigest() == one["sha256"], one


def test_no_file_is_there_that_the_table_does_not_name() -> None:
    named = {one["name"] for one in TABLE} | {one["text"] for one in TABLE}
    assert {path.name for path in FOLDER.iterdir()} == {*named, "vendored.toml"}


def test_each_licence_is_carried_along() -> None:
    words = {"0BSD": "Zero-Clause BSD", "MIT": "The MIT License"}
    for one in TABLE:
        assert words[one["license"]] in (FOLDER / one["text"]).read_text()
