"""Which addresses lead to one mailbox, by what its provider documents."""

from leadline.refine.emails.domains import ONE_MAILBOX, SAME_PROVIDER, TAGGING


def canonical(local: str, domain: str) -> str:
    """The canonical spelling of an address in lower case, to find duplicates.

    +tags, dots and other domains are removed only for providers that document that they ignore
    them. Elsewhere `a+b@` and `ab@` may be two people, and merging two leads is worse than keeping
    a duplicate.
    """
    domain = SAME_PROVIDER.get(domain, domain)
    if domain in TAGGING:
        local = local.partition("+")[0] or local
        if domain in ONE_MAILBOX:
            local = local.replace(".", "") or local
    return f"{local}@{domain}"
