"""The column dictionary: each sheet and each column is defined here, once."""

from taizhang.dictionary.model import Column, ColumnType, Sheet, load_dictionary, sheet

__all__ = ["Column", "ColumnType", "Sheet", "load_dictionary", "sheet"]
