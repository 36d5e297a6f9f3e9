import subprocess
import sys

import numpy as np
import pytest
from conftest import PROJECT

from coach.entailment import KINDS, load_entailment, token_types

PAIRS = [
    ("A PM writes user stories.", "A PM writes user stories and requirements."),
    ("A VP writes user stories.", "A PM writes user stories and requirements."),
    ("ok", ""),
    ("", "A PM plans."),
    ("A product manager plans. " * 60, "A product manager plans. " * 60),
]


@pytest.fixture(scope="module")
def model(cache):
    return load_entailment(cache)


def test_each_pair_gets_a_probability_for_every_kind(model):
    found = np.stack([model.probabilities(*pair) for pair in PAIRS])
    assert found.shape == (len(PAIRS), len(KINDS))
    assert found.dtype == np.float32
    assert np.allclose(found.sum(axis=1), 1, atol=1e-3)
    assert (found >= 0).all()


def test_a_pair_is_judged_alike_each_time(model, cache):
    for pair in PAIRS:
        assert np.array_equal(model.probabilities(*pair), load_entailment(cache).probabilities(*pair))


def test_the_true_one_is_likelier(model):
    true, false = (model.probabilities(*pair)[0] for pair in PAIRS[:2])
    assert true > false + 0.2


def test_tokens_are_told_apart_by_side_and_by_whether_the_other_side_holds_them():
    #      CLS  a  b SEP  b  c SEP PAD
    ids = [101, 5, 6, 102, 6, 7, 102, 0]
    segments = [0, 0, 0, 0, 1, 1, 1, 0]
    special = [1, 0, 0, 1, 0, 0, 1, 1]
    assert token_types(ids, segments, special) == [0, 2, 0, 0, 1, 3, 1, 0]


def test_the_exported_model_needs_no_torch(cache):
    script = (
        "import sys; from pathlib import Path; from coach.entailment import load_entailment;"
        "load_entailment(Path(sys.argv[1])).probabilities('a', 'b');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'chromadb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(cache)], cwd=PROJECT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
