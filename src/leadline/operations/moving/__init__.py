"""Moving the leads of one installation to another."""
