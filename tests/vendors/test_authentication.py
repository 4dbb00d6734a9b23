"""Who is believed: published vectors, rotation, replay, and what strangers try."""

import base64
import hmac
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from leadline.model.errors import ConfigurationError, Unauthentic
from leadline.model.lead import Delivery, LeadFields
from leadline.plugins import source_names
from leadline.standins.sample_bodies import compact
from tests.standins.payloads import ADA, AT, BODIES, SECRETS, URL, delivery, source

ALL = sorted(SECRETS)
SIGNED = ["attio", "close", "hubspot", "linkedin", "meta", "standard_webhooks", "typeform"]
TIMED = ["close", "hubspot", "standard_webhooks"]
SHARED = ["copper", "form", "generic", "odoo", "salesforce", "tryton", "web_to_lead", "zoho"]


CRMS = [
    "attio", "close", "copper", "hubspot", "odoo", "pipedrive", "salesforce", "tryton", "zoho",
]  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_owners_are_believed_of_a_crm_with_a_secret_and_of_whom_the_settings_trust(
    name: str,
) -> None:
    said = LeadFields(email=ADA.email, owner="ann@example.com")
    doubted = LeadFields(email=ADA.email, owner_claimed="ann@example.com")
    secret = SECRETS[name][:1]
    assert source(name).believed(said) == doubted
    assert source(name, secret=secret).believed(said) == (said if name in CRMS else doubted)
    assert source(name, owner="trusted").believed(said) == said
    assert source(name, organization=("00D1",), owner="no").believed(said) == doubted


def test_every_source_is_covered_here() -> None:
    assert list(source_names()) == ALL


@pytest.mark.parametrize("name", ALL)
def test_what_the_vendor_signed_is_believed(name: str) -> None:
    source(name, secret=SECRETS[name][:1]).authenticate(delivery(name))


@pytest.mark.parametrize("name", ALL)
def test_what_we_sign_is_believed(name: str) -> None:
    believer = source(name, secret=SECRETS[name][:1])
    unsigned = Delivery(name, BODIES[name](ADA), AT, {}, "POST", URL + name)
    headers = believer.sign(unsigned, SECRETS[name][0])
    assert headers["content-type"].partition(";")[0] in believer.media
    assert all(header == header.lower() for header in headers)
    believer.authenticate(msgspec.structs.replace(unsigned, headers=headers))


@pytest.mark.parametrize("name", ALL)
def test_both_secrets_are_believed_while_one_is_rotated(name: str) -> None:
    believer = source(name, secret=SECRETS[name])
    for secret in SECRETS[name]:
        believer.authenticate(delivery(name, secret=secret))


@pytest.mark.parametrize("name", ALL)
def test_another_secret_is_not_believed(name: str) -> None:
    with pytest.raises(Unauthentic):
        source(name, secret=SECRETS[name][1:]).authenticate(delivery(name))


@pytest.mark.parametrize("name", ALL)
def test_without_a_secret_everybody_is_believed(name: str) -> None:
    source(name).authenticate(Delivery(name, b"", AT))


@pytest.mark.parametrize("name", ALL)
def test_with_a_secret_nobody_is_believed_who_shows_none(name: str) -> None:
    with pytest.raises(Unauthentic):
        source(name, secret=SECRETS[name]).authenticate(
            Delivery(name, BODIES[name](ADA), AT, {}, "POST", URL + name)
        )


