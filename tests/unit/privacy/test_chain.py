"""The hash chain: what its check notices."""

from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import AuditEntry, ChainedEntry
from leadline.privacy.chain import (
    BEGINNING,
    Head,
    audit_entry_in,
    audit_line,
    chained,
    check_chain,
    head_of,
    signed_cut,
    unreadable,
)
from leadline.privacy.hashes import PrivacyKey

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = PrivacyKey(b"a key for tests that is long enough")


def log(count: int) -> list[ChainedEntry]:
    return chained(None, [
        AuditEntry(at=AT, actor="command:ada", action="cli.show", subject=f"{n:08}")
        for n in range(1, count + 1)
    ])  # fmt: skip


def faults(entries: list[ChainedEntry], *told: Head) -> list[str]:
    return list(check_chain(entries, told=told).faults)


def head(one: ChainedEntry) -> Head:
    return Head(one.n, one.hash)


def test_a_whole_log_has_no_faults() -> None:
    entries = log(4)
    found = check_chain(entries, told=[head(entries[1]), head(entries[3])])
    assert (found.count, found.head, found.faults) == (4, head(entries[3]), ())


def test_anybody_can_compute_a_hash_by_its_description() -> None:
    (one,) = log(1)
    text = (
        '{"action":"cli.show","actor":"command:ada","at":"2026-03-02T09:00:00.000000Z",'
        '"detail":"","n":1,"subject":"00000001"}'
    )
    assert one.hash == sha256(f"{BEGINNING}\n{text}".encode()).hexdigest()


@pytest.mark.parametrize("field", ["at", "actor", "action", "subject", "detail"])
def test_a_changed_entry_is_noticed(field: str) -> None:
    entries = log(3)
    value = datetime(2026, 3, 3, tzinfo=UTC) if field == "at" else "other"
    changed = msgspec.structs.replace(entries[1].entry, **{field: value})
    entries[1] = msgspec.structs.replace(entries[1], entry=changed)
    assert faults(entries) == ["entry 2 was changed, or one before it: its hash does not fit"]


def test_an_entry_changed_together_with_its_hash_is_noticed() -> None:
    entries = log(3)
    (forged,) = chained(head(entries[0]), [msgspec.structs.replace(entries[1].entry, actor="x")])
    entries[1] = forged
    assert faults(entries) == ["entry 3 was changed, or one before it: its hash does not fit"]


def test_a_log_written_anew_is_noticed_by_its_head() -> None:
    told = head(log(3)[2])
    others = [msgspec.structs.replace(one.entry, actor="x") for one in log(3)]
    assert faults(chained(None, others), told) == [
        "entry 3 is not the one that was told as the head"
    ]


def test_a_gap_is_noticed() -> None:
    entries = log(5)
    assert faults([entries[0], *entries[3:]]) == ["entries 2 to 3 are missing"]


def test_a_lost_beginning_is_noticed() -> None:
    assert faults(log(3)[1:]) == ["entries 1 to 1 are missing"]


def test_a_cut_end_is_noticed_by_the_head_that_was_told() -> None:
    entries = log(3)
    assert faults(entries[:2]) == []
    assert faults(entries[:2], head(entries[2])) == [
        "the end was cut: entry 3, which was told as the head, is missing"
    ]


def test_swapped_entries_are_noticed() -> None:
    first, second, third = log(3)
    assert faults([first, third, second])


def test_an_entry_that_cannot_be_read_is_noticed_once() -> None:
    entries = log(4)
    entries[1] = unreadable(2)
    assert faults(entries) == ["entry 2 can't be read"]


def test_a_forged_cut_is_noticed_by_its_signature() -> None:
    entries = log(4)
    cut = signed_cut(entries[1], AT, KEY)
    assert check_chain(entries[2:], cut, key=KEY).faults == ()
    assert check_chain(entries[2:], cut, [head(entries[0])], KEY).faults == ()
    forged = msgspec.structs.replace(signed_cut(entries[2], AT, KEY), signature=cut.signature)
    assert check_chain(entries[3:], forged, key=KEY).faults == (
        "the cut after entry 3 is not signed with the privacy key",
    )


def test_the_head_that_was_told_may_be_the_entry_of_the_cut() -> None:
    entries = log(4)
    cut = signed_cut(entries[1], AT, KEY)
    assert check_chain(entries[2:], cut, [head(entries[1])], KEY).faults == ()
    assert check_chain(entries[2:], cut, [Head(2, "f" * 64)], KEY).faults == (
        "entry 2, which was cut, is not the one that was told as the head",
    )


def test_an_entry_is_read_from_its_line() -> None:
    for one in log(2):
        assert audit_entry_in(audit_line(one)) == one


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"3", b'{"n":1}', b'{"n":"1","at":"x"}', b"[" * 2000]
)
def test_other_lines_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        audit_entry_in(line)


def test_a_head_is_read_from_its_text() -> None:
    (one,) = log(1)
    assert head_of(f" {head(one)} ") == head(one)


@pytest.mark.parametrize("text", ["", "1", "1:ab", "x:" + "0" * 64, "1:" + "g" * 64])
def test_other_texts_are_no_head(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no head"):
        head_of(text)


def test_what_is_added_to_a_line_beside_its_keys_is_noticed() -> None:
    for one in log(2):
        line = audit_line(one)
        added = line.replace(b'"n":', b'"detail":"Ada","n":', 1)
        for changed in (line[:-1] + b',"note":"Ada"}', added, b" " + line):
            with pytest.raises(ValueError):
                audit_entry_in(changed)
