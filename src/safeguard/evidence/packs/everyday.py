"""Names that are words of every day as well: will, grace, may, rose, baker.

By themselves, written small, they are mostly the word: "she will come" is of nobody called Will. So a program takes
them for a name only where they are written as one, with a capital, and says that it left the others: whoever reads
blacks out "ask will about it" by hand. Any other given name is one however it is written: "ask maya about it". To take
all of them for names would make a record unreadable; and without this rule a hasty note names a child.
"""

from typing import Final

ALSO_WORDS: Final = frozenset({
    "amber", "art", "autumn", "bill", "brook", "brown", "carol", "chase", "dawn", "faith", "field", "frank",
    "grace", "grant", "green", "hill", "hope", "hunter", "iris", "jack", "joy", "king", "lily", "long", "mark",
    "mason", "may", "miles", "page", "parker", "penny", "poppy", "ray", "read", "rich", "rose", "ruby", "sky",
    "summer", "violet", "white", "will", "wood", "young",
})  # fmt: skip
"""The commonest of them, that count only where they begin with a capital."""
WORDS_TOO: Final = ALSO_WORDS | {
    "an", "and", "april", "august", "baker", "bell", "best", "bird", "bishop", "black", "blue", "bond", "but",
    "case", "chance", "christian", "clay", "cook", "crystal", "daisy", "day", "dean", "drew", "english", "fern",
    "for", "fox", "french", "gale", "gene", "ginger", "gray", "guy", "hall", "harmony", "has", "hazel", "head",
    "her", "his", "holly", "honey", "how", "hunt", "in", "ivy", "jade", "jasmine", "jean", "june", "lane", "laurel",
    "little", "love", "major", "march", "mercy", "moon", "my", "nick", "noble", "not", "old", "olive", "park",
    "pat", "patience", "pearl", "piper", "potter", "price", "reed", "river", "rob", "robin", "sage", "sandy", "say",
    "see", "she", "short", "small", "so", "star", "stone", "storm", "street", "sue", "sunny", "the", "they", "top",
    "trinity", "wade", "way", "we", "west", "what", "who", "willow", "wise", "you",
}  # fmt: skip
"""Names of people who are not of the incident, that are words of every day."""
_RARER: Final = frozenset({
    "angel", "ash", "basil", "bay", "bear", "blaze", "brand", "brooke", "buddy", "carpenter", "carter", "charity",
    "child", "chip", "cliff", "cooper", "cross", "dale", "dolly", "duke", "earl", "farmer", "fay", "fisher", "flowers",
    "foot", "ford", "foster", "freeman", "frost", "gardener", "gay", "gill", "gold", "good", "hale", "hand", "hardy",
    "hart", "heath", "heather", "holiday", "honour", "house", "jay", "jewel", "judge", "justice", "keen", "kitty",
    "knight", "lamb", "lance", "law", "liberty", "lord", "marsh", "melody", "merit", "mills", "moody", "moss", "north",
    "nurse", "ocean", "opal", "phoenix", "pike", "pool", "pope", "porter", "prince", "princess", "prudence", "queen",
    "rain", "raven", "rice", "rocky", "rod", "rowan", "royal", "rush", "scarlet", "self", "sharp", "shepherd", "silver",
    "singer", "skip", "smith", "snow", "song", "sparrow", "speed", "spring", "steel", "stern", "strong", "swan",
    "swift", "temple", "turner", "van", "victor", "walker", "ward", "waters", "weaver", "well", "wells", "wild",
    "winter", "wolf", "woods", "worth", "wren",
})  # fmt: skip
FOR_NAMES: Final = frozenset({
    "account", "adult", "anonymous", "another", "boy", "brother", "carer", "class", "coach", "dad", "driver", "elder",
    "father", "first", "friend", "girl", "group", "home", "lady", "learner", "man", "member", "mother", "mum", "new",
    "nobody", "older", "online", "other", "others", "parent", "people", "person", "player", "pupil", "pupils",
    "resident", "school", "second", "sister", "somebody", "someone", "staff", "stranger", "student", "teacher", "team",
    "their", "third", "unknown", "user", "woman", "year", "younger", "youth",
})  # fmt: skip
"""What people write where they know no name: "Year 9 boy"."""
EVERYDAY: Final = WORDS_TOO | _RARER | FOR_NAMES
SHORT: Final = 3
"""What has fewer letters, "Mo", "Al", is a word or a slip more often than a name where it is written small."""


def is_everyday(word: str) -> bool:
    """Whether this one word, written small, says nothing of anybody."""
    return len(word) < SHORT or word.casefold() in EVERYDAY
