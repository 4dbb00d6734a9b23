"""Names in Chinese, Japanese and Korean script, where the family name comes first.

Mostly without a blank: the family name is found by the most frequent ones (`name_lists`).
"""

from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.names.lists import CN_SINGLE, KR_SINGLE
from leadline.refine.names.parts import ORDER_UNSURE, NameParts, names_in

_KATAKANA_SIGNS = "\u30a0-\u30ff\u31f0-\u31ff"
_KANA_SIGNS = "\u3040-\u309f" + _KATAKANA_SIGNS
_HANGUL_SIGNS = "\uac00-\ud7a3"
_HAN_SIGNS = "\u3005\u2e80-\u2fff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = late(f"[{_KANA_SIGNS}]")
_KATAKANA = late(f"[{_KATAKANA_SIGNS}]+")
_HANGUL = late(f"[{_HANGUL_SIGNS}]+")
_HAN = late(f"[{_HAN_SIGNS}]+")
_OWN = late(f"[{_KANA_SIGNS}{_HANGUL_SIGNS}{_HAN_SIGNS}]+")
_DOT = late("[·・‧•]")
_TITLE = late(
    "(?:先生|女士|小姐|太太|老师|老師|经理|總經理|教授|博士|様|さま|さん|氏|殿|部長|課長|社長|님|씨)$"
)
_JOBS = text.words("부장 과장 대리 팀장 사장 대표 대표이사 이사 차장 실장 선생 교수")
_WITHOUT_JAPANESE = ("CN", "TW", "HK", "MO", "SG", "MY", "KR", "KP")
_LONGEST = 6
_THIRD = "郎朗助介輔"
"""The last sign of given names of three signs."""
_MIDDLE = 4
"""Japanese names of four signs have mostly two for the family, and two for the person."""


def in_own_script(words: list[str], region: str) -> NameParts | None:
    """First and last name; None where no rule says where the one ends. *region* is the ISO code of
    the lead's country, or "". Names of foreigners have a dot between their parts, and no family
    name in front: 约翰·史密斯 is John Smith."""
    closing = _TITLE.search(words[-1])
    if closing:
        bare = words[-1][: closing.start()].rstrip()
        words = [*words[:-1], bare] if bare else words[:-1]
    if len(words) > 1 and words[-1] in _JOBS:  # also before a title: "부장님"
        words = words[:-1]
        closing = _TITLE.search(words[-1]) or closing
        words[-1] = _TITLE.sub("", words[-1]) or words[-1]
    if not words:
        return None
    if len(words) == 1:
        apart = [part for part in _DOT.split(words[0]) if part]
        if len(apart) > 1:
            return NameParts(apart[0], apart[-1]) if all(map(_OWN.fullmatch, apart)) else None
        return _without_blank(words[0], region, titled=closing is not None)
    return _with_blank(*words, region=region) if len(words) == 2 else None


def _with_blank(one: str, other: str, *, region: str) -> NameParts | None:
    if not _OWN.fullmatch(other):
        return None
    if not _OWN.fullmatch(one):  # "David 王"
        latin = one.isascii() and one.isalpha()
        return NameParts(one, other) if latin and len(other) == 1 else None
    if _HANGUL.fullmatch(one) and _HANGUL.fullmatch(other):
        if one not in KR_SINGLE and other in KR_SINGLE:
            return NameParts(one, other)
        known = one in KR_SINGLE or one in names_in("KR_COMPOUND")
        return NameParts(other, one, None if known else ORDER_UNSURE)
    if _KATAKANA.fullmatch(one) and _KATAKANA.fullmatch(other):
        return NameParts(other, one, ORDER_UNSURE)  # ヤマダ タロウ or ジョン スミス
    turned = len(one) > 1 and len(other) == 1 and other in CN_SINGLE and one[0] not in CN_SINGLE
    if turned and region != "JP" and one not in names_in("JP_OWN"):
        return NameParts(one, other, ORDER_UNSURE)
    return NameParts(other, one)


def _without_blank(name: str, region: str, *, titled: bool) -> NameParts | None:
    if len(name) > _LONGEST or not _OWN.fullmatch(name):
        return None
    if titled and len(name) < 3 and _is_family(name):
        return NameParts(None, name)
    if _HANGUL.fullmatch(name):
        return _korean(name)
    if _KANA.search(name):
        return _japanese(name) or (
            None if _KANA.match(name) else NameParts(None, None, ORDER_UNSURE)
        )
    if region == "JP":
        return _japanese(name) or _in_half(name)
    japanese = None if region in _WITHOUT_JAPANESE else _japanese(name)
    chinese = _chinese(name)
    if japanese and chinese and japanese != chinese:
        return NameParts(japanese.first, japanese.last, ORDER_UNSURE)
    return japanese or chinese


def _is_family(name: str) -> bool:
    singles = CN_SINGLE if _HAN.fullmatch(name) else KR_SINGLE
    known = names_in("CN_COMPOUND") | names_in("KR_COMPOUND") | names_in("JP_OWN")
    return name in known or (len(name) == 1 and name in singles)


def _korean(name: str) -> NameParts | None:
    if len(name) in (3, 4) and name[:2] in names_in("KR_COMPOUND"):
        return NameParts(name[2:], name[:2])
    if len(name) in (2, 3) and name[0] in KR_SINGLE:
        return NameParts(name[1:], name[0])
    return None


def _chinese(name: str) -> NameParts | None:
    if len(name) in (3, 4) and name[:2] in names_in("CN_COMPOUND"):
        return NameParts(name[2:], name[:2])
    if len(name) in (2, 3) and name[0] in CN_SINGLE:
        return NameParts(name[1:], name[0])
    return None


def _japanese(name: str) -> NameParts | None:
    for length in (3, 2, 1):
        family, given = name[:length], name[length:]
        if not given or family not in names_in("JP_OWN"):
            continue
        long = len(given) > 2 and length == 1  # 林 in 林健太郎, but 東雲 in 東雲太郎
        if _KANA.search(given) or (len(given) < 4 and (not long or given[-1] in _THIRD)):
            return NameParts(given, family, ORDER_UNSURE if long else None)
    return None


def _in_half(name: str) -> NameParts:
    if len(name) == _MIDDLE:
        return NameParts(name[2:], name[:2], ORDER_UNSURE)
    return NameParts(None, None, ORDER_UNSURE)
