"""Encryption of personal data in the data file (decision 70).

Each value is sealed under a data key with AES-256-GCM. Data keys stand in the file, wrapped under a
master key that does not. Temporary views of a connection open values where they are read, so that
the statements of the store are the same with and without encryption.
"""
