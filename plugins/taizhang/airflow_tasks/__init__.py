"""The tasks of `dags/`, each of which calls one function of the package. Nothing else imports Airflow."""

import sys

from taizhang.observe import logs

# A task's log takes what it writes to standard output, line by line.
logs.set_up(sys.stdout)
