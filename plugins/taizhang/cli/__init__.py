"""The command line."""

from taizhang.cli.app import main

__all__ = ["main"]
