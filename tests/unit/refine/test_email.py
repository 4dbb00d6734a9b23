"""E-mail addresses, case by case, and the fast path against the library."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from leadline.refine.emails import email
from leadline.refine.emails.email import canonical_address, other_addresses, refine_email
from leadline.refine.limits import LIMITS
from tests.worlds.thorough import thorough


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada.Lovelace@Example.COM\n", "ada.lovelace@example.com"),
        ("mailto:ada@example.com?subject=Hello", "ada@example.com"),
        ("Ada Lovelace <ada@example.com>", "ada@example.com"),
        ('"Lovelace, Ada" <ADA@example.com>', "ada@example.com"),
        ("<mailto:ADA@example.com>", "ada@example.com"),
        ("ada@example.com.", "ada@example.com"),  # the end of a sentence
        ("(ada@example.com),", "ada@example.com"),
        ("Ada <ada@example.com> (at work)", "ada@example.com"),
        ("<mailto:<ada@example.com>>", "ada@example.com"),
        ("ada@example.com<mailto:ada@example.com>", "ada@example.com"),  # copied from a mail
        ("ada＠example．com", "ada@example.com"),  # typed with a Japanese keyboard
        ("ada@\u200bexample.com", "ada@example.com"),
        ("ada @ example.com", "ada@example.com"),
        ("jeff@臺網中心.tw", "jeff@臺網中心.tw"),  # shown as written, compared as ASCII
    ],
)
def test_a_valid_address_is_found_in_what_was_written(written: str, kept: str) -> None:
    email = refine_email(written)
    assert email.written == kept
    assert email.canonical is not None
    assert email.problems == ()


@pytest.mark.parametrize(
    "written",
    ["ada", "ada@", "@example.com", "ada@example", "ada lovelace@example.com", "ada@@example.com",
     "ada@example..com", ".ada@example.com", "nobody", "ada@localhost", "ada@host.local",
     "ada@-example.com", "ada@example.123", '"ada b"@example.com', "ada@[127.0.0.1]",
     "a" * 65 + "@example.com", "ada@" + "a" * 250 + ".com"],
)  # fmt: skip
def test_an_invalid_address_is_flagged_and_kept(written: str) -> None:
    email = refine_email(written)
    assert email.written == written
    assert email.canonical is None
    assert email.problems == ("email.invalid",)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("ada.lovelace+news@gmail.com", "adalovelace@gmail.com"),  # dots and tags mean nothing
        ("Ada.Lovelace@googlemail.com", "adalovelace@gmail.com"),  # the same mailbox
        ("ada.l+x@outlook.com", "ada.l@outlook.com"),  # tags only
        ("ada.l+x@example.com", "ada.l+x@example.com"),  # who knows what this host does
        ("+x@gmail.com", "+x@gmail.com"),  # nothing would be left
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_the_canonical_form_is_one_per_mailbox(written: str, canonical: str) -> None:
    assert refine_email(written).canonical == canonical


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("ada@gmial.com", "email.suspect_domain"),
        ("ada@example.con", "email.suspect_domain"),
        ("ada@example.c0m", "email.suspect_domain"),
        ("info@example.com", "email.role"),
        ("sales+web@example.com", "email.role"),
        ("ada@mailinator.com", "email.disposable"),
        ("none@none.com", "email.placeholder"),
        ("noemail@example.com", "email.placeholder"),
    ],
)
def test_a_doubtful_address_is_flagged_and_not_changed(written: str, problem: str) -> None:
    email = refine_email(written)
    assert (email.written, email.problems) == (written, (problem,))
    assert email.canonical is not None


@pytest.mark.parametrize(
    "written",
    ["ada@example.com, bob@example.org", "ada@example.com;bob@example.org",
     "ada@example.com / bob@example.org", "ada@example.com bob@example.org",
     "Ada <ada@example.com>, Bob <bob@example.org>", "ada@example.com or bob@example.org"],
)  # fmt: skip
def test_of_several_addresses_the_first_is_kept_and_it_is_said(written: str) -> None:
    email = refine_email(written)
    assert (email.written, email.problems) == ("ada@example.com", ("email.several",))


FIRST, SECOND = "a@example.com", "b@example.com"


@pytest.mark.parametrize(
    "end",
    ["\r\n", "\n", "\r", "\n\n", "\x00", "\x0b", "\x0c", "\x1c", "\x1f", "\x7f", "\x85", "\u2028",
     "\u2029", " \r\n ", ",\r\n", "\r\nBcc: ", "\r\n\r\n"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("first", "kept"),
    [
        (FIRST, FIRST),
        ("Ada <a@example.com>", FIRST),
        ("Ada <a@example.com", FIRST),
        ("mailto:a@example.com", FIRST),
        ("a@", "a@"),  # no address, and none is looked for further down
        ("ada", "ada"),
        ('"', ""),  # it says nothing, and still none is looked for further down
        ("<", ""),
    ],
)
def test_no_later_line_is_ever_the_address(first: str, kept: str, end: str) -> None:
    for second in (SECOND, "<b@example.com>", "Bob <b@example.com>"):
        email = refine_email(f"{first}{end}{second}")
        assert (email.written or "").rstrip(",") == kept
        assert email.canonical == (FIRST if kept == FIRST else None)
        assert "email.lines" in email.problems
        assert ("email.several" in email.problems) is ("@" in first)
        assert email.changes[0].rule == "email.first_line"


@pytest.mark.parametrize("blank", [" ", "\t", "\u200b", "\u2800", "\u3164"])
def test_nor_where_many_blanks_stand_before_what_the_first_line_says(blank: str) -> None:
    for first in ("a@exa mple.com", "a@example.com> ", "ada"):
        email = refine_email(f"{blank * (LIMITS['email'] + 1)}{first}\n{SECOND}")
        assert SECOND not in (email.written, email.canonical)
        assert "email.lines" in email.problems


def test_what_is_no_second_line_is_no_problem() -> None:
    email = refine_email("\r\n a@example.com \r\n\x00")
    assert (email.written, email.problems) == (FIRST, ())


def test_words_below_an_address_are_left_out_and_it_is_said() -> None:
    email = refine_email("a@example.com\nPlease call me")
    assert (email.written, email.problems) == (FIRST, ("email.lines",))
    assert [(c.before, c.after) for c in email.changes] == [
        ("a@example.com\nPlease call me", FIRST)
    ]


@pytest.mark.parametrize(
    "written",
    [
        "a@example.com\tb@example.com",
        "a@example.com<b@example.com>",  # the first is no display name
        "a@example.com <b@example.com>",
        '"a@example.com" <b@example.com>',
        "a@example.com <b@example.com> <c@example.com>",
        "Ada <a@example.com> Bcc: b@example.com",
        "Ada <a@example.com>\tBcc: b@example.com",
    ],
)
def test_of_several_addresses_on_one_line_the_second_is_never_kept(written: str) -> None:
    email = refine_email(written)
    assert (email.written, email.problems) == (FIRST, ("email.several",))


PIECES = ("a@example.com", "Ada", "mailto:", *'<>,;:@(\t\u200b" ')


@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    st.sampled_from(["\n", "\r\n", "\x00", "\x0b", "\u2028"]),
    st.sampled_from(["<b@evil.example>", "b@evil.example", "Bcc: b@evil.example"]),
)
def test_whatever_stands_first_the_next_line_is_not_chosen(
    first: str, end: str, second: str
) -> None:
    if not refine_email(first).written:
        return  # nothing to be seen there, so the next line is the first
    assert "evil" not in (refine_email(first + end + second).written or "")


def test_the_same_address_twice_is_one() -> None:
    assert refine_email("ada@example.com; ADA@example.com").problems == ()


def test_each_rule_leaves_its_change() -> None:
    email = refine_email(" Ada <ADA@Example.com> ")
    assert [(one.rule, one.after) for one in email.changes] == [
        ("text.clean", "Ada <ADA@Example.com>"),
        ("email.unwrap", "ADA@Example.com"),
        ("email.lowercase", "ada@example.com"),
    ]


ATOM = st.text("abz019_-+.'", min_size=1, max_size=70)
DOMAIN = st.lists(st.text("abz09-", min_size=1, max_size=65), min_size=1, max_size=3).map(".".join)
TOP = st.sampled_from(("com", "test", "local", "arpa", "x", "museum", "xn--p1ai", "c0m", "123"))
ADDRESS = st.builds("{}@{}.{}".format, ATOM, DOMAIN, TOP)
PLAIN = st.builds(
    "{}@{}.{}".format,
    st.lists(st.text("abz019_-", min_size=1, max_size=9), min_size=1, max_size=8).map(".".join),
    st.lists(st.text("abz09", min_size=1, max_size=34), min_size=1, max_size=9).map("-".join),
    TOP,
)


@thorough(200, often=60)
@given(ADDRESS | PLAIN)
@example("a@b--c.com")
@example("a" * 65 + "@example.com")
@example("a@" + "b" * 64 + ".com")
@example("a@mail.test")
def test_what_the_fast_path_accepts_the_library_accepts_unchanged(address: str) -> None:
    plain = email._PLAIN.fullmatch(address)
    if plain is None:
        return
    valid = validate_email(address, check_deliverability=False, strict=True)
    assert valid.normalized == address
    assert (valid.local_part, valid.ascii_domain) == (plain["local"], plain["domain"])


@given(ADDRESS | PLAIN)
def test_validity_is_the_library_s(address: str) -> None:
    email = refine_email(address)
    if email.written != address:  # mended, so another question
        return
    try:
        validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        assert email.canonical is None
    else:
        assert email.canonical is not None


@given(st.from_regex(r"[A-Za-z0-9_+.]{1,12}@[A-Za-z0-9-]{1,8}\.[A-Za-z]{2,4}", fullmatch=True))
def test_an_address_in_capitals_is_read_like_all_others(written: str) -> None:
    assert refine_email(written) == email._refine_other(written)


@pytest.mark.parametrize(
    ("written", "others"),
    [
        ("Jo.Private@gmail.com, jo@brightmill.com", ("jo@brightmill.com",)),
        ("Jo <jo@example.com> / JO@example.org", ("jo@example.org",)),
        ("jo@example.com; JO@example.com", ()),
        ("jo@example.com, jo@", ()),
        ("Jo <jo@example.com>", ()),
        ("jo@example.com", ()),
        ("jo@example.com\njo@example.org", ()),  # another line may be anybody's
    ],
)
def test_further_addresses_of_the_field_are_known_by_its_changes(
    written: str, others: tuple[str, ...]
) -> None:
    assert other_addresses(refine_email(written).changes) == others


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("al.hall@protonmail.com", "Al.Hall+web@proton.me"),
        ("al.hall@pm.me", "al.hall@protonmail.ch"),
        ("al@me.com", "al@icloud.com"),
        ("al@mac.com", "al+x@icloud.com"),
        ("al@ya.ru", "al@yandex.com"),
        ("al@hotmail.co.uk", "al+x@hotmail.co.uk"),
        ("al@fastmail.com", "al+x@fastmail.com"),
    ],
)
def test_addresses_of_one_mailbox_have_one_canonical_form(one: str, other: str) -> None:
    assert canonical_address(one) == canonical_address(other) == refine_email(one).canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("al@fastmail.com", "al@fastmail.fm"),  # may be two people
        ("al@hotmail.com", "al@outlook.com"),
        ("a.l@outlook.com", "al@outlook.com"),
        ("al@brightmill.com", "al+x@brightmill.com"),
    ],
)
def test_addresses_of_perhaps_two_people_have_two(one: str, other: str) -> None:
    assert canonical_address(one) != canonical_address(other)


def test_an_invalid_address_has_no_canonical_form() -> None:
    assert canonical_address("al@") is None


@pytest.mark.parametrize(
    "written",
    ["jo.martin(at)brightmill.com", "jo.martin [at] brightmill [dot] com",
     "Jo.Martin (AT) brightmill.com", "jo.martin{at}brightmill{dot}com",
     "jo.martin at brightmill dot com", "jo.martin[@]brightmill[.]com",
     "jo dot martin at brightmill dot com", "jo.martin at brightmill.com",
     "jo.martin (a) brightmill.com", "jo.martin(arroba)brightmill.com",
     "jo.martin [at] brightmill dot com", "jo.martin_at_brightmill.com",
     "Jo Martin <jo.martin(at)brightmill.com>", "jo.martin (ät) brightmill (punkt) com",
     "jo.martin@brightmill,com", "mailto:jo.martin(at)brightmill.com",
     "jo.martin<at>brightmill.com"],
)  # fmt: skip
def test_an_address_in_words_is_read_and_the_change_recorded(written: str) -> None:
    email = refine_email(written)
    assert (email.written, email.problems) == ("jo.martin@brightmill.com", ())
    assert "email.written" in [one.rule for one in email.changes]


@pytest.mark.parametrize(
    "written",
    ["ask at brightmill.com", "contact me at brightmill.com", "look at brightmill dot",
     "jo (at) work", "jo.martin at brightmill", "(at)brightmill.com", "jo(at)",
     "jo.martin (office) brightmill.com", "meet at cafe.paris", "jo@brightmill,",
     "jo@brightmill,more", "patatas.com"],
)  # fmt: skip
def test_words_that_are_no_address_are_left_as_they_are(written: str) -> None:
    email = refine_email(written)
    assert (email.canonical, email.problems) == (None, ("email.invalid",))
    assert "email.written" not in [one.rule for one in email.changes]


def test_an_address_with_signs_comes_before_one_in_words() -> None:
    for written in ("ada(at)example.org <jo@example.com>", "Jo <jo_at_home@example.com>"):
        email = refine_email(written)
        assert (email.written or "").endswith("@example.com")
        assert "email.written" not in [one.rule for one in email.changes]


def test_two_addresses_in_words_are_two() -> None:
    email = refine_email("jo(at)example.com, ada(at)example.com")
    assert (email.written, email.problems) == ("jo@example.com", ("email.several",))
    assert other_addresses(email.changes) == ("ada@example.com",)


@pytest.mark.parametrize(
    "written",
    [
        "„clara@alder.example“",
        "«clara@alder.example»",
        "clara@alder.example (privat)",
        "clara@alder.example – private",
        "clara@alder.example?subject=Hello",
    ],
)
def test_quotation_marks_of_any_language_and_remarks_behind_an_address_are_taken_off(
    written: str,
) -> None:
    email = refine_email(written)
    assert (email.written, email.problems) == ("clara@alder.example", ())
    assert email.changes[-1].before == written


@pytest.mark.parametrize("written", ["clara holm@alder.example", "clara@alder.co .uk"])
def test_what_stands_before_an_address_or_may_belong_to_it_is_no_remark(written: str) -> None:
    assert refine_email(written).written != written.split(" ")[0]
    assert refine_email(written).written != written.split(" ")[1]
