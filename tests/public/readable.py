"""How hard English is to read: the Flesch-Kincaid grade, by which a grade and five is about the reader's age in years.

Kincaid, Fishburne, Rogers and Chissom, Derivation of new readability formulas, 1975: 0.39 x words a sentence
+ 11.8 x syllables a word - 15.59. Syllables are counted by groups of vowels: that counts a few too many (everyone: 4)
and so does not flatter. (The road not taken: a library. The kept ones fetch a dictionary from the network to count.)
"""

import re
from collections.abc import Iterable
from typing import Final

VOWELS: Final = re.compile(r"[aeiouy]+")
SILENT: Final = re.compile(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouydt])ed$|(?<=[^aeiouyscxzhg])es$")
WORD: Final = re.compile(r"[a-z]+(?:['’][a-z]+)?")
END: Final = re.compile(r"(?<=[.!?:])\s+")


def syllables(word: str) -> int:
    """About how many a word has; at least one. In small letters."""
    return max(1, len(VOWELS.findall(SILENT.sub("", word))))


def words(text: str) -> list[str]:
    """Its words; numbers are none."""
    return WORD.findall(text.lower())


def sentences(texts: Iterable[str]) -> list[str]:
    """Each of them, without those that hold no word."""
    return [part for text in texts for part in END.split(text.strip()) if words(part)]


def grade(said: Iterable[str]) -> float:
    """The school year of the United States in which these sentences are read: four is nine years of age."""
    told = [words(sentence) for sentence in said]
    every = [word for sentence in told for word in sentence]
    return 0.39 * len(every) / len(told) + 11.8 * sum(map(syllables, every)) / len(every) - 15.59
