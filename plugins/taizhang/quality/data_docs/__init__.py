"""Data Docs of the gate's runs: Great Expectations' own pages, in Chinese, that need nothing from any network."""
