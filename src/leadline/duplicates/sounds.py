"""What words sound like: a key that most misspelt writings of one have in common."""

_CODES = str.maketrans(
    "bfpvcgjkqsxzdtlmnr",
    "111122222222334556",
)


def sound(text: str) -> str:
    """The American Soundex code of the letters of a folded text, "" if it has none."""
    letters = [c for c in text if "a" <= c <= "z"]
    if not letters:
        return ""
    code = letters[0]
    before = letters[0].translate(_CODES)
    for letter in letters[1:]:
        digit = letter.translate(_CODES)
        if digit.isdigit():
            if digit != before:
                code += digit
            before = digit
        elif letter not in "hw":
            before = ""
        if len(code) == 4:
            break
    return code.ljust(4, "0")
