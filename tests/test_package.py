from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import simulator

ROOT = Path(__file__).resolve().parent.parent


def test_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert simulator.__version__ == project["version"]


@pytest.mark.parametrize("name", simulator.__all__)
def test_public_name_can_be_used(name: str) -> None:
    assert getattr(simulator, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Stray"):
        simulator.Stray  # noqa: B018


def test_package_and_bootstrap_need_the_standard_library_alone() -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import simulator.bootstrap; print(simulator.__version__)"

    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, simulator.__version__, "")


def test_package_imports_none_of_its_modules_at_once() -> None:
    program = "import sys, simulator; print([name for name in sys.modules if name.startswith('simulator.')])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "path", ["simulator/__init__.py", "simulator/__main__.py", "tests/__init__.py", "tests/__main__.py"]
)
def test_old_python_can_read_what_it_meets_first(path: str) -> None:
    text = (ROOT / path).read_bytes().decode("ascii")  # the oldest take nothing else without a declaration

    tree = ast.parse(text, feature_version=(3, 7))

    assert not [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.AnnAssign)
        or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        or (isinstance(node, ast.FunctionDef) and (node.returns or any(arg.annotation for arg in node.args.args)))
    ]


def test_type_checker_does_not_take_any_name_for_one_of_ours() -> None:
    body = ast.parse((ROOT / "simulator" / "__init__.py").read_text("utf-8")).body
    guarded = [each for each in body if isinstance(each, ast.If) and ast.unparse(each.test) == "not TYPE_CHECKING"]

    assert not [each for each in body if isinstance(each, ast.FunctionDef) and each.name == "__getattr__"]
    assert [each.name for each in guarded[0].body if isinstance(each, ast.FunctionDef)] == ["__getattr__"]
