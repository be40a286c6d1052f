"""Taizhang (台账): a warehouse for the monthly submissions on major construction projects."""

__version__ = "0.1.0"
