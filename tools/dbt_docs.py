"""Write the documentation of the dbt project as one page that needs nothing from a network.

dbt takes the columns' types from a warehouse: an empty one, built for this and removed afterwards, on an embedded
server of its own.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from taizhang.publication.marts_build import build_marts, run_dbt
from taizhang.server import embedded
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.warehouse.connection import warehouse_url
from taizhang.warehouse.migrate import upgrade

PAGE = PROJECT_ROOT / "var" / "docs" / "dbt.html"
# dbt's page can count its visitors for those who host it at dbt's; a page of ours asks nobody.
TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"
POLICY = "default-src 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'none'"


def main(page: Path) -> int:
    """Make the page from a warehouse of its own."""
    with tempfile.TemporaryDirectory(prefix="taizhang-docs-") as home:
        Path(home).chmod(0o755)
        os.environ.pop("TAIZHANG_DATABASE_URL", None)
        os.environ["TAIZHANG_HOME"] = home
        settings.cache_clear()
        try:
            upgrade()
            engine = create_engine(warehouse_url(), poolclass=NullPool)
            written = write_page(engine, page)
        finally:
            embedded.stop()
    print(written)
    return 0


def write_page(engine: Engine, page: Path) -> Path:
    """Build the warehouse's empty marts, and write the page about them."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into ops.publication (publication_id, state, code_version, catalogue_version)"
                " values (1, 'building', 'docs', 'docs')"
            )
        )
    build_marts(engine)
    run_dbt(engine, "docs generate", "--static")
    page.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(settings().home / "dbt" / "target" / "static_index.html", page)
    page.write_text(offline(page.read_text(encoding="utf-8")), encoding="utf-8")
    return page


def offline(html: str) -> str:
    """The page without its tracker, and with a policy that forbids the browser to fetch anything."""
    if html.count(TRACKER) != 1 or html.count("<head>") != 1:
        raise ValueError("dbt's page is not as it was: look for what it fetches, and mend tools/dbt_docs.py")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return html.replace(TRACKER, "").replace("<head>", f"<head>{policy}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE))
