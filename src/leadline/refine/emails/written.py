"""Addresses in words, as people write who hide them from programs: "jo (at) mill [dot] com"."""

import re

from leadline.model.texts.patterns import late

_AT = r"at|@|a|ät|arroba|arobase|chiocciola|apenstaartje|malpa|małpa|zavinac|zavináč|snabel-?a"
_DOT = r"dot|d0t|\.|punkt|punto|ponto|point|punt|kropka|tecka|tečka|prick|piste"
_OPEN, _CLOSE = r"\s*[(\[{<]{1,3}\s*", r"\s*[)\]}>]{1,3}\s*"
_BRACKETED_AT = late(f"{_OPEN}(?:{_AT}){_CLOSE}|(?<=\\w)[_*](?:at)[_*](?=\\w)", re.I)
_BRACKETED_DOT = late(f"{_OPEN}(?:{_DOT}){_CLOSE}", re.I)
_SPOKEN_DOT = late(r"(?<=\w) (?:dot|punkt|punto|ponto|point|punt|kropka) (?=\w)", re.I)
_SPOKEN = late(
    r"[\w.+-]{1,64}(?: dot [\w+-]{1,64}){0,4} at [\w-]{1,63}(?: dot [\w-]{1,63}){1,4}", re.I
)
# A single word before "at" may be the end of a sentence, so it must look like a mailbox.
_HALF_SPOKEN = late(
    r"(?=[^ ]{0,64}[._\d])[\w.+-]{1,64} at (?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24}", re.I
)
_COMMA = late(
    r"([^\s@,]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}),((?:com|net|org|info|eu|co\.uk|de|fr|it|es|nl|"
    r"pl|at|ch|be|pt|se|dk|no|fi|cz|ca|us|uk|in|ie|io|br|com\.br|com\.au))",
    re.I,
)
_SPOKEN_AT = late(" at ", re.I)
_LONGEST = 320


def with_signs(written: str) -> str:
    """The text of an e-mail field with "@" and "." where it has them in words, or a comma for the
    last point ("jo@mill,com"); unchanged if that is not certain. Whether the result is an address
    is for the caller to see."""
    if len(written) > _LONGEST:
        return written
    if "@" in written and (comma := _COMMA.fullmatch(written)) is not None:
        return f"{comma[1]}.{comma[2]}"
    if _SPOKEN.fullmatch(written) or _HALF_SPOKEN.fullmatch(written):
        return _SPOKEN_DOT.sub(".", _SPOKEN_AT.sub("@", written))
    if _BRACKETED_AT.search(written) is None:
        return written
    return _SPOKEN_DOT.sub(".", _BRACKETED_DOT.sub(".", _BRACKETED_AT.sub("@", written)))
