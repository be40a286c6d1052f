"""The view through which Great Expectations' site builder writes a page: our frame, its blocks, no outside address.

Great Expectations loads it by name. Importing this module imports Great Expectations (7 to 19 s).
"""

from typing import Any

from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

from taizhang.quality.data_docs.frame import TEMPLATES
from taizhang.quality.data_docs.words import in_chinese

# How far below the run's folder the pages of each renderer lie.
DEPTH = {"ValidationResultsPageRenderer": 4, "ExpectationSuitePageRenderer": 1}


class OfflinePageView(DefaultJinjaPageView):
    """A page that is styled by the run's own style sheet."""

    _template = "judged_page.j2"

    def __init__(self, custom_styles_directory: str | None = None, custom_views_directory: str | None = None) -> None:
        super().__init__(custom_styles_directory, custom_views_directory)
        self.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), *([self.env.loader] if self.env.loader else [])])

    def render(self, document: Any, template: str | None = None, **kwargs: Any) -> str:
        """Render a document of Great Expectations' renderers."""
        self._validate_document(document)
        content = in_chinese(document.to_json_dict())
        page: str = self._get_template(template or self._template).render(
            content, root="../" * DEPTH[content["renderer_type"]], **kwargs
        )
        return page
