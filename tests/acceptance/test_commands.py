"""Every command, as a process, the way a person or a script calls it."""

import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation

ADA = {"name": " ADA  VANCE", "email": "Ada.Vance@Example.com", "phone": "(212) 555-0100"}
WITH_REGION = {"LEADLINE_REGION": "US", "LEADLINE_DELAY": "0"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A stopped installation with one lead of every fate."""
    folder = tmp_path_factory.mktemp("filled")
    with (
        SlackInbox() as slack,
        Installation(
            folder, LEADLINE_SLACK_WEBHOOK_URL=slack.webhook_url, **WITH_REGION
        ) as installation,
    ):
        installation.start()
        installation.post(json.dumps(ADA).encode())
        assert slack.wait_for(1)
        installation.post(json.dumps({**ADA, "message": "again"}).encode())
        installation.post(json.dumps(ADA).encode())  # a redelivery
        installation.post(b'{"type":"contact.deleted","id":1}')
        installation.post(b'{"nothing":"of a lead"}')
        assert slack.wait_for(2)
        time.sleep(0.5)
        assert installation.stop() == 0
        yield installation


def rows(installation: Installation, *arguments: str) -> list[dict[str, object]]:
    listed = installation.command("leads", "--json", *arguments)
    assert listed.returncode == 0, listed.stderr
    found: list[dict[str, object]] = json.loads(listed.stdout)
    return found


def test_leads_are_listed_newest_first_and_filtered(filled: Installation) -> None:
    assert [r["status"] for r in rows(filled)] == ["dead", "alerted", "alerted"]
    assert [r["name"] for r in rows(filled, "--search", "vance")] == ["Ada Vance"] * 2
    assert [r["why"] for r in rows(filled, "--status", "filtered")] == ["deleted"]
    assert rows(filled, "--since", "2030-01-01") == []
    assert len(rows(filled, "--since", "1h", "--limit", "1")) == 1
    assert rows(filled, "--source", "close") == []


def test_show_tells_the_whole_story_for_the_beginning_of_an_id(filled: Installation) -> None:
    first = str(rows(filled)[-1]["lead_id"])
    shown = filled.command("show", first)
    assert shown.returncode == 0
    for expected in ("' ADA  VANCE' →", "name.case", "redelivered", "alerted", "(212) 555-0100"):
        assert expected in shown.stdout
    told = json.loads(filled.command("show", first, "--json").stdout)
    assert told["refined"]["contact"]["phone_e164"] == "+12125550100"


def test_show_of_an_unknown_lead_exits_1(filled: Installation) -> None:
    shown = filled.command("show", "ffffffff")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "no lead has the id 'ffffffff'" in shown.stderr


def test_dead_letters_are_grouped_by_reason(filled: Installation) -> None:
    (group,) = json.loads(filled.command("dead", "--json").stdout)
    assert (group["reason"], group["count"]) == ("lead.not_understood", 1)
    assert "nothing" in group["error"]


def test_verify_accounts_for_every_event(filled: Installation) -> None:
    verified = filled.command("verify", "--deep", "--json")
    assert verified.returncode == 0
    told = json.loads(verified.stdout)
    places = {k: told[k] for k in ("accepted", "alerted", "filtered", "dead", "redelivered")}
    assert places == {"accepted": 4, "alerted": 2, "filtered": 1, "dead": 1, "redelivered": 1}


def test_a_backup_is_restored_elsewhere_whole(filled: Installation, tmp_path: Path) -> None:
    saved = filled.command("backup", str(tmp_path / "copy"))
    assert saved.returncode == 0, saved.stderr
    assert filled.command("backup", str(tmp_path / "copy")).returncode == 2
    with Installation(tmp_path / "new") as new:
        assert new.command("restore", str(tmp_path / "copy")).returncode == 0
        assert new.command("verify", "--deep").returncode == 0
        assert rows(new) == rows(filled)
        again = new.command("restore", str(tmp_path / "copy"))
        assert again.returncode == 2
        assert "--replace" in again.stderr
        assert new.command("restore", str(tmp_path / "copy"), "--replace").returncode == 0


@pytest.mark.parametrize("target", ["leads.tar.gz", "leads"])
def test_an_export_has_the_keys_of_s3_and_is_imported_without_telling_anybody(
    filled: Installation, tmp_path: Path, target: str
) -> None:
    path = tmp_path / target
    assert filled.command("export", str(path)).returncode == 0
    if path.is_file():
        with tarfile.open(path) as tar:
            names = tar.getnames()
    else:
        names = [p.relative_to(path).as_posix() for p in path.rglob("*.json")]
    first = rows(filled)[-1]
    day = str(first["captured_at"])[:10].replace("-", "/")
    assert f"raw/{day}/{first['lead_id']}.json" in names
    assert f"refined/{day}/{first['lead_id']}.json" in names
    with Installation(tmp_path / "new") as new:
        taken = new.command("import", str(path), "--json")
        assert json.loads(taken.stdout) == {
            "new": 3, "known": 0, "refined": 2, "handled": 0, "damaged": 0,
        }  # fmt: skip
        again = new.command("import", str(path), "--json")
        assert json.loads(again.stdout) == {
            "new": 0, "known": 3, "refined": 0, "handled": 0, "damaged": 0,
        }  # fmt: skip
        statuses = {str(r["lead_id"]): r["status"] for r in rows(new)}
        assert statuses[str(first["lead_id"])] == "refined"
        assert new.command("verify", "--deep").returncode == 0


def test_a_damaged_document_is_named_and_the_others_come_in(
    filled: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "leads"
    filled.command("export", str(path))
    broken = sorted(path.glob("raw/*/*/*/*.json"))[0]
    broken.write_bytes(b'{"lead_id": "nonsense"')
    with Installation(tmp_path / "new") as new:
        taken = new.command("import", str(path), "--json")
        assert taken.returncode == 1
        assert json.loads(taken.stdout)["new"] == 2
        assert broken.name in taken.stderr


def test_replay_says_first_what_it_would_do(filled: Installation, tmp_path: Path) -> None:
    with Installation(tmp_path / "new") as new:
        filled.command("backup", str(tmp_path / "copy"))
        new.command("restore", str(tmp_path / "copy"))
        would = new.command("replay", "--status", "dead", "--dry-run", "--json")
        assert json.loads(would.stdout)["would_replay"] == 1
        assert json.loads(new.command("verify", "--json").stdout)["dead"] == 1
        done = new.command("replay", "--status", "dead", "--json", "--yes")
        assert json.loads(done.stdout)["replayed"] == 1
        assert json.loads(new.command("verify", "--json").stdout)["waiting"] == 1
        assert new.command("replay").returncode == 2
        nothing = new.command("replay", "--status", "filtered", "--from", "capture", "--json")
        assert json.loads(nothing.stdout)["replayed"] == 0


def test_a_mapping_set_afterwards_rescues_dead_letters(tmp_path: Path) -> None:
    with Installation(tmp_path, **WITH_REGION) as installation:
        installation.start()
        installation.post(b'{"who":{"known_as":"Odd Person"}}')
        time.sleep(0.6)
        installation.stop()
        assert [r["status"] for r in rows(installation)] == ["dead"]
        installation.settings["LEADLINE_SOURCES__GENERIC__MAP__NAME"] = "/who/known_as"
        installation.start()
        assert installation.command("replay", "--status", "dead", "--yes").returncode == 0
        time.sleep(1)
        installation.stop()
        assert [(r["status"], r["name"]) for r in rows(installation)] == [("refined", "Odd Person")]


def test_preview_shows_what_a_payload_would_become_and_stores_nothing(tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps([ADA, {}]))
    with Installation(tmp_path, LEADLINE_REGION="US") as installation:
        seen = installation.command("preview", str(file), "--json")
        assert seen.returncode == 1  # the second would be a dead letter
        first, second = json.loads(seen.stdout)
        assert first["refined"]["contact"]["name"] == "Ada Vance"
        assert first["slack"]["blocks"][0]["text"]["text"] == "🎯 New Lead Captured"
        assert "problem" in second
        parsed = json.loads(installation.command("preview", str(file), "--raw", "--json").stdout)
        assert parsed[0]["fields"]["name"] == " ADA  VANCE"
        assert not installation.data.exists()
        unknown = installation.command("preview", str(file), "--source", "clsoe")
        assert unknown.returncode != 0
        assert "close" in unknown.stderr


def test_send_signs_as_the_vendor_would(tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    file.write_text('{"event":{"id":"ev_1","object_type":"lead","action":"created","data":{}}}')
    secret = {"LEADLINE_SOURCES__CLOSE__SECRET": "00ff00ff"}
    with Installation(tmp_path, **secret) as installation:
        installation.start()
        sent = installation.command(
            "send", str(file), "--to", installation.url, "--source", "close"
        )
        assert sent.returncode == 0, sent.stderr
        assert json.loads(sent.stdout)["message"] == "Lead captured successfully"
        forged = installation.command(
            "send", str(file), "--to", installation.url, "--source", "close", "--secret", "00aa"
        )
        assert forged.returncode == 1
        assert "401" in forged.stderr


@pytest.mark.parametrize("public_url", ["", "https://leads.example.com/hooks"])
def test_what_send_signs_passes_where_the_url_is_signed_too(
    tmp_path: Path, public_url: str
) -> None:
    file = tmp_path / "events.json"
    file.write_text(
        '[{"eventId":1,"subscriptionId":2,"portalId":3,"objectId":4,"occurredAt":5,'
        '"subscriptionType":"contact.creation"}]'
    )
    secret = {"LEADLINE_SOURCES__HUBSPOT__SECRET": "s3cret", "LEADLINE_PUBLIC_URL": public_url}
    with Installation(tmp_path, **secret) as installation:
        installation.start()
        for query in ("", "?tenant=a%40b&x=%20y"):
            to = f"{installation.url}/webhook/hubspot{query}"
            sent = installation.command("send", str(file), "--to", to, "--source", "hubspot")
            assert sent.returncode == 0, sent.stderr


def test_doctor_finds_what_is_wrong(tmp_path: Path) -> None:
    with SlackInbox() as slack:
        url = slack.webhook_url
        with Installation(tmp_path / "good", LEADLINE_SLACK_WEBHOOK_URL=url) as good:
            assert good.command("doctor").returncode == 0
    with Installation(tmp_path / "bad", LEADLINE_SLACK_WEBHOOK_URL=url) as bad:
        found = bad.command("doctor", "--json")
        assert found.returncode == 1
        assert "WRONG" in {c["state"] for c in json.loads(found.stdout) if c["what"] == "Slack"}
    with Installation(tmp_path / "half", LEADLINE_CHANNELS__SALES__KIND="slack-bot") as half:
        found = half.command("doctor", "--json")
        (channels,) = (c for c in json.loads(found.stdout) if c["what"] == "channels")
        assert (channels["state"], found.returncode) == ("WRONG", 1)
        assert "[channels.sales] token, room must be set" in channels["detail"]


def test_doctor_says_which_crms_there_are_and_what_they_lack(tmp_path: Path) -> None:
    token = {"LEADLINE_CRM__CLOSE__TOKEN": "api_0", "LEADLINE_CRM__CLOSE__WRITE__SCORE": "custom.x"}
    with Installation(tmp_path / "good", **token) as good:
        found = json.loads(good.command("doctor", "--offline", "--json").stdout)
        assert {c["what"]: c["detail"] for c in found}["CRMs"] == "close (asked, written to)"
        assert "Slack" not in {c["what"] for c in found}, "nobody has to have a webhook"
    with Installation(tmp_path / "bad", LEADLINE_CRM__ODOO__TOKEN="x") as bad:
        process = bad.command("doctor", "--json")
        (crms,) = (c for c in json.loads(process.stdout) if c["what"] == "CRMs")
        assert (crms["state"], process.returncode) == ("WRONG", 1)
        assert "[crm.odoo]" in crms["detail"]


def test_a_server_whose_channel_or_crm_lacks_something_says_so_and_does_not_start(
    tmp_path: Path,
) -> None:
    lacking = {
        "LEADLINE_CHANNELS__SALES__KIND": "slack-bot",
        "LEADLINE_CRM__HUBSPOT__TIMEOUT": "9s",
    }
    with Installation(tmp_path, **lacking) as installation:
        for command in ("serve", "worker"):
            refused = installation.command(command)
            assert refused.returncode == 2
            assert "[channels.sales] token, room must be set" in refused.stderr
            assert (
                "[crm.hubspot]: token or client_id with refresh_token must be set" in refused.stderr
            )
            assert refused.stderr.count("\n") == 1


def test_config_show_names_origins_and_hides_secrets(tmp_path: Path) -> None:
    secret = "a-very-secret-signing-key"
    with Installation(tmp_path, LEADLINE_SOURCES__TYPEFORM__SECRET=secret) as installation:
        shown = installation.command("config", "show", "--json")
        assert secret not in shown.stdout
        by_name = {o["name"]: o for o in json.loads(shown.stdout)}
        assert by_name["delay"]["origin"] == "environment LEADLINE_DELAY"
        assert by_name["max_body"]["origin"] == "default"


def test_a_wrong_setting_stops_every_command_with_one_clear_text(tmp_path: Path) -> None:
    with Installation(tmp_path, LEADLINE_DELLAY="10m") as installation:
        for command in ("leads", "serve", "verify"):
            refused = installation.command(command)
            assert refused.returncode == 2
            assert "LEADLINE_DELLAY" in refused.stderr
            assert "LEADLINE_DELAY" in refused.stderr
            assert "Traceback" not in refused.stderr


def test_every_command_explains_itself_with_an_example(tmp_path: Path) -> None:
    with Installation(tmp_path) as installation:
        listed = installation.command("--help").stdout
        names = (
            "serve worker preview send leads show dead replay verify backup restore export "
            "import doctor"
        )
        for name in names.split():
            assert name in listed
            assert "leadline" in installation.command(name, "--help").stdout
        assert installation.command("no-such-command").returncode == 2


@pytest.mark.parametrize("place", ["before", "behind", "joined"])
def test_the_data_folder_may_be_named_before_or_behind_the_command(
    filled: Installation, tmp_path: Path, place: str
) -> None:
    words = {
        "before": ["--data", str(filled.data), "leads", "--json"],
        "behind": ["leads", "--json", "--data", str(filled.data)],
        "joined": ["leads", f"--data={filled.data}", "--json"],
    }[place]
    with Installation(tmp_path) as other:
        assert len(json.loads(other.command(*words).stdout)) == 3
