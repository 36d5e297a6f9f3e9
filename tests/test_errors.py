import importlib
import inspect
import re

import pytest

from coach import errors

CLASSES = {name: cls for name, cls in vars(errors).items() if inspect.isclass(cls) and issubclass(cls, Exception)}


def test_the_tree_in_the_docstring_names_every_error_and_no_other():
    tree = re.findall(r"^[│├└─\s]*([A-Z]\w+(?:Error|Unusable))\b", str(errors.__doc__), re.MULTILINE)
    assert sorted(tree) == sorted(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_an_error_is_a_coach_error_and_says_when_it_happens(name):
    assert issubclass(CLASSES[name], errors.CoachError)
    assert CLASSES[name].__doc__


def test_the_command_line_can_print_any_error_of_the_index():
    index = importlib.import_module("coach.index")
    assert issubclass(index.IndexMissing, errors.IndexUnusable)
    assert issubclass(index.IndexDamaged, errors.IndexUnusable)
