"""What checks access tokens is packaged where a source demands them, and nowhere else."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from leadline.cloud import change_sets, deploying, token_checks
from leadline.cloud.change_sets import Proposal, ResourceChange
from leadline.cloud.deploying import DeploymentPlan, DeploymentRequest, roll_out
from leadline.cloud.packages.packaging import Package, capture_package
from leadline.cloud.packages.wheels import Target
from leadline.cloud.token_checks import checks_tokens, has_library, sources_demand_tokens
from tests.standins.token_issuer import AUDIENCE, TokenIssuer

LOCAL = Target(
    f"{sys.version_info.major}.{sys.version_info.minor}",
    {"aarch64": "arm64"}.get(platform.machine(), platform.machine()),
)
DEMANDED = (
    '[sources.generic]\noauth_issuer = "https://issuer.example.com"\noauth_audience = "leads"\n'
)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what is installed here runs on no function"
)


@pytest.fixture(scope="module")
def package() -> Package:
    return capture_package(LOCAL, checks_tokens=True)


def test_tokens_are_checked_where_a_source_has_an_issuer() -> None:
    assert sources_demand_tokens(DEMANDED)
    assert not sources_demand_tokens("")
    assert not sources_demand_tokens('[sources.generic]\nsecret = "form-and-function"\n')
    assert not sources_demand_tokens('[sources.generic]\noauth_issuer = ""\n')


def checked(monkeypatch: pytest.MonkeyPatch, stored: Any, before: bytes | None) -> bool:
    def settings(*_: object) -> str:
        if isinstance(stored, Exception):
            raise stored
        return str(stored)

    monkeypatch.setattr(token_checks, "stored_settings", settings)
    monkeypatch.setattr(token_checks, "download", lambda *_: before)
    said: list[str] = []
    cloud: Any = None
    found = checks_tokens(cloud, None, "key", "ssm:/leads", said.append)
    assert bool(said) is isinstance(stored, Exception)
    return found


def test_settings_that_stay_are_read_in_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(monkeypatch, DEMANDED, None)
    assert not checked(monkeypatch, "", None)


def test_who_may_not_read_them_deploys_what_there_was(
    monkeypatch: pytest.MonkeyPatch, package: Package, zips: dict[str, bytes]
) -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetParameter")
    assert checked(monkeypatch, denied, package.zipped())
    assert not checked(monkeypatch, denied, zips["capture"])
    assert not checked(monkeypatch, denied, None)


class Nowhere:
    """A cloud of which nothing is asked."""

    def client(self, service: str) -> None:
        del service


@pytest.mark.parametrize("demands", [True, False])
def test_capture_can_check_tokens_before_settings_demand_them(
    monkeypatch: pytest.MonkeyPatch, package: Package, demands: bool
) -> None:
    done: list[str] = []
    monkeypatch.setattr(deploying, "put_settings", lambda *_: done.append("settings"))
    monkeypatch.setattr(change_sets, "execute", lambda *_: done.append("package"))
    change = ResourceChange("Modify", "Capture", "AWS::Lambda::Function", "False")
    packages = (package,) if demands else ()
    plan = DeploymentPlan(
        DeploymentRequest("leads", settings=DEMANDED), Proposal("leads", "c", False, [change]),
        "ssm:/leads/settings", "", packages, {},
    )  # fmt: skip
    roll_out(Nowhere(), plan, lambda _: None)  # type: ignore[arg-type]
    assert done == (["package", "settings"] if demands else ["settings", "package"])


@pytest.fixture
def issuer() -> Iterator[TokenIssuer]:
    with TokenIssuer() as running:
        yield running


CHECK = """
import sys
sys.path.insert(0, sys.argv[1])
from datetime import UTC, datetime
from leadline.model.lead import Delivery
from leadline.net.oauth.tokens import AccessTokens
from leadline.settings.connected.sources import SourceConfig
config = SourceConfig(oauth_issuer=sys.argv[2], oauth_audience=(sys.argv[3],))
tokens = AccessTokens()
tokens.fetch_keys(config)
headers = {"authorization": "Bearer " + sys.argv[4]}
print(tokens.client_of(Delivery("generic", b"", datetime.now(UTC), headers), config))
"""


def test_the_package_alone_checks_a_token(
    package: Package, issuer: TokenIssuer, tmp_path: Path
) -> None:
    for name, content in package.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    for kid in ("rsa", "curve"):
        words = (str(tmp_path), issuer.url, AUDIENCE, issuer.token(kid))
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", CHECK, *words], capture_output=True, text=True,
            env={"PATH": os.environ["PATH"]}, check=False,
        )  # fmt: skip
        assert done.stdout == "partner-portal\n", done.stderr


def test_a_package_for_sources_without_issuers_has_nothing_of_it(package: Package) -> None:
    plain = capture_package(LOCAL)
    assert not has_library(plain)
    assert has_library(package)
    foreign = {path.partition("/")[0] for path in plain.files}
    assert foreign.isdisjoint({"cryptography", "cffi", "joserfc", "pycparser"})
