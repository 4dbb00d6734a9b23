"""How long what is kept, by the settings."""

from datetime import timedelta

import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.retiring import DataKind
from leadline.privacy.terms import FOREVER, Term, term_for, terms_of
from leadline.settings.loading import load
from leadline.settings.top.general import Settings


def settings(text: str) -> Settings:
    return load(environ={}, document=(text, "leadline.toml")).settings


def test_by_default_nothing_is_ever_deleted() -> None:
    assert terms_of(settings("")) == ()
    assert term_for(settings(""), DataKind.RAW, "form") == FOREVER


def test_a_term_counts_for_all_sources_but_those_with_their_own() -> None:
    text = '[retention]\nraw = "90d"\n[sources.form]\nkeep_raw = "30d"\n'
    text += '[sources.generic]\nkeep_raw = "forever"\n'
    form, others = terms_of(settings(text))
    assert form == Term(DataKind.RAW, timedelta(days=30), frozenset(("form",)))
    assert others == Term(
        DataKind.RAW, timedelta(days=90), frozenset(("form", "generic")), others=True
    )
    assert term_for(settings(text), DataKind.RAW, "form") == timedelta(days=30)
    assert term_for(settings(text), DataKind.RAW, "generic") == FOREVER
    assert term_for(settings(text), DataKind.RAW, "close") == timedelta(days=90)


def test_a_source_can_have_a_term_where_there_is_none_for_all() -> None:
    (only,) = terms_of(settings('[sources.form]\nkeep_timeline = "2y"\n'))
    assert only == Term(DataKind.TIMELINE, timedelta(days=730), frozenset(("form",)))


@pytest.mark.parametrize("value", ["0", "12h", "-3d", "soon", "100y", ""])
def test_a_term_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"leadline\.toml line 2: retention_raw must be"):
        settings(f'[retention]\nraw = "{value}"\n')
