"""Mails as the world's programs make them."""

from email.message import EmailMessage

from safeguard import clock

CALLER = "sam.oakes@alder.example"


def mail(words: str = "An account pretends to be a teacher.", **headers: str) -> EmailMessage:
    """A mail to the helpline."""
    message = EmailMessage()
    given = {
        "From": f"Sam Oakes <{CALLER}>",
        "To": "help@help.example",
        "Subject": "An account in a name",
        "Message-ID": f"<{clock.new_request_id()}@alder.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        if value:
            message[name] = value
    message.set_content(words)
    return message


def raw(message: EmailMessage) -> bytes:
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
