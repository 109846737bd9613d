"""The rules of the house that no other tool looks at. Each rule is also tried on a planted violation."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {".py", ".md", ".toml", ".yaml", ".html", ".js", ".css"}
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc"}
MOST_LINES = 400

TESTED_ELSEWHERE = {
    "simulator/__main__.py": "tests/test_bootstrap.py",
    "simulator/scenario/model.py": "tests/scenario/test_load.py",  # declarations only: what loading gives
    "simulator/terms.py": "tests/test_deliveries.py",  # a declaration only: what deliveries and calls go by
}
"""Modules whose test does not lie in the mirrored place. A package's `__init__` is left to the tests of its folder."""

Tree = Mapping[str, str]
"""Path from the root, with slashes → text."""


def read_tree() -> dict[str, str]:
    tree = {}
    for top in ("simulator", "tests", "docs", "templates", "README.md", "pyproject.toml"):
        for path in [ROOT / top, *(ROOT / top).rglob("*")]:
            if path.suffix in TEXTS and path.is_file():
                tree[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
    return tree


# --- reading Python --------------------------------------------------------------------------------------------------


def modules(tree: Tree) -> Iterator[str]:
    yield from sorted(path for path in tree if path.startswith("simulator/") and path.endswith(".py"))


def top_name(path: str) -> str:
    """Give `clock` for `simulator/clock.py` and `cli` for `simulator/cli/run.py`."""
    return PurePosixPath(path).with_suffix("").parts[1]


@functools.cache
def nodes(text: str) -> tuple[ast.AST, ...]:
    """Give all nodes but those that only a type checker sees."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")):
            found.append(node)
            waiting.extend(ast.iter_child_nodes(node))
    return tuple(found)


def imported(text: str) -> Iterator[str]:
    """Give the dotted names that are imported; `time.sleep` for `from time import sleep`."""
    for node in nodes(text):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def called(text: str) -> Iterator[str]:
    """Give what is called, as written: `sys.exit`, `print`, `loop.time`."""
    yield from (ast.unparse(node.func) for node in nodes(text) if isinstance(node, ast.Call))


def literals(text: str) -> set[str]:
    return {node.value for node in nodes(text) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def places_of_codes(text: str) -> Iterator[tuple[str, int]]:
    """Give each function and class that takes a `code` without its name, and as which argument."""
    for node in nodes(text):
        for function in node.body if isinstance(node, ast.ClassDef | ast.Module) else ():
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [argument.arg for argument in function.args.args if argument.arg != "self"]
                made = node.name if isinstance(node, ast.ClassDef) and function.name == "__init__" else function.name
                if "code" in names:
                    yield made, names.index("code")


def codes(text: str, places: Mapping[str, int]) -> Iterator[str]:
    """Give the texts that become a code: named so, given to something that takes one, or found by `match`."""
    places = {**places, **dict(places_of_codes(text))}
    for node in nodes(text):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            place = places.get(ast.unparse(node.func).rpartition(".")[2], len(node.args))
            given += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            given += node.args[place : place + 1]
        elif isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["code"]:
            given.append(node.value)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(node.elts[1], ast.Constant):
            given += [node.elts[1]] if re.fullmatch("[a-z]+(-[a-z]+)+", str(node.elts[1].value)) else []
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given += [each for each in defaults_of(node.args, "code") if each is not None]
        yield from (text for value in given for text in choices(value))


def defaults_of(arguments: ast.arguments, name: str) -> Iterator[ast.expr | None]:
    """Give what an argument of that name is where nobody gives it."""
    written = [*arguments.posonlyargs, *arguments.args]
    by_place = written[len(written) - len(arguments.defaults) :]
    for argument, value in (
        *zip(by_place, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ):
        if argument.arg == name:
            yield value


def choices(value: ast.expr) -> Iterator[str]:
    """Give the texts that an expression may have for its value, as far as they are written there."""
    if isinstance(value, ast.IfExp):
        yield from choices(value.body)
        yield from choices(value.orelse)
    elif isinstance(value, ast.JoinedStr):
        yield ast.unparse(value)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield value.value


# --- the rules: a tree → what is against them ------------------------------------------------------------------------


def mirror(tree: Tree) -> Iterator[str]:
    for path in modules(tree):
        _, *folders, name = PurePosixPath(path).parts
        wanted = TESTED_ELSEWHERE.get(path, "/".join(["tests", *folders, f"test_{name}"]))
        # A package that grew out of one module may keep the test of that module.
        whole = "/".join(["tests", *folders[:-1], f"test_{folders[-1]}.py"]) if folders else wanted
        if name != "__init__.py" and not {wanted, whole} & tree.keys():
            yield f"{path} has no {wanted}"


def layers(tree: Tree) -> Iterator[str]:
    contracts = tomllib.loads(tree["pyproject.toml"])["tool"]["importlinter"]["contracts"]
    contract = next(contract for contract in contracts if contract["type"] == "layers")
    named = set(re.findall(r"\w+", " ".join(contract["layers"]))) | set(contract["exhaustive_ignores"])
    for path in modules(tree):
        if path != "simulator/__init__.py" and top_name(path) not in named:
            yield f"{path} stands in no layer of pyproject.toml"


def no_provider_named(tree: Tree) -> Iterator[str]:
    ids = {path.split("/")[1] for path in tree if re.fullmatch(r"templates/\w+/provider\.yaml", path)}
    name = re.compile(rf"\b({'|'.join(sorted(ids)) or '(?!)'})\b", re.IGNORECASE)
    for path, text in tree.items():
        if path.startswith("simulator/") and not path.startswith(("simulator/providers/", "simulator/bots/")):
            for number, line in enumerate(text.splitlines(), 1):
                if found := name.search(line):
                    yield f"{path}:{number} names the provider {found[0]}"


def clock_alone_asks_the_time(tree: Tree) -> Iterator[str]:
    asking = re.compile(r"(^|\.)(time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|utcnow|now|today)$")
    for path in modules(tree):
        if top_name(path) in {"clock", "bots"}:
            continue
        for name in called(tree[path]):
            if asking.search(name):
                yield f"{path} calls {name}"


def seeds_alone_make_chance(tree: Tree) -> Iterator[str]:
    for path in modules(tree):
        if top_name(path) in {"seeds", "bots"}:
            continue
        for name in imported(tree[path]):
            # The module itself is imported for the type of a stream; providers may not, by the import contract.
            if name.split(".")[0] == "secrets" or name.startswith("random."):
                yield f"{path} imports {name}"
        for name in called(tree[path]):
            if re.search(r"(^|\.)(urandom|uuid1|uuid4|SystemRandom)$|^random\.", name):
                yield f"{path} calls {name}"


def documents_alone_read_yaml(tree: Tree) -> Iterator[str]:
    for path in modules(tree):
        if top_name(path) != "documents" and "yaml" in {name.split(".")[0] for name in imported(tree[path])}:
            yield f"{path} imports yaml"


def cli_alone_prints_and_exits(tree: Tree) -> Iterator[str]:
    speaking = re.compile(
        r"^(print|input|exit|quit|SystemExit|os\._exit|sys\.exit|sys\.(stdout|stderr)\..*|click\.echo)$"
    )
    for path in modules(tree):
        if top_name(path) in {"cli", "bootstrap", "bots", "__main__"}:
            continue
        for name in called(tree[path]):
            if speaking.search(name):
                yield f"{path} calls {name}"


def bots_stand_alone(tree: Tree) -> Iterator[str]:
    for path in modules(tree):
        if top_name(path) == "bots" and "simulator" in {name.split(".")[0] for name in imported(tree[path])}:
            yield f"{path} imports something of ours"


def codes_are_documented(tree: Tree) -> Iterator[str]:
    listed = set(re.findall(r"^\| `([a-z0-9-]+)` \|", tree.get("docs/errors.md", ""), re.MULTILINE))
    speaking = [path for path in modules(tree) if top_name(path) not in {"bots", "providers"}]
    public = {
        name: place for path in speaking for name, place in places_of_codes(tree[path]) if not name.startswith("_")
    }
    used = {code: path for path in speaking for code in codes(tree[path], public)}
    for code in sorted(used.keys() - listed):
        yield f"docs/errors.md lacks {code} of {used[code]}"
    written = set().union(*(literals(tree[path]) for path in modules(tree)))
    for code in sorted(listed - written):
        yield f"docs/errors.md has {code}, which nothing says"


def commands_are_documented(tree: Tree) -> Iterator[str]:
    docs = "\n".join(text for path, text in tree.items() if path.endswith(".md"))
    for path in modules(tree):
        if top_name(path) == "cli":
            for name in sorted(commands(tree[path])):
                if not re.search(rf"\bsimulator {re.escape(name)}\b", docs):
                    yield f"no page names the command {name} of {path}"


def commands(text: str) -> Iterator[str]:
    """Give the names of the commands that a module declares by `@….command(…)`."""
    for node in nodes(text):
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith(".command"):
                given = [*mark.args, *(keyword.value for keyword in mark.keywords if keyword.arg == "name")]
                names = [value.value for value in given if isinstance(value, ast.Constant)]
                yield str(names[0] if names else getattr(node, "name", "")).strip("_").replace("_", "-")


def short_modules(tree: Tree) -> Iterator[str]:
    for path in modules(tree):
        count = len(tree[path].splitlines())
        if count > MOST_LINES:
            yield f"{path} has {count} lines; is there a second noun inside it?"


def names_say_something(tree: Tree) -> Iterator[str]:
    for path in tree:
        if path.startswith(("simulator/", "tests/")):
            for part in PurePosixPath(path).with_suffix("").parts:
                if part.removeprefix("test_") in FORBIDDEN_NAMES:
                    yield f"{path}: nothing is called {part}"
    for path in modules(tree):
        for node in nodes(tree[path]):
            if isinstance(node, ast.ClassDef) and re.search(r"(Utils?|Helpers?|Manager|Base)$", node.name):
                yield f"{path}: nothing is called {node.name}"


PLANTED: dict[Callable[[Tree], Iterator[str]], Tree] = {
    mirror: {"simulator/stray.py": ""},
    layers: {"simulator/stray.py": ""},
    no_provider_named: {"templates/acme/provider.yaml": "", "simulator/stray.py": "# as Acme does"},
    clock_alone_asks_the_time: {"simulator/stray.py": "from time import time\nbegan = time()"},
    seeds_alone_make_chance: {"simulator/stray.py": "import uuid\nname = uuid.uuid4()"},
    documents_alone_read_yaml: {"simulator/stray.py": "def read():\n    from yaml import compose"},
    cli_alone_prints_and_exits: {"simulator/stray.py": "import sys\nsys.exit(1)"},
    bots_stand_alone: {"simulator/bots/stray.py": "from simulator import records"},
    codes_are_documented: {"simulator/stray.py": "Problem(code='stray-code' if x else 'other')"},
    commands_are_documented: {"simulator/cli/stray.py": "@click.command()\ndef stray_one(): ..."},
    short_modules: {"simulator/stray.py": "\n" * (MOST_LINES + 1)},
    names_say_something: {"simulator/report/helpers.py": ""},
}
"""Rule → files that are against it."""

RULES = [pytest.param(rule, id=rule.__name__) for rule in PLANTED]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return read_tree()


@pytest.mark.parametrize("rule", RULES)
def test_house_keeps_the_rule(rule: Callable[[Tree], Iterator[str]], tree: Tree) -> None:
    found = sorted(rule(tree))

    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", RULES)
def test_planted_violation_is_found(rule: Callable[[Tree], Iterator[str]], tree: Tree) -> None:
    planted = {**tree, **PLANTED[rule]}

    assert set(rule(planted)) - set(rule(tree))


def test_code_that_nothing_says_is_found(tree: Tree) -> None:
    planted = {**tree, "docs/errors.md": tree["docs/errors.md"] + "| `never-said` | x | y |\n"}

    assert "docs/errors.md has never-said, which nothing says" in set(codes_are_documented(planted))


@pytest.mark.parametrize("signature", ["spot, *, code='stray-code'", "spot, code='stray-code'"])
def test_code_that_stands_where_nobody_gives_one_is_found(signature: str) -> None:
    assert list(codes(f"def tell({signature}): ...", {})) == ["stray-code"]


def test_import_for_types_alone_is_allowed() -> None:
    text = "if TYPE_CHECKING:\n    import random\n"

    assert list(imported(text)) == []


def test_tree_holds_the_house(tree: Tree) -> None:
    # A rule over an empty tree would pass without looking at anything.
    assert {"simulator/records.py", "tests/test_house.py", "docs/errors.md", "pyproject.toml"} <= tree.keys()


def test_import_contract_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlinter import cli

    # It would silence every logger that there is, for the tests that come after this one.
    monkeypatch.setattr("logging.config.dictConfig", lambda config: None)

    assert cli.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == cli.EXIT_STATUS_SUCCESS
