"""The table `[duplicates]`, and rules about people who were seen before."""

from pathlib import Path

import pytest

from leadline.cloud.remote_settings import read_settings
from leadline.duplicates.policy import policy_of
from leadline.model.errors import ConfigurationError
from leadline.settings.loading import load

TABLE = '[duplicates]\nlink = 0.97\nreview = 0.6\nalert = "no"\nwrite_back = "yes"\n'


def loaded(text: str) -> object:
    return load(document=(text, "leadline.toml"), environ={}).settings


def test_the_table_is_read(tmp_path: Path) -> None:
    settings = load(document=(TABLE, "leadline.toml"), environ={}).settings
    policy = policy_of(settings)
    assert (policy.link, policy.review, policy.writes_back) == (0.97, 0.6, True)
    assert (policy.thresholds.link, policy.thresholds.review) == (0.97, 0.6)
    assert settings.duplicates_alert == "no"
    path = tmp_path / "leadline.toml"
    path.write_text(TABLE)
    assert read_settings(path, lambda _: None) == TABLE, "on AWS, too"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("review = 0.99\nlink = 0.9", "duplicates_review: it must be at most `duplicates_link`"),
        ("link = 0.4", "duplicates_review: it must be at most `duplicates_link`, which is 0.4"),
        ("link = 1", "duplicates_link must be a number from"),
        ("review = 0", "duplicates_review must be a number from"),
        ('alert = "maybe"', "duplicates_alert must be one of yes, no"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(f"[duplicates]\n{text}\n")
    assert words in caught.value.detail


def test_weights_in_a_file_are_refused_on_aws(tmp_path: Path) -> None:
    path = tmp_path / "leadline.toml"
    path.write_text('[duplicates]\nweights = "weights.json"\n')
    with pytest.raises(ConfigurationError) as caught:
        read_settings(path, lambda _: None)
    assert "duplicates_weights" in caught.value.detail


def test_a_rule_may_be_about_people_who_were_seen_before() -> None:
    text = '[rules.known]\nseen = "Before"\nalert = "no"\n[rules.odd]\nseen = "new"\n'
    rules = load(document=(text, "leadline.toml"), environ={}).settings.rules
    assert (rules["known"].seen, rules["known"].alert) == ("before", "no")
    with pytest.raises(ConfigurationError) as caught:
        loaded('[rules.known]\nseen = "often"\n')
    assert "seen must be one of new, before" in caught.value.detail
