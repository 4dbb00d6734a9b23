"""The table `[duplicates]`, and rules about people who were seen before."""

from pathlib import Path

import msgspec
import pytest

from leadline.cloud.packages.carried import WEIGHTS, carried_files
from leadline.cloud.remote_settings import read_settings
from leadline.duplicates.policy import CARRIED, DuplicatePolicy, policy_of
from leadline.duplicates.weights import Weights, written
from leadline.installations.settings_check import check
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


def with_weights(tmp_path: Path, content: bytes | None) -> Path:
    """Settings that name a file with weights."""
    weights, path = tmp_path / "ours.json", tmp_path / "leadline.toml"
    if content is not None:
        weights.write_bytes(content)
    path.write_text(f'[duplicates]\nweights = "{weights.as_posix()}"\n')
    return path


def test_a_deployment_carries_the_weights_that_the_settings_name(tmp_path: Path) -> None:
    content = written(Weights.load_default())
    path = with_weights(tmp_path, content)
    assert read_settings(path, lambda _: None) == path.read_text()
    assert carried_files(path) == {WEIGHTS: content}
    bare = tmp_path / "bare.toml"
    bare.write_text(TABLE)
    assert carried_files(bare) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), (b"{", "truncated"), (b'{"format": 9}', "missing required field")],
)
def test_weights_that_cannot_be_read_are_told_before_a_lead_comes(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = with_weights(tmp_path, content)
    with pytest.raises(ConfigurationError) as caught:
        carried_files(path)
    assert words in caught.value.detail
    with pytest.raises(ConfigurationError) as caught:
        check(load(config=path, environ={}).settings)
    assert "duplicates_weights" in caught.value.detail
    check(load(config=path, environ={}).settings, elsewhere=True)


def test_a_function_reads_the_weights_that_were_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = msgspec.structs.replace(Weights.load_default(), prior=-9.0)
    carried = tmp_path / CARRIED.name
    carried.write_bytes(written(ours))
    monkeypatch.setattr("leadline.duplicates.policy.CARRIED", carried)
    assert DuplicatePolicy(weights_file="/on/another/machine.json").weights == ours
    assert DuplicatePolicy().weights == Weights.load_default()


def test_a_rule_may_be_about_people_who_were_seen_before() -> None:
    text = '[rules.known]\nseen = "Before"\nalert = "no"\n[rules.odd]\nseen = "new"\n'
    rules = load(document=(text, "leadline.toml"), environ={}).settings.rules
    assert (rules["known"].seen, rules["known"].alert) == ("before", "no")
    with pytest.raises(ConfigurationError) as caught:
        loaded('[rules.known]\nseen = "often"\n')
    assert "seen must be one of new, before" in caught.value.detail
