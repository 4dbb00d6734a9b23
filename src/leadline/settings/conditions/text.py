"""How texts are compared in conditions."""

import unicodedata

_PIECE = 256


def fold_text(text: str) -> str:
    """The text as it is compared: small letters of every script, and each run of blanks as one.
    Accents are kept; the same letter written with one or with two code points is the same."""
    if not text.isascii():
        text = _composed(text)
    return " ".join(text.casefold().split())


def _composed(text: str) -> str:
    """The text in form NFC, piece by piece, because that takes time quadratic in a run of marks. A
    piece ends before a letter, unless it has a hundred marks there."""
    if len(text) <= _PIECE:
        return unicodedata.normalize("NFC", text)
    pieces = []
    begin = 0
    while begin < len(text):
        end = begin + _PIECE
        while end < len(text) and end > begin + _PIECE - 100 and unicodedata.combining(text[end]):
            end -= 1
        pieces.append(unicodedata.normalize("NFC", text[begin:end]))
        begin = end
    return "".join(pieces)
