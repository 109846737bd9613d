from __future__ import annotations

import ast
import pickle
import subprocess
import sys
import tomllib
import traceback
from pathlib import Path

import pytest

import simulator
from simulator.errors import Problem
from simulator.records import Place, Verdict

ROOT = Path(__file__).resolve().parent.parent


def test_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert simulator.__version__ == project["version"]


@pytest.mark.parametrize("name", simulator.__all__)
def test_public_name_can_be_used(name: str) -> None:
    assert getattr(simulator, name) is not None


PUBLIC = [getattr(simulator, name) for name in simulator.__all__]
ERRORS = [each for each in PUBLIC if isinstance(each, type) and issubclass(each, BaseException)]


@pytest.mark.parametrize("kind", ERRORS)
def test_public_error_is_called_as_it_is_imported(kind: type[BaseException]) -> None:
    said = "".join(traceback.format_exception_only(kind, kind.__new__(kind)))

    assert said.startswith(f"simulator.{kind.__name__}")


def test_public_errors_come_through_a_pickle_whole() -> None:
    problem = Problem(code="wrong-type", what="a text is wanted here")
    verdict = Verdict(scenario="S", provider="shop", step="hi", at="steps[0]", place=Place("f", 1, 1), outcome="failed")
    refused = pickle.loads(pickle.dumps(simulator.InputError(problem, problem)))
    failed = pickle.loads(pickle.dumps(simulator.VerdictError([verdict], "no reply")))

    assert (type(refused), refused.problems) == (simulator.InputError, (problem, problem))
    assert (type(failed), failed.verdicts, str(failed)) == (simulator.VerdictError, (verdict,), "no reply")


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
