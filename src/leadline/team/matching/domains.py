"""The domain of what a condition looks at: an e-mail address, a web address, or a domain."""

from collections.abc import Collection

_LONGEST = 253
"""The longest domain name (RFC 1035, less the length bytes)."""
_ENDS = "/?#:"


def domain_in(text: str) -> str:
    """The domain of an address of either kind; the text itself if it is none."""
    text = text.partition("://")[2] or text
    for end in _ENDS:
        text = text.partition(end)[0]
    return text.rpartition("@")[2].strip(". ")


def is_beneath(text: str, domains: Collection[str]) -> bool:
    """Whether the domain of a text is one of these, or beneath one."""
    domain = domain_in(text)
    if len(domain) > _LONGEST:
        return False
    while domain and domain not in domains:
        domain = domain.partition(".")[2]
    return bool(domain)
