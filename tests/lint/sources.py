"""The text files of the repository, for the checks in this directory."""

import pathlib

SUFFIXES = {".hpp", ".cpp", ".in", ".md", ".py", ".sh", ".txt", ".cmake", ".json", ".yml", ".supp"}
NAMES = {"Doxyfile", "run", ".editorconfig", ".gitignore", ".clang-format", ".clang-tidy"}
LEFT_OUT = {".git", "out", "__pycache__", "shared"}

root = pathlib.Path(__file__).resolve().parents[2]


def text_files():
    """(path from the root, text), in the order of the paths; build directories are left out."""
    pending = [root]
    while pending:
        for path in sorted(pending.pop().iterdir(), reverse=True):
            if path.is_dir():
                if not (path.name in LEFT_OUT or path.name.startswith("build") or (path / "CMakeCache.txt").exists()):
                    pending.append(path)
            elif path.suffix in SUFFIXES or path.name in NAMES:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
