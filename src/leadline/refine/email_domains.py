"""What is known of mail providers and mailbox names: short lists, each with its reason."""

from leadline.refine import text

SAME_PROVIDER = {"googlemail.com": "gmail.com"}
"""Domains whose mailboxes are those of another (Gmail Help, "Your Gmail address")."""

ONE_MAILBOX = text.words("gmail.com")
"""Providers that ignore dots before the @ (Gmail Help, "Dots don't matter")."""

TAGGING = text.words(
    "fastmail.com gmail.com hotmail.com icloud.com live.com mac.com me.com outlook.com pm.me "
    "proton.me protonmail.com"
)
"""Providers that deliver `name+tag@` to `name@` and document it (plus addressing)."""

MISTYPED = text.words(
    "gmai.com gmail.cm gmail.co gmail.om gmaill.com gmal.com gmial.com gamil.com gmil.com "
    "gnail.com gmsil.com gmaul.com gmali.com hotmai.com hotmal.com hotmial.com hotmil.com "
    "hotnail.com hotmaill.com yaho.com yahooo.com yhaoo.com yhoo.com yahoo.cm yahoo.co "
    "uahoo.com outlok.com outloo.com outlook.co outllook.com outlook.cm iclod.com icloud.co "
    "icoud.com icluod.com aol.co aol.cm"
)
"""Slips for the largest free providers. They are flagged and kept: some of these do get mail."""

DISPOSABLE = text.words(
    "10minutemail.com discard.email dispostable.com fakeinbox.com getnada.com grr.la "
    "guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net "
    "guerrillamail.org guerrillamailblock.com maildrop.cc mailinator.com mailinator.net "
    "mailnesia.com mintemail.com mohmal.com sharklasers.com spam4.me spamgourmet.com "
    "temp-mail.org tempmail.com tempmailo.com throwawaymail.com trashmail.com trashmail.de "
    "yopmail.com yopmail.fr yopmail.net"
)
"""The well-known throw-away services; complete lists run to many thousands and age by the day."""

ROLES = text.words(
    "abuse accounting accounts admin administrator billing buchhaltung careers contact contacto "
    "contato customerservice enquiries enquiry feedback finance hello help helpdesk hola hr "
    "info inquiries inquiry invoices it jobs kontakt mail marketing media no-reply noreply "
    "office orders postmaster press privacy purchasing reception recruiting sales security "
    "service support team ventas vertrieb webmaster"
)
"""Mailboxes that nobody owns alone (RFC 2142 and custom): worth an answer, no person's address."""

NOBODY = text.words("noemail no-email no.email nomail no-mail donotemail")
"""Mailbox names that say there is none, whatever the domain."""

PLACEHOLDERS = text.words(
    "abc asd asdf blah email fake foo mail na name no none nothing null qwe qwerty test testing "
    "unknown xxx xyz"
)
"""Words that fill a required field when they stand on both sides of the @."""
