"""Whatever is pasted: addresses are found, written in one way, and looked at for what deceives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.channel.addresses import LOOK_ALIKE, NUMBER, PORT, USER, key_of, read_address, read_addresses, readable

HOSTS = st.sampled_from(("tiktok.com", "www.instagram.com", "x.com", "m.facebook.com", "sub.example.co.uk"))
PATHS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>\"'`|\\^{}#?% "), max_size=40)


def only(text: str):
    pasted = read_addresses(text)
    assert len(pasted.addresses) == 1, pasted
    return pasted.addresses[0]


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("HTTPS://WWW.TikTok.com/@A/video/1", "https://www.tiktok.com/@A/video/1"),
        ("https://x.com:443/a", "https://x.com/a"),
        ("https://x.com", "https://x.com/"),
        ("x.com/someone/status/1", "https://x.com/someone/status/1"),
        ("https://x.com/a#reply", "https://x.com/a"),
        ("https://x.com/%7euser/%2f", "https://x.com/~user/%2F"),
        ("(see https://x.com/a).", "https://x.com/a"),
        ("https://user:secret@x.com/a", "https://x.com/a"),
        ("https://x.com./a", "https://x.com/a"),
        ("'https://x.com/it's-me'", "https://x.com/it's-me"),
        ("(https://en.wikipedia.org/wiki/Chat_(service))", "https://en.wikipedia.org/wiki/Chat_(service)"),
        ("https://x.com/cafe\u0301", "https://x.com/caf%C3%A9"),
        ("https://faß.de/a", "https://xn--fa-hia.de/a"),
        ("https://☃.net/a", "https://xn--n3h.net/a"),
    ],
)
def test_an_address_is_written_in_one_way(pasted, text):
    assert only(pasted).text == text


@pytest.mark.parametrize(
    "junk",
    ["javascript:alert(1)", "JavaScript:alert(1)//x.com/a", "data:text/html,hello", "vbscript:x", "file:///etc/passwd",
     "ftp://x.com/a", "https://", "https://a..b/c", "http://localhost/a", "https://x.com:99999/a", "https://[::1/a",
     "https://" + "a" * 64 + ".com/x", "https://x.com/" + "a" * 2_000, "https://999.1.1.1/a",
     "https://exa\u200dmple.com/a", "https://evil.example\\@x.com/a"],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused_and_named(junk):
    pasted = read_addresses(f"first https://x.com/ok then {junk} and words")
    assert [address.text for address in pasted.addresses] == ["https://x.com/ok"]
    assert pasted.refused


@pytest.mark.parametrize(
    ("pasted", "flag"),
    [("https://аpple.com/a", LOOK_ALIKE), ("https://xn--pple-43d.com/a", LOOK_ALIKE),
     ("https://tiktok.com@evil.example/a", USER), ("http://93.184.216.34/a", NUMBER), ("https://x.com:8443/a", PORT)],
)  # fmt: skip
def test_what_may_deceive_is_flagged(pasted, flag):
    assert flag in only(pasted).flags


def test_a_look_alike_is_shown_as_people_would_read_it():
    assert readable(only("https://xn--pple-43d.com/a")) == "аpple.com"


def test_five_hundred_addresses_with_junk_among_them_are_all_found_once():
    lines = [
        f"{number}. https://www.tiktok.com/@someone/video/{number} (seen 3/4, Jo's phone)" for number in range(500)
    ]
    pasted = read_addresses("\n".join([*lines, "HTTPS://WWW.TIKTOK.COM/@someone/video/7", "javascript:alert(1)"]))
    assert len(pasted.addresses) == 500
    assert pasted.twice == 1
    assert pasted.refused == ("javascript:alert(1)",)


def test_a_line_that_holds_no_address_is_kept_whole_and_words_around_one_are_not():
    pasted = read_addresses("the false profile\n  \nsee https://x.com/ok , and data:text/html,x here\nteacher_hale")
    assert [address.text for address in pasted.addresses] == ["https://x.com/ok"]
    assert pasted.refused == ("the false profile", "data:text/html,x", "teacher_hale")


def test_addresses_that_only_a_sign_stands_between_are_each_found():
    pasted = read_addresses("https://x.com/a|https://x.com/b,https://x.com/c")
    assert [address.text for address in pasted.addresses] == ["https://x.com/a", "https://x.com/b", "https://x.com/c"]


@given(HOSTS, PATHS)
def test_whatever_is_found_in_a_text_is_found_again_by_itself(host, path):
    for address in read_addresses(f"see https://{host}/{path}, they said").addresses:
        assert key_of(address.text) == key_of(address.key) == address.key


@given(HOSTS, PATHS)
def test_reading_what_was_read_changes_nothing(host, path):
    first = read_address(f"https://{host}/{path}")
    if first:
        assert read_address(first.text) == first


@given(st.text(max_size=300))
def test_nothing_that_anybody_pastes_breaks_it(text):
    pasted = read_addresses(text)
    assert all(address.text.startswith(("http://", "https://")) for address in pasted.addresses)
    assert len({address.digest for address in pasted.addresses}) == len(pasted.addresses)
