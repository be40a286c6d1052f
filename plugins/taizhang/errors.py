"""Errors that a person meets: one line that says what is wrong and what to do."""


class TaizhangError(Exception):
    """Base of the errors whose message is meant for the person at the command line."""
