"""The tasks of `dags/`, each of which calls one function of the package. Nothing else imports Airflow."""
