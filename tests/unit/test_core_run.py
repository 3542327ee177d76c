"""`run.py`: nothing but Python, from any folder."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run():
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_imports_nothing_but_the_standard_library():
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_the_folder_stays_the_one_you_are_in(run, tmp_path, monkeypatch):
    started = []

    def start(command, **options):
        started.append((command, options.get("cwd")))
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "is_ready", lambda _lock: True)
    monkeypatch.setattr(run.subprocess, "run", start)
    assert run.main(["status", "--format", "json"]) == 3
    [(command, cwd)] = started
    assert (command[0], command[-3:], cwd) == (str(run.PYTHON), ["status", "--format", "json"], None)


@pytest.mark.parametrize(
    ("arguments", "lock"),
    [(["test"], "requirements-dev.lock"), (["demo"], "requirements.lock"), ([], "requirements.lock")],
)
def test_tests_need_more_than_the_program(run, monkeypatch, arguments, lock):
    asked = []
    monkeypatch.setattr(run, "is_ready", lambda path: asked.append(path.name) or True)
    monkeypatch.setattr(run.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0))
    run.main(arguments)
    assert asked == [lock]


def test_another_lock_file_means_setting_up_again(run, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text("een==1")
    before = run.fingerprint(lock)
    lock.write_text("een==2")
    assert run.fingerprint(lock) != before


def test_an_environment_that_cannot_be_made_is_told_so(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "PYTHON", tmp_path / "geen/python")
    monkeypatch.setattr(run.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1))
    with pytest.raises(SystemExit) as ended:
        run.set_up(ROOT / "requirements.lock")
    said = capsys.readouterr()
    assert (ended.value.code, said.out, "Installeer python3-venv" in said.err) == (5, "", True)


def test_ctrl_c_is_no_traceback(run, monkeypatch):
    def stopped(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "is_ready", lambda _lock: True)
    monkeypatch.setattr(run.subprocess, "run", stopped)
    assert run.main(["serve"]) == 130
