"""Documentation that can't drift: links lead somewhere, names exist, generated pages are fresh."""

import re
from pathlib import Path

import pytest

from leadline.entrypoints.embedded.receiving.openapi import document
from leadline.entrypoints.embedded.watching.metrics import METRICS
from leadline.installations import settings_check
from leadline.model.errors import LeadlineError
from leadline.plugins import crm_kinds, source_names
from leadline.settings.connected.channels import CHANNELS
from leadline.settings.loading import load
from leadline.settings.tables import TABLES
from leadline.settings.top.general import declared

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
OF_INFRA = sorted(ROOT.glob("infra/**/*.md"))


@pytest.mark.parametrize("page", PAGES + OF_INFRA, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_that_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_setting_and_metric_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for variable in re.findall(r"LEADLINE_([A-Z_]+)\b", text):
        name = variable.lower().partition("__")[0]
        assert name in {*declared(), *TABLES, "config"}, variable
    for metric in re.findall(r"\b(leadline_[a-z_]+)\b", text):
        assert metric.removesuffix("_total") in METRICS, metric


def test_every_source_has_its_how_to() -> None:
    text = (ROOT / "docs/how-to/connect-a-sender.md").read_text(encoding="utf-8")
    assert [n for n in source_names() if f"[sources.{n}]" not in text and n != "form"] == []
    assert "[sources.form]" in text


def test_every_kind_of_channel_has_its_how_to() -> None:
    text = (ROOT / "docs/how-to/choose-channels.md").read_text(encoding="utf-8")
    _, _, remains = text.partition("## Exactly once")
    assert [kind for kind in CHANNELS if kind and f"| `{kind}` |" not in text] == []
    assert [kind for kind in CHANNELS if kind and f"`{kind}`" not in remains] == []


def test_every_crm_has_its_how_to_whose_settings_are_enough(tmp_path: Path) -> None:
    text = (ROOT / "docs/how-to/ask-the-crm-for-owners.md").read_text(encoding="utf-8")
    shown: set[str] = set()
    for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL):
        (tmp_path / "leadline.toml").write_text(block, encoding="utf-8")
        settings = load(environ={}, folder=tmp_path).settings
        settings_check.check(settings)
        shown |= {config.kind or source for source, config in settings.crm.items()}
    assert shown == set(crm_kinds())


def test_every_status_that_a_sender_can_hear_is_documented() -> None:
    page = (ROOT / "docs/reference/http.md").read_text(encoding="utf-8")
    kinds = LeadlineError.__subclasses__()
    heard = {kind.status for kind in kinds if kind.status != 500}
    assert {s for s in heard if f"| {s} |" not in page} == set()
    assert all(str(s).encode() in document() for s in heard)


def test_the_readme_shows_what_was_measured() -> None:
    _, _, measured = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Measured")
    for figure in ("durable capture", "refinement", "lateness", "memory", "ratio"):
        assert figure in measured
