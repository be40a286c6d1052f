"""The pages of one run, written by Great Expectations' site builder; importing this module imports it (7 to 19 s)."""

import logging
import shutil
from pathlib import Path
from typing import Any

from great_expectations.render.renderer.site_builder import SiteBuilder

from taizhang.errors import TaizhangError
from taizhang.quality.data_docs.frame import write_page

_VIEW = {"module_name": "taizhang.quality.data_docs.view", "class_name": "OfflinePageView"}


class DataDocsError(TaizhangError):
    """The pages of a run cannot be written, or not all of them."""


class _Errors(logging.Handler):
    """What Great Expectations logs as an error while it goes on writing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def write_pages(context: Any, folder: Path) -> None:
    """Write the suites and the results of a context into a folder, replacing what is there; all of it or nothing.

    Raises DataDocsError when a page could not be rendered; OSError when the folder cannot be written.
    """
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    _build(context, draft)
    results = [_result(key, context) for key in context.validation_results_store.list_keys()]
    missing = [page for one in results for page in (one["page"], one["suite_page"]) if not (draft / page).is_file()]
    if missing or not results:
        raise DataDocsError(f"these pages were not written: {', '.join(missing) or 'all'}")
    write_page(draft / "index.html", "run.j2", run=folder.name, results=results)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def _build(context: Any, folder: Path) -> None:
    """Let the section builders write; without the fonts, images and the index that each site brings besides."""
    site = SiteBuilder(
        data_context=context,
        store_backend={"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        site_section_builders={"expectations": {"view": _VIEW}, "validations": {"view": _VIEW}, "profiling": "None"},
    )
    errors, log = _Errors(), logging.getLogger("great_expectations")
    log.addHandler(errors)
    try:
        for builder in site.site_section_builders.values():
            builder.build()
    finally:
        log.removeHandler(errors)
    if errors.messages:
        raise DataDocsError("; ".join(errors.messages))


def _result(key: Any, context: Any) -> dict[str, Any]:
    """One validated table: its name, where its pages lie, how many of its rules passed."""
    suite = key.expectation_suite_identifier.name
    result = context.validation_results_store.get(key)
    failed = [one for one in result.results if not one.success]
    return {
        "title": suite,
        "page": "/".join(("validations", suite, *key.run_id.to_tuple(), f"{key.batch_identifier}.html")),
        "suite_page": f"expectations/{suite}.html",
        "rules": len(result.results),
        "failed": len(failed),
        "errors": sum(1 for one in failed if not one.result),
        "rows": max((one.result.get("element_count") or 0 for one in result.results), default=0),
    }
