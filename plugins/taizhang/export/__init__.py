"""Published marts as files: Parquet and CSV for tools, OC4IDS for the exchange of projects."""