@pytest.mark.parametrize("name", SIGNED)
def test_one_flipped_byte_of_the_body_is_noticed(name: str) -> None:
    signed = delivery(name)
    believer = source(name, secret=SECRETS[name])
    for place in (0, len(signed.body) // 2, len(signed.body) - 1):
        body = bytearray(signed.body)
        body[place] ^= 1
        with pytest.raises(Unauthentic):
            believer.authenticate(msgspec.structs.replace(signed, body=bytes(body)))


@pytest.mark.parametrize("name", ALL)
def test_one_changed_character_of_the_proof_is_noticed(name: str) -> None:
    signed = delivery(name)
    believer = source(name, secret=SECRETS[name])
    for header, value in signed.headers.items():
        if header not in ("content-type", "webhook-id"):
            changed = value[:-3] + ("A" if value[-3] != "A" else "B") + value[-2:]
            with pytest.raises(Unauthentic):
                believer.authenticate(
                    msgspec.structs.replace(signed, headers={**signed.headers, header: changed})
                )


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365 * 40])
def test_an_old_or_a_future_signature_is_a_replay(name: str, minutes: int) -> None:
    believer = source(name, secret=SECRETS[name])
    replayed = msgspec.structs.replace(delivery(name), received_at=AT + timedelta(minutes=minutes))
    with pytest.raises(Unauthentic, match="replay"):
        believer.authenticate(replayed)


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("seconds", [-299, 299])
def test_the_replay_window_is_open_for_five_minutes_both_ways(name: str, seconds: int) -> None:
    late = msgspec.structs.replace(delivery(name), received_at=AT + timedelta(seconds=seconds))
    source(name, secret=SECRETS[name]).authenticate(late)
    with pytest.raises(Unauthentic):
        source(name, secret=SECRETS[name], tolerance=timedelta(minutes=1)).authenticate(late)


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize(
    "stamp", ["", "soon", "-1", "1e9", "9" * 16, "9" * 5000, "٣", "17\n", "1_0"]
)
def test_a_time_stamp_that_is_none_is_refused(name: str, stamp: str) -> None:
    header = {
        "close": "close-sig-timestamp",
        "hubspot": "x-hubspot-request-timestamp",
        "standard_webhooks": "webhook-timestamp",
    }[name]
    with pytest.raises(Unauthentic):
        source(name, secret=SECRETS[name]).authenticate(delivery(name, headers={header: stamp}))


@pytest.mark.parametrize("name", ALL)
def test_an_empty_secret_lets_nobody_in(name: str) -> None:
    for empty in ("", "whsec_") if name == "standard_webhooks" else ("",):
        believer = source(name, secret=(empty,))
        for headers in (
            {},
            {"x-webhook-secret": ""},
            {"authorization": "Bearer "},
            {"authorization": "Basic "},
        ):
            with pytest.raises(Unauthentic):
                believer.authenticate(delivery(name, headers=headers))


@pytest.mark.parametrize("name", ["close", "standard_webhooks"])
def test_a_secret_of_the_wrong_form_lets_nobody_in_and_signs_nothing(name: str) -> None:
    with pytest.raises(Unauthentic):
        source(name, secret=("not of the form!",)).authenticate(delivery(name))
    with pytest.raises(ConfigurationError, match=name):
        source(name).sign(Delivery(name, b"{}", AT), "not of the form!")


@given(
    name=st.sampled_from(ALL),
    header=st.sampled_from([
        "close-sig-hash", "close-sig-timestamp", "x-hubspot-signature-v3", "x-hubspot-signature",
        "x-hubspot-request-timestamp", "x-hubspot-signature-version", "authorization",
        "typeform-signature", "webhook-id", "webhook-timestamp", "webhook-signature",
        "x-webhook-secret", "content-type",
        "attio-signature", "x-attio-signature", "x-li-signature", "x-hub-signature-256",
    ]),
    value=st.text(st.characters(exclude_categories=()), max_size=60),
    url=st.text(st.characters(exclude_categories=()), max_size=60),
)  # fmt: skip
def test_no_header_and_no_url_makes_anything_but_a_refusal(
    name: str, header: str, value: str, url: str
) -> None:
    """The secret is random, so nothing that is made up here can fit it."""
    forged = delivery(name, headers={header: value, "x-webhook-secret": value}, url=url or "/")
    stranger = {"close": "ab" * 32, "standard_webhooks": "whsec_" + "q" * 32}.get(name, "Q" * 70)
    with pytest.raises(Unauthentic):
        source(name, secret=(stranger,), organization=("00Dx",)).authenticate(forged)


# --- what the vendors publish


