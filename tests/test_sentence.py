"""Sentences in two languages."""

import pickle

from app.sentence import Sentence


def test_a_sentence_is_its_english_and_carries_its_chinese() -> None:
    sentence = Sentence("没有。", "None.") + Sentence("再试。", " Try again.") + "!"
    assert (sentence, sentence.zh, sentence.en) == ("None. Try again.!", "没有。再试。!", "None. Try again.!")
    assert type(sentence.en) is str
    copy = pickle.loads(pickle.dumps(sentence))  # noqa: S301 - our own bytes, as between processes
    assert (copy, copy.zh) == (sentence, sentence.zh)
