"""Words and signs before the extension of a phone number, in the languages of business."""

import re

_WORDS = """
x ext extn exten extension extention extenstion extensión extensao extensão xtn ex
dw durchwahl durchw nebenstelle nst nbst apparat app klappe kl
ramal ram rml anexo anx interno intern interna int poste p
доб добавочный доп внутр внутренний вн дод внутрішній
toestel tst anknytning ankn anslutning alanumero alanro lokal lokalnummer lokalnr lok local
wewnętrzny wewnetrzny wewn wew klapka linka mellék mellek mell dahili dah εσωτερικό εσωτ
internal
"""
_SIGNS = "内線 內線 内线 分机 分機 转 轉 내선 구내 داخلي تحويلة שלוחה ต่อ nhánh"

_LETTERS = sorted((re.escape(one) for one in _WORDS.split()), key=len, reverse=True)
MARKS = rf"(?:{'|'.join(_LETTERS)})(?![^\W\d_])|{'|'.join(_SIGNS.split())}"
"""A regular expression, to be matched without regard to case."""

CLEAR_MARKS = (
    r"ext(?:n|ension|ensión|ensao|ensão)?|dw|durchwahl|nebenstelle|ramal|anexo|interno|poste|доб|"
    r"добавочный|toestel"
)
"""Those of them that mean an extension also among other words."""
