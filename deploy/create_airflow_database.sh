#!/bin/bash
# Run by the image of PostgreSQL when it makes an empty data folder: Airflow gets a database and a login of its own,
# which sees nothing of the warehouse.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<SQL
\set password \`cat /run/secrets/airflow_postgres_password\`
create role airflow login password :'password';
create database airflow owner airflow template template0;
SQL