@pytest.mark.parametrize(
    ("method", "body", "version", "signature"),
    [
        # HubSpot's own client library, tests of its signature helper (Apache-2.0).
        ("POST", b"{'example_field':'example_value'}", "v1",
         "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750"),
        ("POST", b"{'example_field':'example_value'}", "v2",
         "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383"),
        ("GET", b"", "v2",
         "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
    ],
)  # fmt: skip
def test_hubspots_older_signatures(method: str, body: bytes, version: str, signature: str) -> None:
    headers = {"x-hubspot-signature": signature, "x-hubspot-signature-version": version}
    url = "https://www.example.com/webhook_uri"
    signed = Delivery("hubspot", body, AT, headers, method, url)
    source("hubspot", secret=("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",)).authenticate(signed)
    with pytest.raises(Unauthentic):
        source("hubspot", secret=("another",)).authenticate(signed)


def _hubspot_v3() -> Delivery:
    return Delivery(
        "hubspot",
        b"{'example_field':'example_value'}",
        datetime.fromtimestamp(1693657560, UTC),
        {
            "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
            "x-hubspot-request-timestamp": "1693657560000",
        },
        "POST",
        "https://www.example.com/webhook_uri",
    )


def test_hubspots_third_signature() -> None:
    source("hubspot", secret=("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",)).authenticate(_hubspot_v3())


def test_a_right_old_signature_does_not_excuse_a_wrong_new_one() -> None:
    right = "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750"
    headers = {
        "x-hubspot-signature": right,
        "x-hubspot-signature-v3": "wrong",
        "x-hubspot-request-timestamp": "1693657560000",
    }
    forged = msgspec.structs.replace(_hubspot_v3(), headers=headers)
    with pytest.raises(Unauthentic):
        source("hubspot", secret=("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",)).authenticate(forged)


def test_hubspot_decodes_the_url_before_it_signs_it() -> None:
    """HubSpot docs, "Validating requests": some escapes are decoded, %20 and the like are not."""
    signed = delivery("hubspot", url=URL + "hubspot?tenant=a@b:c&q=%20x")
    seen = msgspec.structs.replace(signed, url=URL + "hubspot?tenant=a%40b%3Ac&q=%20x")
    source("hubspot", secret=SECRETS["hubspot"]).authenticate(seen)


def test_the_published_vector_of_standard_webhooks() -> None:
    """Standard Webhooks, tests of the reference library (MIT)."""
    signed = Delivery(
        "standard_webhooks",
        b'{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
    )
    for secret in ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
        source("standard_webhooks", secret=(secret,)).authenticate(signed)


def test_our_signature_satisfies_the_reference_library_of_standard_webhooks() -> None:
    now = datetime.now(UTC)  # the library asks the wall clock
    secret = SECRETS["standard_webhooks"][1]
    unsigned = Delivery("standard_webhooks", b'{"type":"lead.created"}', now)
    headers = dict(source("standard_webhooks").sign(unsigned, secret))
    Webhook(secret).verify(unsigned.body, headers)


def test_one_right_signature_among_several_is_enough() -> None:
    signed = delivery("standard_webhooks")
    right = signed.headers["webhook-signature"]
    several = f"v1,AAAAwrongAAA= v1a,ed25519isnotforus {right}"
    believer = source("standard_webhooks", secret=SECRETS["standard_webhooks"])
    believer.authenticate(
        msgspec.structs.replace(signed, headers={**signed.headers, "webhook-signature": several})
    )
    with pytest.raises(Unauthentic):
        believer.authenticate(
            msgspec.structs.replace(
                signed, headers={**signed.headers, "webhook-signature": right[3:]}
            )
        )


def test_the_older_headers_of_svix_are_understood() -> None:
    signed = delivery("standard_webhooks")
    headers = {key.replace("webhook-", "svix-"): value for key, value in signed.headers.items()}
    older = msgspec.structs.replace(signed, headers=headers)
    svix = source("standard_webhooks", secret=SECRETS["standard_webhooks"])
    svix.authenticate(older)
    assert next(iter(svix.events(older))).key == "msg_1"


def test_the_id_is_signed_too() -> None:
    with pytest.raises(Unauthentic):
        source("standard_webhooks", secret=SECRETS["standard_webhooks"]).authenticate(
            delivery("standard_webhooks", headers={"webhook-id": "msg_2"})
        )


def _close(digest: str) -> Delivery:
    headers = {"close-sig-timestamp": "1756970837", "close-sig-hash": digest}
    at = datetime.fromtimestamp(1756970837, UTC)
    return Delivery("close", b'{"event":{"id":"ev_1"}}', at, headers)


def test_closes_key_is_the_hex_decoded_one() -> None:
    """Close docs, "Webhooks"; the digests were made with `openssl dgst -mac HMAC`."""
    believer = source("close", secret=("2c90" * 16,))
    believer.authenticate(
        _close("517895044556077d53de0061a4fbc99ce6cc5b42dbcc32f1312c6638d2ea5699")
    )
    by_text = hmac.new(b"2c90" * 16, b'1756970837{"event":{"id":"ev_1"}}', "sha256").hexdigest()
    with pytest.raises(Unauthentic):
        believer.authenticate(_close(by_text))


def test_githubs_vector_of_the_signature_that_meta_uses() -> None:
    """GitHub docs, "Validating webhook deliveries"; Meta's `X-Hub-Signature-256` is the same."""
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"x-hub-signature-256": f"sha256={digest}"}
    signed = Delivery("meta", b"Hello, World!", AT, headers)
    source("meta", secret=("It's a Secret to Everybody:token",)).authenticate(signed)
    for other in (":token", "It's a Secret to Everybody :token", "token"):
        with pytest.raises(Unauthentic):
            source("meta", secret=(other,)).authenticate(signed)


