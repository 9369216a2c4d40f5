"""Whatever a mail program makes of a mail, its words are read, and nothing that came with it is opened."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.helpline.mail.addresses import address_of, is_mail_address, new_token, read_place
from safeguard.helpline.mail.parsing import LONGEST_WORDS, read_mail
from safeguard.helpline.mail.plain import words_of_html
from tests.helpline.mail.writing import CALLER, mail, raw


def read(message: EmailMessage | bytes, vouching: str = ""):
    return read_mail(message if isinstance(message, bytes) else raw(message), CALLER, vouching)


def test_who_wrote_and_what_is_read():
    found = read(mail())
    assert (found.sender, found.sender_name, found.subject) == (CALLER, "Sam Oakes", "An account in a name")
    assert found.words == "An account pretends to be a teacher."
    assert (found.bounce, found.automatic, found.listed, found.proof) == (False, "", False, "unknown")


def test_japanese_letters_are_read():
    message = mail()
    message.set_content("学校の先生になりすました。", charset="shift_jis", cte="base64")
    assert read(message).words == "学校の先生になりすました。"


def test_letters_of_an_alphabet_that_nobody_knows_are_read_as_western_ones():
    content = raw(mail("Café")).replace(b'charset="utf-8"', b'charset="klingon"')
    assert "Caf" in read(content).words


def test_html_is_read_as_words_and_shows_where_a_link_leads():
    message = mail()
    message.set_content(
        "<html><head><style>p{color:red}</style><script>alert(1)</script></head><body><p>Look &lt;here&gt;:"
        ' <a href="https://evil.example/x">https://bank.example</a></p><img src="cid:1" alt="logo">'
        "<br>Bye</body></html>",
        subtype="html",
    )
    words = read(message).words
    assert "https://bank.example <https://evil.example/x>" in words
    assert "Look <here>:" in words
    assert "alert" not in words
    assert "color" not in words


def test_plain_words_are_chosen_before_html():
    message = mail("Plain.")
    message.add_alternative("<p>Coloured.</p>", subtype="html")
    assert read(message).words == "Plain."


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("image/jpeg", "photo.jpg"),
        ("application/ms-tnef", "winmail.dat"),
        ("text/calendar", "invitation.ics"),
        ("application/zip", "all.zip"),
        ("text/plain", "notes.txt"),
    ],
)
def test_a_file_is_named_and_nothing_of_it_is_kept(kind, name):
    message = mail()
    main, sub = kind.split("/")
    message.add_attachment(b"SECRET-BYTES" * 200, maintype=main, subtype=sub, filename=name)
    found = read(message)
    assert [(file.name, file.kind) for file in found.files] == [(name, kind)]
    assert name in found.words
    assert "SECRET" not in repr(found)


def test_a_mail_that_is_only_a_picture_says_so():
    message = EmailMessage()
    message["From"] = CALLER
    message.set_content(b"\xff\xd8\xff" * 100, maintype="image", subtype="jpeg", filename="photo.jpg")
    assert "photo.jpg" in read(message).words


def test_a_subject_of_five_thousand_characters_is_read():
    found = read(mail(Subject="x" * 5_000))
    assert len(found.subject) == 5_000


def test_more_words_than_anybody_reads_are_cut_and_counted():
    found = read(mail("word " * 40_000))
    assert len(found.words) < LONGEST_WORDS + 200
    assert "further characters were not kept" in found.words


def test_a_thousand_nested_parts_do_no_harm():
    head, body = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n", ""
    for depth in range(1_500):
        body += f"--b{depth}\r\nContent-Type: multipart/mixed; boundary=b{depth + 1}\r\n\r\n"
    found = read(f"From: {CALLER}\r\n{head}{body}".encode())
    assert found.size > 1_000


@given(st.binary(max_size=2_000))
def test_whatever_comes_is_read_or_said_to_be_unreadable(content):
    found = read_mail(content, None)
    assert found.words
    assert "\0" not in found.words + found.subject + found.sender + found.sender_name


@given(st.text(max_size=500))
def test_html_never_fails_and_never_keeps_a_script(text):
    words = words_of_html(f"<script>{text}</script><p>{text}</p>")
    assert "\0" not in words or "\0" in text


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, "replied"),
        ({"Auto_Submitted": "auto-generated"}, "generated"),
        ({"Auto_Submitted": "no"}, ""),
        ({"X_Autoreply": "yes"}, "replied"),
    ],
)
def test_machines_say_that_they_are(headers, automatic):
    assert read(mail(**headers)).automatic == automatic


def test_a_mail_from_nobody_or_a_report_is_a_bounce():
    assert read_mail(raw(mail()), None).bounce
    assert read_mail(raw(mail()), "").bounce
    report = raw(mail()).replace(b"text/plain", b"multipart/report; boundary=x")
    assert read_mail(report, CALLER).bounce


@pytest.mark.parametrize(
    ("header", "proof"),
    [
        ("mx.help.example; dmarc=pass header.from=alder.example", "proven"),
        ("mx.help.example; dmarc=fail header.from=alder.example", "failed"),
        ("mx.help.example; dmarc=pass header.from=other.example", "failed"),
        ("mx.evil.example; dmarc=pass header.from=alder.example", "unknown"),
        ("mx.help.example; none", "failed"),
    ],
)
def test_only_the_trusted_mail_server_vouches_for_a_sender(header, proof):
    assert read(mail(Authentication_Results=header), "mx.help.example").proof == proof
    assert read(mail(Authentication_Results=header)).proof == "unknown"


def test_the_same_mail_is_known_by_who_wrote_it_and_what_as_well():
    message = mail()
    again = raw(message).replace(b"Subject:", b"Received: by another\r\nSubject:")
    other = mail("Other words.", Message_ID=str(message["Message-ID"]))
    assert read(again).digest == read(message).digest
    assert read(other).digest != read(message).digest


@given(st.sampled_from(["help", "posh-2", "a"]))
def test_a_token_reads_back_from_its_address(slug):
    token = new_token()
    place = read_place(address_of(slug, token, "help.example").upper(), "Help.example")
    assert place
    assert (place.slug, place.token) == (slug, token)


@pytest.mark.parametrize(
    "address", ["help@other.example", "help", "@help.example", "../x@help.example", "a b@help.example"]
)
def test_other_addresses_are_nobodys(address):
    assert read_place(address, "help.example") is None


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("sam@alder.example", True), ("01632 960123", False), ("sam@alder.example, eve@x.example", False),
        ("sam@alder.example\nBcc: eve@x.example", False), ("<sam@alder.example>", False), ("", False),
    ],
)  # fmt: skip
def test_one_address_is_one_address(said, is_one):
    assert is_mail_address(said) is is_one
