"""Check the style of the dbt project's SQL; exits as sqlfluff does.

sqlfluff sees the SQL that dbt makes of the models, and dbt wants a warehouse for that: an empty one in a folder that is
removed afterwards, on an embedded server of its own.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from taizhang.publication.marts_build import DBT_PROJECT, connection_settings
from taizhang.server import embedded
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.warehouse.connection import warehouse_url
from taizhang.warehouse.migrate import upgrade

CHECKED = ("models", "tests")


def main() -> int:
    """Lint on a warehouse of its own."""
    with tempfile.TemporaryDirectory(prefix="taizhang-lint-") as home:
        Path(home).chmod(0o755)
        os.environ.pop("TAIZHANG_DATABASE_URL", None)
        os.environ |= {"TAIZHANG_HOME": home, "DBT_TARGET_PATH": f"{home}/target", "DBT_LOG_PATH": f"{home}/logs"}
        settings.cache_clear()
        try:
            upgrade()
            with connection_settings(create_engine(warehouse_url(), poolclass=NullPool)):
                return _sqlfluff()
        finally:
            embedded.stop()


def _sqlfluff() -> int:
    command = [sys.executable, "-m", "sqlfluff", "lint", "--disable-progress-bar"]
    folders = [str((DBT_PROJECT / folder).relative_to(PROJECT_ROOT)) for folder in CHECKED]
    return subprocess.run([*command, *folders], check=False, cwd=PROJECT_ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
