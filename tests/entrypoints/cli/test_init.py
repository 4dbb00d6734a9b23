"""`leadline init`: a settings file that works, for its owner alone, and never over another."""

import re
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.run._first_settings import (
    FROM_THE_SENDER,
    FirstSettings,
    checked,
    fault,
    new_secret,
)
from leadline.model.errors import ConfigurationError
from leadline.plugins import own_sources
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

OWN = sorted(own_sources() - FROM_THE_SENDER.keys())
HEX = "6b1d9c0a4f"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, answers: str = "") -> Result:
    return CliRunner().invoke(app, words, input=answers)


def written() -> Settings:
    return load(environ={}).settings


def refusal(result: Result) -> str:
    assert isinstance(result.exception, ConfigurationError)
    assert not Path("leadline.toml").exists()
    return result.exception.detail


def test_without_questions_every_default_is_taken_and_a_secret_is_made(folder: Path) -> None:
    result = run("init", "--yes")
    assert result.exit_code == 0, result.output
    settings = written()
    (secret,) = settings.sources["generic"].secret
    assert len(secret) == 32
    assert secret not in result.output
    assert settings.only_sources == ("generic",)
    assert stat.S_IMODE((folder / "leadline.toml").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["leadline.toml"]


def test_the_next_three_commands_are_printed_and_are_commands(folder: Path) -> None:
    _, _, told = run("init", "--yes").stdout.partition("Next:\n")
    commands = [line.partition("#")[0].split() for line in told.splitlines()]
    assert [words[1] for words in commands] == ["inbox", "serve", "send"]
    for words in commands:
        assert run(words[1], "--help").exit_code == 0
    (folder / "leadline.toml").unlink()
    slack = run("init", "--yes", "--slack", "https://hooks.slack.com/services/T0/B0/x")
    assert " doctor " in slack.stdout
    assert "nobody is alerted" not in slack.output


def test_flags_answer_the_questions(folder: Path) -> None:
    result = run(
        "init", "--yes", "--source", "typeform", "--secret", f"close={HEX}", "--delay", "5m",
        "--phone-region", "gb", "--public-url", "https://leads.example.com", "--slack",
        "https://hooks.slack.com/services/T0/B0/x", "--source", "typeform",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    settings = written()
    assert settings.only_sources == ("typeform", "close")
    assert settings.sources["close"].secret == (HEX,)
    assert (settings.delay.seconds, settings.region) == (300, "GB")
    assert settings.public_url == "https://leads.example.com"
    assert settings.slack_webhook_url.endswith("/x")


def test_questions_are_asked_again_until_the_answer_can_be_read() -> None:
    lines = ["close nobody", "close, form", "no hex", HEX, "", "5 x", "5m", "USA", "us", ""]
    result = run("init", answers="".join(f"{line}\n" for line in lines))
    assert result.exit_code == 0, result.output
    settings = written()
    assert settings.only_sources == ("close", "form")
    assert settings.sources["close"].secret == (HEX,)
    assert (settings.delay.seconds, settings.region) == (300, "US")
    for words in ("no source 'nobody'", "must be a duration", "two-letter"):
        assert words in result.output


def test_a_sender_whose_secret_is_not_known_yet_is_left_out() -> None:
    result = run("init", answers="hubspot generic\n\n\n\n\n\n")
    assert result.exit_code == 0, result.output
    assert list(written().sources) == ["generic"]
    assert "hubspot is left out" in result.output


def test_an_existing_file_is_left_as_it_is(folder: Path) -> None:
    for path in (folder / "leadline.toml", folder / "other.toml"):
        path.write_text("delay = '1m'\n")
    (folder / "link.toml").symlink_to("nowhere.toml")
    for words in ((), ("--config", "other.toml"), ("--config", "link.toml")):
        result = run(*words, "init", "--yes")
        assert isinstance(result.exception, ConfigurationError)
        assert "left as it is" in result.exception.detail
    assert (folder / "leadline.toml").read_text() == "delay = '1m'\n"
    assert not (folder / "nowhere.toml").exists()


def test_the_file_may_have_another_name_which_the_next_commands_use(folder: Path) -> None:
    result = run("--config", "leads.toml", "init", "--yes")
    assert result.exit_code == 0, result.output
    assert load(environ={}, config=folder / "leads.toml").settings.sources["generic"].secret
    assert "--config leads.toml serve" in result.stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--source", "close"), "--secret close=SECRET"),
        (("--source", "nobody"), "no source 'nobody'"),
        (("--secret", "close"), "SOURCE=SECRET"),
        (("--secret", "close=no-hex"), "hex"),
        (("--delay", "soon"), "delay must be"),
        (("--slack", "hooks"), "slack_webhook_url must be"),
    ],
)
def test_a_wrong_flag_is_refused_before_anything_is_written(
    words: tuple[str, ...], why: str
) -> None:
    assert why in refusal(run("init", "--yes", *words))


def test_without_a_terminal_questions_are_refused_in_words() -> None:
    assert "--yes" in refusal(run("init"))


@pytest.mark.parametrize("source", OWN)
def test_a_secret_that_is_made_has_the_form_that_its_source_uses(source: str) -> None:
    secret = new_secret(source)
    assert fault(source, secret) == ""
    assert len(secret) <= 50
    assert secret != new_secret(source)


@pytest.mark.parametrize("odd", ['quo"te', "back\\slash", "no\x7fdel", "ü 明"])
def test_what_is_written_is_read_as_it_was_given(odd: str) -> None:
    loaded = checked(FirstSettings({"generic": odd}), "leadline.toml")
    assert loaded.settings.sources["generic"].secret == (odd,)


def test_the_file_says_that_it_holds_secrets(folder: Path) -> None:
    run("init", "--yes")
    first, *lines = (folder / "leadline.toml").read_text().splitlines()
    assert "secrets" in first
    assert "version control" in first
    assert [line for line in lines if not re.match(r"(#|\[|\w+ = |$)", line)] == []
