"""`[outcomes.NAME]`: what is understood and refused."""

from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.settings.connected.outcomes import GoogleOutcomes, LinkedInOutcomes
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

GOOGLE = """
[outcomes.ads]
kind = "google"
consent = "ads"
account = "123-456-7890"
currency = "eur"
[outcomes.ads.stages]
won = "13"
"""


def settings(folder: Path, text: str) -> Settings:
    (folder / "leadline.toml").write_text(text)
    return load(environ={}, folder=folder).settings


def test_accounts_may_be_written_with_hyphens_and_currencies_small(tmp_path: Path) -> None:
    config = settings(tmp_path, GOOGLE).outcomes["ads"]
    assert isinstance(config, GoogleOutcomes)
    assert (config.account, config.currency, config.automatic) == ("1234567890", "EUR", False)
    ways = "service_account or client_id with client_secret with refresh_token"
    assert config.missing() == (ways,)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('"ads"', '"email"', "a consent to email is none to advertising"),
        ('"123-456-7890"', '"act_1"', "must be digits"),
        ('"eur"', '"Euro"', "must be a currency"),
        ('won = "13"', 'sold = "13"', "sold"),
        ('kind = "google"', 'kind = "tiktok"', "kind"),
        ('consent = "ads"', 'consent = "ads"\nsources = ["nobody"]', "there is no source 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, before: str, after: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        settings(tmp_path, GOOGLE.replace(before, after, 1))


def test_linkedin_needs_a_token_or_what_renews_it() -> None:
    stages = {"won": "13"}
    bare = LinkedInOutcomes(consent="ads", stages=stages)
    assert bare.missing() == ("token or client_id with client_secret with refresh_token",)
    assert LinkedInOutcomes(consent="ads", stages=stages, token="t").missing() == ()
    renewed = LinkedInOutcomes(
        consent="ads", stages=stages, client_id="c", client_secret="s", refresh_token="r"
    )
    assert renewed.missing() == ()
    assert "refresh_token" not in repr(renewed)
