"""Errors that a person meets: one line that says what is wrong and what to do."""

from typing import ClassVar


class TaizhangError(Exception):
    """Base of the errors whose message is meant for the person at the command line."""

    # 0 and 1 are answers of `check`, 2 is a file that cannot be read.
    exit_code: ClassVar[int] = 3


class FileUnreadableError(TaizhangError):
    """The file that a command is to read is not there, or is a folder."""

    exit_code: ClassVar[int] = 2
