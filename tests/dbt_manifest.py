"""The dbt project as dbt parses it: no warehouse is needed for that."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dbt.cli.main import dbtRunner

from taizhang.publication.marts_build import DBT_PROJECT


@cache
def manifest() -> Any:
    """Parse the project, once in a process."""
    with TemporaryDirectory() as folder:
        places = {"--project-dir": DBT_PROJECT, "--profiles-dir": DBT_PROJECT}
        places |= {"--target-path": Path(folder) / "target", "--log-path": Path(folder) / "logs"}
        named = [str(part) for place in places.items() for part in place]
        result = dbtRunner().invoke(["--quiet", "--no-send-anonymous-usage-stats", "parse", *named])
    assert result.success, result.exception
    return result.result


def models() -> dict[str, Any]:
    """The models by name."""
    return {node.name: node for node in manifest().nodes.values() if node.resource_type == "model"}


def parents(node: Any, kind: str) -> set[str]:
    """Names of the models, seeds or sources that a node reads."""
    return {name.split(".", 2)[2] for name in node.depends_on.nodes if name.startswith(f"{kind}.")}
