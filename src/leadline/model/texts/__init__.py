"""Reading texts from senders, and comparing them."""
