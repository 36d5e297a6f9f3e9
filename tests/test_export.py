import json

import pytest

from coach.errors import EncoderError
from coach.export import DESCRIPTION, export, exported, session, sha256


def write(draft):
    (draft / "model.onnx").write_bytes(b"graph")
    (draft / "tokenizer.json").write_text("{}")


def test_what_is_written_is_published_with_its_checksums(tmp_path):
    folder = tmp_path / "models" / "one"
    assert not exported(folder, "d1")
    export(folder, "one", "d1", write)
    assert exported(folder, "d1")
    assert not exported(folder, "d2")  # other weights
    described = json.loads((folder / DESCRIPTION).read_text())
    assert described["files"] == {name: sha256(folder / name) for name in ("model.onnx", "tokenizer.json")}
    assert [p.name for p in folder.parent.iterdir()] == ["one"]


@pytest.mark.parametrize("damage", ["flipped", "removed", "no description"])
def test_a_damaged_export_does_not_count_and_is_replaced(tmp_path, damage):
    folder = tmp_path / "one"
    export(folder, "one", "d1", write)
    if damage == "flipped":
        (folder / "model.onnx").write_bytes(b"grapH")
    else:
        (folder / ("model.onnx" if damage == "removed" else DESCRIPTION)).unlink()
    assert not exported(folder, "d1")
    export(folder, "one", "d1", write)
    assert exported(folder, "d1")


def test_a_failed_export_leaves_nothing_behind(tmp_path):
    def fail(draft):
        (draft / "half").touch()
        raise RuntimeError("no space")

    with pytest.raises(RuntimeError):
        export(tmp_path / "models" / "one", "one", "d1", fail)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EncoderError, match="set COACH_CACHE to a writable folder"):
        export(tmp_path / "file" / "one", "one", "d1", write)


def test_a_graph_that_is_none_is_named(tmp_path):
    write(tmp_path)
    with pytest.raises(EncoderError, match="damaged; delete that folder"):
        session(tmp_path / "model.onnx", 1)
