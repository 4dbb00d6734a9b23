"""Short lists of mail providers and mailbox names."""

from leadline.refine import text

SAME_PROVIDER = {"googlemail.com": "gmail.com"}
"""Domains that share the mailboxes of another domain (Gmail Help, "Your Gmail address")."""

ONE_MAILBOX = text.words("gmail.com")
"""Providers that ignore dots before the @ (Gmail Help, "Dots don't matter")."""

TAGGING = text.words(
    "fastmail.com gmail.com hotmail.com icloud.com live.com mac.com me.com outlook.com pm.me "
    "proton.me protonmail.com"
)
"""Providers that document that they deliver `name+tag@` to `name@` (plus addressing)."""

MISTYPED = text.words(
    "gmai.com gmail.cm gmail.co gmail.om gmaill.com gmal.com gmial.com gamil.com gmil.com "
    "gnail.com gmsil.com gmaul.com gmali.com hotmai.com hotmal.com hotmial.com hotmil.com "
    "hotnail.com hotmaill.com yaho.com yahooo.com yhaoo.com yhoo.com yahoo.cm yahoo.co "
    "uahoo.com outlok.com outloo.com outlook.co outllook.com outlook.cm iclod.com icloud.co "
    "icoud.com icluod.com aol.co aol.cm"
)
"""Typos of the largest free providers. They are flagged but kept, because some receive mail."""

DISPOSABLE = text.words(
    "10minutemail.com discard.email dispostable.com fakeinbox.com getnada.com grr.la "
    "guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net "
    "guerrillamail.org guerrillamailblock.com maildrop.cc mailinator.com mailinator.net "
    "mailnesia.com mintemail.com mohmal.com sharklasers.com spam4.me spamgourmet.com "
    "temp-mail.org tempmail.com tempmailo.com throwawaymail.com trashmail.com trashmail.de "
    "yopmail.com yopmail.fr yopmail.net"
)
"""Well-known disposable address services; complete lists have thousands and are soon outdated."""

ROLES = text.words(
    "abuse accounting accounts admin administrator billing buchhaltung careers contact contacto "
    "contato customerservice enquiries enquiry feedback finance hello help helpdesk hola hr "
    "info inquiries inquiry invoices it jobs kontakt mail marketing media no-reply noreply "
    "office orders postmaster press privacy purchasing reception recruiting sales security "
    "service support team ventas vertrieb webmaster"
)
"""Shared mailboxes (RFC 2142 and common usage): they get answers, but are no person's address."""

NOBODY = text.words("noemail no-email no.email nomail no-mail donotemail")
"""Mailbox names that mean that the person gave no address, on any domain."""

PLACEHOLDERS = text.words(
    "abc asd asdf blah email fake foo mail na name no none nothing null qwe qwerty test testing "
    "unknown xxx xyz"
)
"""Words that mean a placeholder if they stand on both sides of the @."""
