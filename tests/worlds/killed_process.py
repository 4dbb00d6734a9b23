"""The end of a process, where a test wants one."""


class Killed(BaseException):
    """The process is no more; nothing of it happens from now on."""
