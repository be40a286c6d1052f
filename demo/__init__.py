"""Demonstration submissions of three provinces; not part of the product, which never imports this package."""

from demo.submissions import DemoFile, generate

__all__ = ["DemoFile", "generate"]
