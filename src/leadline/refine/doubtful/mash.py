"""Fingers on the keyboard: "asdfgh", "hjkdf", "dfgdfg", and the random letters of programs.

Only what no language has counts: keys in their order, the middle or bottom row without a vowel, a
piece without a vowel again and again. Letters with accents and other scripts are never judged.
"""

from leadline.model.texts.patterns import late
from leadline.refine import text

_HOME = frozenset("asdfghjkl")
_BOTTOM = frozenset("zxcvbnm")
_VOWELS = frozenset("aeiouy")
_ROWS = "asdfghjkl", "zxcvbnm", "yxcvbnm"
_RUNS = text.words(
    "qwer rtyu tyui yuio uiop poiu oiuy iuyt uytr rewq tzui rtzu zuio oiuz qazw wsxe rfvt zaqx xswz"
) | frozenset(
    way[at : at + 4] for row in _ROWS for way in (row, row[::-1]) for at in range(len(row) - 3)
)
"""Keys in a row that stand in no name; "wert", "erty" and "trew" do (Ewert, Doherty, Trewin)."""
# Neighbours on the middle row that no name has twice; dh, gh, sh, sk, ld and the like are usual.
_ROLLS = late(
    "(?=(?:sd|ds|df|fd|fg|gf|hg|hj|jh|jk|kj|fj|jf|gj|jg|kd|jd|dg|gd|sf|fs|hf|fh|sg|gs|lj|fk|kf))"
)
_FOUR = late("[^a]{4}")
_MAYBE = late(
    r"[^aeiou\W\d_]{4}|[sdfghjkl]{3}\b|[zxcvbnm]{3}\b|[asdfghjkl]{5}|asdf|fdsa|qwe|rewq|[rt]yu|[rt]zu|yui|zui|uio|poiu|oiu[yz]|"
    r"iuyt|uytr|qazw|wsxe|zaqx|([qwertzyu]{3})\1|([aeiouy][^aeiouy])\2\2"
)
"""What has each word that `is_mash` or `_is_random` finds: four consonants, the middle row, or the
rest of what they look for."""
_LEFT = frozenset("asdf")
_BLOCKS = [frozenset(keys) for keys in ("qwe", "wer", "ert", "rty", "rtz", "tyu", "tzu")]
"""Keys side by side."""
_INNER_CAPITAL = late("[a-z][A-Z]")
_WORDS = late(r"[A-Za-z]+")
_LONGEST = 60


def is_mashed(name: str) -> bool:
    """Whether a name was typed by chance: one of its words has a sure sign, or its first word is
    random letters."""
    if not name.isascii() or len(name) > _LONGEST or not may_be_mash(name):
        return False
    words = _WORDS.findall(name)
    if len(words) > 1 and all(map(_is_of_one_row, words)):
        return True  # "fgh jkl"
    return any(map(is_mash, words)) or (bool(words) and _is_random(words[0]))


def may_be_mash(name: str) -> bool:
    """A cheap test that few names pass, and all that have a word for which `is_mash` is true."""
    small = name.lower()
    return _MAYBE.search(small) is not None or not (name == small or name.istitle())


def is_mash(word: str) -> bool:
    """Whether a word of ASCII letters is what fingers do on a keyboard."""
    if len(word) < 4:
        return False
    small = word.lower()
    if any(small[at : at + 4] in _RUNS for at in range(len(small) - 3)):
        return True
    letters = set(small)
    if letters <= _HOME and _is_of_home_row(small):
        return True
    return (letters <= _BOTTOM and len(letters) > 1) or _is_repeated(small)


def _is_of_one_row(word: str) -> bool:
    letters = set(word.lower())
    return len(letters) > 2 and (letters < _HOME - {"a"} or letters < _BOTTOM)


def _is_of_home_row(word: str) -> bool:
    rolls = len(_ROLLS.findall(word))
    vowels = word.count("a")
    if not vowels or len(word) < 5:
        return not vowels and rolls > 1
    few = 1 if set(word) <= _LEFT or _FOUR.search(word) else 2
    return vowels * 5 <= len(word) * 2 and rolls >= few


def _is_repeated(word: str) -> bool:
    """Whether it is a piece again and again that has no vowel ("fgfgf"), begins with one
    ("owowow"), or is of keys side by side ("qweqwe"); "Barbar" and "Lulu" are names."""
    for size in (2, 3, 4):
        piece = word[:size]
        letters = set(piece)
        if len(word) < 2 * size or len(letters) == 1 or not (piece * len(word)).startswith(word):
            continue
        if _VOWELS.isdisjoint(letters):
            return True
        if size == 2:
            return piece[0] in _VOWELS and piece[1] not in _VOWELS and len(word) >= 6
        if letters <= _HOME:
            return _ROLLS.search(word) is not None
        return len(letters) == size and any(letters <= block for block in _BLOCKS)
    return False


def _is_random(word: str) -> bool:
    """Whether a word has no vowel, or capitals all over it ("qXvaTrLeKz")."""
    if len(word) >= 6 and _VOWELS.isdisjoint(word.lower()):
        return len(set(word.lower())) > 2
    capitals = len(_INNER_CAPITAL.findall(word))
    return len(word) >= 8 and capitals >= 3 and len(word) < 4 * capitals
