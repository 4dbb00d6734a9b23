"""The protocols that read a store: the ledger, lists, figures and news."""
