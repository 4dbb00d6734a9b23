"""Origins of URLs: nothing that a browser may read otherwise has one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.texts.origins import origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://www.example.com", "https://www.example.com:443"),
        ("https://www.example.com:443/thanks?a=b#c", "https://www.example.com:443"),
        ("HTTPS://WWW.Example.com/Thanks", "https://www.example.com:443"),
        ("http://localhost:8080/x", "http://localhost:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("http://www.example.com:/x", "http://www.example.com:80"),
    ],
)
def test_the_origin_of_a_url_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "", "thanks.html", "/thanks", "//www.example.com/thanks", "www.example.com",
        "javascript:void", "data:text/html,x", "https:www.example.com", "https:///thanks",
        "https://user@www.example.com/", "https://www.example.com@example.org/",
        "https://www.example.com\\@example.org", "https:\\\\www.example.com",
        "https:/\\example.com", " https://www.example.com", "https://www.example.com\n", "https://www.exam\tple.com",
        "https://www.exämple.com", "https://www.example.com:99999", "https://www.example.com:x",
        "https://www.example.com:0", "https://[::1", "https://-example.com", "https://%65xample.com",
        "https://www.example.com/\r\nset-cookie: a=b",
    ],
)  # fmt: skip
def test_what_is_no_plain_absolute_url_has_no_origin(url: str) -> None:
    assert origin_of(url) is None


@given(st.text(max_size=40))
def test_what_follows_a_host_may_not_make_it_another(after: str) -> None:
    found = origin_of(f"https://www.example.com{after}")
    if after[:1] in ("", "/", "?", "#"):
        assert found in (None, "https://www.example.com:443")
    else:
        assert found != "https://www.example.com:443" or after[0] == ":"