@pytest.mark.parametrize("secret", [":token", ":"])
def test_a_verify_token_alone_lets_nobody_in(secret: str) -> None:
    """Anybody can sign with an empty key."""
    digest = hmac.new(b"", b"{}", "sha256").hexdigest()
    forged = Delivery("meta", b"{}", AT, {"x-hub-signature-256": f"sha256={digest}"})
    with pytest.raises(Unauthentic):
        source("meta", secret=(secret,)).authenticate(forged)


def test_an_old_sha1_signature_of_meta_is_not_enough() -> None:
    digest = hmac.new(b"app-one", BODIES["meta"](ADA), "sha1").hexdigest()
    forged = delivery("meta", headers={"x-hub-signature": f"sha1={digest}"})
    stripped = {k: v for k, v in forged.headers.items() if k != "x-hub-signature-256"}
    with pytest.raises(Unauthentic):
        source("meta", secret=SECRETS["meta"]).authenticate(
            msgspec.structs.replace(forged, headers=stripped)
        )


@pytest.mark.parametrize("prefix", ["", "hmacsha256="])
def test_linkedins_signature_covers_a_prefix_that_the_header_may_have(prefix: str) -> None:
    """LinkedIn docs, "Webhooks"; the digest was made with `openssl dgst -mac HMAC`."""
    digest = "5856dc5db162d233a351bbf6a7a296beaa62cd507c6eb7d1471b6052f7e6e46f"
    headers = {"x-li-signature": prefix + digest}
    signed = Delivery("linkedin", b'{"type":"LEAD_ACTION"}', AT, headers)
    source("linkedin", secret=("li-example-secret",)).authenticate(signed)
    of_body_alone = hmac.new(b"li-example-secret", signed.body, "sha256").hexdigest()
    forged = msgspec.structs.replace(signed, headers={"x-li-signature": of_body_alone})
    with pytest.raises(Unauthentic):
        source("linkedin", secret=("li-example-secret",)).authenticate(forged)


def test_attios_signature_is_hex_of_the_body_under_either_name() -> None:
    """Attio docs, "Webhooks"; the digest was made with `openssl dgst -mac HMAC`."""
    digest = "ff6666eac5b535ea71ced496fd805ad88f4020b32113b16898357dbb6a5d561c"
    for name in ("attio-signature", "x-attio-signature"):
        signed = Delivery("attio", b'{"events":[]}', AT, {name: digest})
        source("attio", secret=("attio-example-secret",)).authenticate(signed)


