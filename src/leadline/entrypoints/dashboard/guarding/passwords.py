"""Passwords: kept as argon2id hashes, compared in the same time whether or not there is an account.

One hash takes 19 MiB and two passes (OWASP, "Password Storage Cheat Sheet"); one is computed at a
time, so that many logins at once cost neither more memory nor every core.
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
"""The fewest characters of a password (NIST SP 800-63B-4 asks for at least 8, 15 where it is the
only factor)."""
LONGEST = 1000
_MEMORY_KIB, _PASSES = 19 * 1024, 2

_hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
_alone = threading.Lock()


def hash_password(password: str) -> str:
    """The hash of a password, as PHC string with a salt of its own."""
    with _alone:
        return _hasher.hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether the password has this hash. It takes as long if there is none (""), which nothing
    fits."""
    with _alone:
        try:
            return _hasher.verify(kept or _of_nobody(), password[:LONGEST]) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


@cache
def _of_nobody() -> str:
    return _hasher.hash("a password that no account has")


def why_not(password: str, name: str) -> str:
    """Why a password can't be that of the account of this name, in words; "" if it can."""
    if len(password) < SHORTEST:
        return f"A password needs at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if password.strip().lower() == name.lower() or len(set(password)) < SHORTEST // 3:
        return "That password is too easy to guess."
    return ""
