"""Who may ask: hosts, logins, sessions, roles, forms of other pages, and how one is refused."""
