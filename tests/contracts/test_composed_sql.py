"""SQL has bound parameters or quoted identifiers; where text is put together, `composed_sql.yml` says of what.

The packages named there as compiled put SQL together from the rule catalogue and the dictionary, which are ours.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from taizhang.settings import PROJECT_ROOT

PACKAGE = PROJECT_ROOT / "plugins" / "taizhang"
LISTED = yaml.safe_load((Path(__file__).parent / "composed_sql.yml").read_text(encoding="utf-8"))
# What takes a statement as its first or second argument.
TAKES_SQL = {
    "execute",
    "executemany",
    "scalar",
    "scalars",
    "exec_driver_sql",
    "text",
    "SQL",
    "run",
    "copy",
    "create_as",
}


def composed(tree: ast.AST) -> Iterator[int]:
    """Lines in which a text that was put together is handed over as SQL, directly or by a name of its function."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.Module | ast.FunctionDef):
            continue
        built = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and is_composed(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or called(node) not in TAKES_SQL:
                continue
            for argument in node.args[:2]:
                if is_composed(argument) or (isinstance(argument, ast.Name) and argument.id in built):
                    yield node.lineno


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_composed(node: ast.expr) -> bool:
    """True for f"…{x}", "…" % x, "…" + x and "…".format(x)."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add) and any(is_text(side) for side in (node.left, node.right))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and (is_text(node.func.value) or isinstance(node.func.value, ast.Name))
    )


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.fixture(scope="module")
def found() -> dict[str, list[int]]:
    """The lines of each file that hand composed SQL over, outside the packages that compile it."""
    places = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(tuple(LISTED["compiled"])):
            places[name] = sorted(set(composed(ast.parse(path.read_text(encoding="utf-8")))))
    return {name: lines for name, lines in places.items() if lines}


def test_nobody_else_puts_sql_together(found: dict[str, list[int]]) -> None:
    assert {name: lines for name, lines in found.items() if name not in LISTED["files"]} == {}


def test_every_exception_is_one_and_has_a_reason(found: dict[str, list[int]]) -> None:
    assert [name for name in LISTED["files"] if name not in found] == []
    assert all(len(reason) > 20 for reason in (*LISTED["files"].values(), *LISTED["compiled"].values()))


@pytest.mark.parametrize(
    "code",
    [
        'connection.execute(f"select {name}")',
        'connection.execute(text("select %s" % name))',
        'connection.scalar(text("select " + name))',
        'run(connection, "select {}".format(name))',
        'statement = f"select {name}"\nconnection.execute(statement)',
        'cursor.copy(f"copy {name} from stdin")',
    ],
)
def test_the_scan_sees_it(code: str) -> None:
    assert list(composed(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'connection.execute(text("select :name"), {"name": name})',
        'connection.execute(sql.SQL("select {}").format(sql.Identifier(name)))',
        'connection.execute(text("select 1 " "from x"))',
    ],
)
def test_the_scan_lets_it_pass(code: str) -> None:
    assert not list(composed(ast.parse(code)))
