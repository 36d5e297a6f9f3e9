import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
MODULES = {".".join(p.relative_to(PROJECT).with_suffix("").parts): p for p in sorted((PROJECT / "coach").rglob("*.py"))}
EVAL = {".".join(p.relative_to(PROJECT).with_suffix("").parts): p for p in sorted((PROJECT / "eval").rglob("*.py"))}
# From the top down; a module imports from its own layer or from one below, and nothing in a circle.
LAYERS = (
    {"cli", "__main__"},
    {"mcp_server"},
    {"web"},
    {"doctor"},
    {"pipeline"},
    {
        "conversation",
        "form",
        "composing",
        "generation",
        "rewording",
        "understanding",
        "proof",
        "fidelity",
        "grounding",
        "retrieval",
        "gate",
        "refusing",
        "care",
    },
    {
        "corpus",
        "encoder",
        "entailment",
        "embedding",
        "index",
        "sync",
        "border",
        "question",
        "spelling",
        "numbers",
        "slips",
        "statement",
        "vocabulary",
        "lint",
        "wire",
        "shapes",
        "retriever",
        "model",
        "providers",
        "recording",
        "prompt",
        "own_words",
        "reply",
        "person",
    },
    {
        "types",
        "errors",
        "settings",
        "export",
        "care_words",
        "person_words",
        "quotable",
        "quotable_words",
        "logistic",
        "adapter",
        "__init__",
    },
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}


def imported(path: Path) -> set[str]:
    """Every module of this project that a file imports anywhere in it, also in functions and for type checking."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            base = str(node.module)
            found |= {f"{base}.{a.name}" if f"{base}.{a.name}" in MODULES else base for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
    return {name for name in found if name.split(".")[0] in ("coach", "eval", "tests")}


def layer(module: str) -> int:
    """The layer of `coach.NAME` or `coach.web.NAME`."""
    return LAYER[module.split(".")[1] if "." in module else "__init__"]


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_only(module):
    assert module.split(".")[1] in LAYER, "a new module needs its place in LAYERS"
    assert [name for name in imported(MODULES[module]) if name.split(".")[0] != "coach" and module != "coach.cli"] == []
    assert [name for name in imported(MODULES[module]) if name.startswith("coach") and layer(name) < layer(module)] == []


def test_no_import_goes_in_a_circle():
    graph = {
        m: {i if i in MODULES else f"{i}.__init__" for i in imported(p) if i.startswith("coach")} for m, p in MODULES.items()
    }
    TopologicalSorter(graph).prepare()  # raises CycleError


def test_only_the_eval_command_reaches_into_eval():
    assert {m for m, p in MODULES.items() if any(i.startswith("eval") for i in imported(p))} == {"coach.cli"}


def test_importing_any_module_loads_nothing_heavy():
    # The page's own modules are imported by `serve` alone.
    page = ("coach.retriever", "coach.__main__", "coach.web.chat", "coach.web.furniture")
    light = [m.removesuffix(".__init__") for m in MODULES if m not in page]
    heavy = [
        "torch",
        "sentence_transformers",
        "transformers",
        "gradio",
        "chromadb",
        "onnxruntime",
        "sklearn",
        "langchain_core",
        "pandas",
    ]
    script = (
        f"import sys, importlib\nfor m in {light}: importlib.import_module(m)\nprint([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, cwd=PROJECT)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def tree() -> dict[str, str]:
    """Path and words of each line of the README's file tree."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^#+ File tree\n.*?```\w*\n(.*?)```", readme, re.DOTALL | re.MULTILINE)
    assert block, "README.md has no fenced block under a heading File tree"
    lines = [line.split(maxsplit=1) for line in block[1].splitlines() if line.strip()]
    assert [line for line in lines if len(line) < 2] == []
    paths = [line[0] for line in lines]
    assert len(set(paths)) == len(paths)
    return {path: text for path, text in lines}


@pytest.mark.parametrize("path", [str(p.relative_to(PROJECT)) for p in (*MODULES.values(), *EVAL.values())])
def test_the_readme_names_every_module_with_one_line(path):
    assert len(tree()[path].split()) >= 3 or path.endswith("__init__.py")


def test_the_readme_names_nothing_that_is_not_there():
    assert [path for path in tree() if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("module", [*MODULES, *EVAL])
def test_every_module_says_what_it_knows(module):
    path = (MODULES | EVAL)[module]
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_test_file_mirrors_a_module():
    names = {"_".join(m.split(".")[1:]) for m in (MODULES | EVAL)} | {"project"}
    found = {p.stem.removeprefix("test_") for p in (PROJECT / "tests").glob("test_*.py")}
    assert sorted(found - names) == []


TEXT = {".py", ".md", ".toml", ".txt", ".lock", ".json", ".yaml", ".yml", ".tsv", ".css", ".js", ".svg", ".cfg", ""}
LEFT_OUT = {".git", ".venv", ".hypothesis", "__pycache__", "build", "dist", "htmlcov", "data"}
# Written so that this file does not find itself.
FOREIGN = re.compile(
    r"(?<![\w.])/(?:wor[k]|roo[t]|mn[t]|Use[r]s)/|(?<![\w.])/hom[e]/\w+/|pypi\.or[g]|pythonhosted\.or[g]|index-ur[l]|artifactor[y]|nexu[s]\.|registr[y]\.|huggingface\.c[o]|"
    r"\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"
)


def project_files() -> list[Path]:
    """The files of the checkout that hold text, without what tools leave behind."""
    out = []
    for path in sorted(PROJECT.rglob("*")):
        parts = path.relative_to(PROJECT).parts
        kept = not LEFT_OUT.intersection(parts[:-1]) and not any(p.endswith(("_cache", ".egg-info")) for p in parts)
        if kept and path.is_file() and path.suffix in TEXT and not path.name.startswith(".coverage"):
            out.append(path)
    return out


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine():
    hits = []
    for path in project_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if found := FOREIGN.search(line):
                hits.append(f"{path.relative_to(PROJECT)}:{number}: {found[0]}")
    assert hits == []
