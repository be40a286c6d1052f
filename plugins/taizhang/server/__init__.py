"""The servers that Taizhang runs on one machine: the embedded PostgreSQL and Airflow."""
