"""Our own pages, and the frame of all pages; without Great Expectations."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from taizhang.quality.data_docs.words import FOLDER

TEMPLATES = FOLDER / "templates"
STYLE = "style.css"


def write_page(path: Path, template: str, **values: Any) -> None:
    """Write a page of our own with the style sheet beside it; every value is escaped."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["address"] = quote
    path.write_text(environment.get_template(template).render(**values, root=""), encoding="utf-8")
    shutil.copyfile(TEMPLATES / STYLE, path.with_name(STYLE))
