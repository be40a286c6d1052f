"""Apache Superset over the schema `bi`: a database, datasets and a dashboard, kept as files and imported."""
