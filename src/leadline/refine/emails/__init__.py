"""E-mail addresses: reading, domains and mailboxes."""
