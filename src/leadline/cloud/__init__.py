"""Operating Leadline on AWS: deploying a stack, watching it and deleting it.

All modules need boto3, except `packaging` and `wheels`, which need the library `packaging`; the
extra `leadline[aws]` has both. Functions on AWS never import these modules.
"""