# --- secrets that are carried along


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("parameter", ["key", "secret", "token"])
def test_a_secret_may_stand_in_the_url(name: str, parameter: str) -> None:
    believer = source(name, secret=("s p&ce=ü",))
    url = f"{URL}{name}?a=1&{parameter}=s%20p%26ce%3D%C3%BC"
    body = BODIES[name](ADA)
    believer.authenticate(Delivery(name, body, AT, {}, "POST", url))
    with pytest.raises(Unauthentic):
        believer.authenticate(Delivery(name, body, AT, {}, "POST", url + "x"))


@pytest.mark.parametrize("name", SHARED)
def test_a_secret_may_come_as_a_bearer_token(name: str) -> None:
    believer = source(name, secret=("abc",))
    body = BODIES[name](ADA)
    for header in ("Bearer abc", "bearer  abc"):
        believer.authenticate(Delivery(name, body, AT, {"authorization": header}))
    with pytest.raises(Unauthentic):
        believer.authenticate(Delivery(name, body, AT, {"authorization": "Basic abc"}))


def test_pipedrive_comes_with_user_and_password() -> None:
    believer = source("pipedrive", secret=("hook:pw:with:colons",))
    header = "basic " + base64.b64encode(b"hook:pw:with:colons").decode()
    believer.authenticate(Delivery("pipedrive", b"{}", AT, {"authorization": header}))
    with pytest.raises(Unauthentic):
        believer.authenticate(
            Delivery("pipedrive", b"{}", AT, {"authorization": "Bearer" + header[5:]})
        )


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("zoho", {"ids": ["1"], "token": "s1"}),
        ("zoho", {"last_name": "Kinsella", "secret": "s1"}),
        ("copper", {"ids": [1], "secret": "other", "any_name": "s1"}),
    ],
)
def test_a_secret_may_stand_in_the_body_where_the_vendor_puts_it(
    name: str, body: dict[str, object]
) -> None:
    raw = compact(body)
    believer = source(name, secret=("s0", "s1"))
    believer.authenticate(Delivery(name, raw, AT))
    for wrong in (raw.replace(b"s1", b"s2"), raw.replace(b'"s1"', b'["s1"]'), raw[:-1], b"", b"[]"):
        with pytest.raises(Unauthentic):
            believer.authenticate(Delivery(name, wrong, AT))


def test_copper_says_nothing_secret_under_its_own_names() -> None:
    body = compact({"ids": [1], "type": "s1", "event": "s1", "timestamp": "s1"})
    with pytest.raises(Unauthentic):
        source("copper", secret=("s1",)).authenticate(Delivery("copper", body, AT))


def test_a_workflow_of_zoho_may_send_its_secret_in_the_form() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    believer = source("zoho", secret=("s 1",))
    believer.authenticate(Delivery("zoho", b"last_name=K&token=s+1", AT, form))
    with pytest.raises(Unauthentic):
        believer.authenticate(Delivery("zoho", b"last_name=K&token=s+2&token=s+1", AT, form))


@pytest.mark.parametrize("name", ["copper", "zoho"])
def test_a_secret_in_the_body_is_not_kept_with_the_lead(name: str) -> None:
    believer = source(name, secret=("s3cret+word",))
    body = compact({"ids": [1, 2], "type": "lead", "module": "Leads", "token": "s3cret+word"})
    for event in believer.events(Delivery(name, body, AT)):
        assert b"s3cret" not in event.raw
    form = b"last_name=K&token=s3cret%2Bword"
    assert b"s3cret" not in believer.keepable(body) + believer.keepable(form)


def test_no_refusal_tells_what_was_expected() -> None:
    for name in ALL:
        with pytest.raises(Unauthentic) as refusal:
            source(name, secret=SECRETS[name][1:]).authenticate(delivery(name))
        assert not any(secret in refusal.value.detail for secret in SECRETS[name])
