"""The generator of training text for the small tagger: its labels can be trusted, and a seed gives the same texts."""

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "training" / "texts.py"


@pytest.fixture(scope="module")
def texts():
    """training/texts.py as a module; its helpers lie beside it."""
    spec = importlib.util.spec_from_file_location("training_texts", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(SCRIPT.parent))
    return module


@pytest.fixture(scope="module")
def sample(texts):
    return list(texts.generate(2000, 7))


def marked(sample, label):
    """Every stretch of the sample with the label."""
    return [text.text[start:end] for text in sample for start, end, kind in text.spans if kind == label]


def test_a_seed_gives_the_same_texts_and_another_seed_others(texts, sample):
    assert list(texts.generate(50, 7)) == sample[:50]
    assert list(texts.generate(50, 8)) != sample[:50]


def test_spans_are_in_order_apart_and_without_white_space_around(sample):
    wrong = [
        text
        for text in sample
        if any(not 0 <= start < end <= len(text.text) for start, end, _ in text.spans)
        or any(before[1] > after[0] for before, after in zip(text.spans, text.spans[1:], strict=False))
        or any(text.text[start:end] != text.text[start:end].strip() for start, end, _ in text.spans)
    ]
    assert wrong == []


def test_persons_have_letters_and_are_no_addresses_or_honorifics(sample):
    odd = re.compile(r"[@<>{}|\t]|^(?:mr|mrs|ms|dr)\b\.? |'s$|^[^\W\d_]$|^\W*$", re.IGNORECASE)
    assert [name for name in marked(sample, "PERSON") if odd.search(name)] == []


def test_first_and_last_name_of_one_person_are_one_span(texts):
    """Two names side by side are a template's mistake; a list, a table and a mail header have marks between them."""
    apart = [
        rest
        for genre in texts.Grammar().genres
        for template in genre.templates
        for rest in re.findall(r"\{([p-t])\.first[.\w]*\} \{\1\.last", template)
    ]
    assert apart == []


def test_no_template_mark_is_left_in_a_text(sample):
    assert [text.text for text in sample if re.search(r"\{[a-z_]+\d?[}.]|\(n\)|\\n", text.text)] == []


def test_all_labels_and_genres_occur(texts, sample):
    labels = Counter(kind for text in sample for _, _, kind in text.spans)
    assert set(labels) == set(texts.LABELS)
    assert {text.genre for text in sample} == {genre.name for genre in texts.Grammar().genres}


def test_every_template_and_rule_can_be_written(texts):
    """A slot nobody defines is found here, not in an hour of training."""
    grammar = texts.Grammar()
    sources = [template for genre in grammar.genres for template in genre.templates]
    sources += [line for rule in grammar.rules.values() for line in rule.alternatives]
    slots = {
        slot.split(".")[0].rstrip("0123456789")
        for line in sources
        for slot in re.findall(r"\{([a-z_]+[^{}#-]*)\}", line)
    }
    assert slots - set(grammar.rules) == {*"pqrst", "surname"}


def test_many_texts_name_nobody(sample):
    """Capitalised text without names keeps the tagger from taking every capital for one."""
    bare = sum(not text.spans for text in sample)
    assert 0.1 * len(sample) < bare < 0.4 * len(sample)


def test_the_command_prints_json_lines(sample):
    run = subprocess.run(
        [sys.executable, SCRIPT, "--count", "3", "--seed", "7"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    expected = [{"text": text.text, "spans": [list(span) for span in text.spans]} for text in sample[:3]]
    assert [json.loads(line) for line in run.stdout.splitlines()] == expected
