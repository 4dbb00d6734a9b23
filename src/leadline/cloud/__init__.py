"""Leadline on AWS, seen from an operator's machine: deploy it, look at it, take it away.

Everything here but `packaging` and `wheels` needs boto3, and these two the library `packaging`: the
extra `leadline[aws]`; functions on AWS never load either.
"""
