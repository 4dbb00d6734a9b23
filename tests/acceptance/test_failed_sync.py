"""A real server on a disk whose sync of the database fails: it ends, mends the file, goes on."""

import time
from pathlib import Path

import urllib3

from tests.acceptance.installation import Installation

_SITE = """
import os, sys
if "-m" in sys.orig_argv and any("leadline" in word for word in sys.orig_argv):
    sys.path.insert(0, {root!r})
    from tests.worlds.failing_disk import FailingDisk

    def fails(path):
        if not path.endswith("leadline.db"):
            return False
        try:
            os.unlink({order!r})
        except FileNotFoundError:
            return False
        return True

    disk = FailingDisk(fails)
"""
_ROOT = Path(__file__).parents[2]


def on_a_failing_disk(tmp_path: Path) -> tuple[Installation, Path]:
    """An installation, and the file by which one sync of its database is ordered to fail."""
    site, order = tmp_path / "site", tmp_path / "fail"
    site.mkdir()
    (site / "sitecustomize.py").write_text(_SITE.format(root=str(_ROOT), order=str(order)))
    return Installation(tmp_path / "made", PYTHONPATH=str(site), LEADLINE_DELAY="0"), order


def _post(installation: Installation, name: str) -> str | None:
    """The id of a lead that was answered 200."""
    try:
        answer = installation.post(f'{{"email":"{name}@example.com"}}'.encode())
    except urllib3.exceptions.HTTPError:
        return None
    return str(answer.json()["lead_id"]) if answer.status == 200 else None


def _logged(installation: Installation, event: str, times: int = 1) -> bool:
    return installation.log.read_text().count(event) >= times


def _until_logged(installation: Installation, event: str) -> list[str]:
    """Post until the server logs this; the leads that were answered 200."""
    ids: list[str | None] = []
    deadline = time.monotonic() + 60
    while not _logged(installation, event):
        assert time.monotonic() < deadline, installation.log.read_text()[-3000:]
        ids.append(_post(installation, f"n{len(ids)}"))
    return [found for found in ids if found]


def test_a_server_whose_database_cannot_be_synced_starts_anew_once_and_then_stops(
    tmp_path: Path,
) -> None:
    installation, order = on_a_failing_disk(tmp_path)
    with installation:
        installation.start()
        before = set(installation.family().values())
        order.touch()
        ids = _until_logged(installation, "sync.healed")
        assert _logged(installation, "sync.failed")
        installation.wait_ready()
        assert len(before & set(installation.family().values())) == 1  # the supervisor
        ids.append(_post(installation, "after") or "")
        order.touch()
        assert installation.process is not None
        deadline = time.monotonic() + 60
        while installation.process.poll() is None:
            assert time.monotonic() < deadline
            ids += filter(None, [_post(installation, "again")])
        assert installation.process.returncode == 74
        assert "no leads are accepted, and the log is kept" in installation.log.read_text()
        assert (installation.data / "leadline.db-wal").stat().st_size
        installation.start()
        found = installation.command("verify", "--deep", "--json")
        assert found.returncode == 0, found.stdout
        shown = installation.command("leads", "--json", "--limit", "100000").stdout
        assert all(one in shown for one in ids)
        assert installation.stop() == 0
