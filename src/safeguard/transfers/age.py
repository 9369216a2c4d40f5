"""Files sealed with a passphrase as `age` writes them (C2SP, age-encryption.org/v1): anybody can open one.

Programs for every system read this format (age, rage, typage), its page describes it whole, and every byte of it is
authenticated. (Roads not taken: a zip with AES shows the names in it to whoever finds it, stretches the passphrase a
thousand times with SHA-1, and Windows does not open it by itself either. A library around `rage` keeps the whole
process waiting while it stretches the passphrase, for as long as its machine is slow, and takes 256 MB for that. So
these few lines use the same cryptography as the rest of the service, and are tried against a file that rage made.)
"""

from base64 import b64decode, b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from safeguard import clock

VERSION: Final = b"age-encryption.org/v1\n"
SCRYPT: Final = b"age-encryption.org/v1/scrypt"
WORK: Final = 15
"""2^15 rounds: the passphrases are drawn, with 87 bits, and need no more than a little stretching."""
MOST_WORK: Final = 18
"""What other programs ask for on a fast machine: 1 GB of memory. Whoever asks for more wants to hold us up."""
CHUNK: Final = 1 << 16
TAG: Final = 16
NOTHING: Final = bytes(12)


class NotSealed(ValueError):
    """It is not a file that a passphrase seals, or a damaged one."""


class WrongPassphrase(ValueError):
    """Another passphrase sealed it."""


class Altered(ValueError):
    """The passphrase is right, and what it sealed was changed since, or cut short."""


def seal(plain: bytes, passphrase: str) -> bytes:
    """The bytes, sealed with a passphrase."""
    chance = clock.System()
    file_key, salt, nonce = chance.random_bytes(16), chance.random_bytes(16), chance.random_bytes(16)
    wrapped = ChaCha20Poly1305(_stretched(passphrase, salt, WORK)).encrypt(NOTHING, file_key, None)
    head = VERSION + b"-> scrypt %s %d\n%s\n---" % (_text(salt), WORK, _text(wrapped))
    return head + b" " + _text(_mac(file_key, head)) + b"\n" + nonce + _chunks(file_key, nonce, plain)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """What was sealed; raises `NotSealed`, `WrongPassphrase`, `Altered`."""
    salt, work, wrapped, head, mac, body = _parsed(sealed)
    try:
        file_key = ChaCha20Poly1305(_stretched(passphrase, salt, work)).decrypt(NOTHING, wrapped, None)
    except InvalidTag:
        raise WrongPassphrase from None
    if len(file_key) != 16 or _text(_mac(file_key, head)) != mac:
        raise Altered
    return _opened(file_key, body[:16], body[16:])


def is_sealed(head: bytes) -> bool:
    """Whether a file begins as these do."""
    return head.startswith(VERSION)


def _parsed(sealed: bytes) -> tuple[bytes, int, bytes, bytes, bytes, bytes]:
    """Salt, work, wrapped key, what the code in the header covers, that code, and what follows."""
    lines = sealed[:1024].split(b"\n", 4)
    if len(lines) < 5 or lines[0] + b"\n" != VERSION or not lines[3].startswith(b"--- "):
        raise NotSealed
    said = lines[1].split(b" ")
    if len(said) != 4 or said[:2] != [b"->", b"scrypt"] or not said[3].isdigit() or not 1 <= int(said[3]) <= MOST_WORK:
        raise NotSealed
    salt, wrapped = _bytes(said[2]), _bytes(lines[2])
    body = sealed[sum(len(line) + 1 for line in lines[:4]) :]
    if len(salt) != 16 or len(wrapped) != 32 or len(body) < 16 + TAG:
        raise NotSealed
    return salt, int(said[3]), wrapped, b"\n".join([*lines[:3], b"---"]), lines[3][4:], body


def _chunks(file_key: bytes, nonce: bytes, plain: bytes) -> bytes:
    cipher, starts = ChaCha20Poly1305(_payload_key(file_key, nonce)), range(0, max(len(plain), 1), CHUNK)
    last = len(starts) - 1
    return b"".join(
        cipher.encrypt(_number(number, last=number == last), plain[start : start + CHUNK], None)
        for number, start in enumerate(starts)
    )


def _opened(file_key: bytes, nonce: bytes, body: bytes) -> bytes:
    cipher, starts = ChaCha20Poly1305(_payload_key(file_key, nonce)), range(0, len(body), CHUNK + TAG)
    last = len(starts) - 1
    try:
        pieces = [
            cipher.decrypt(_number(number, last=number == last), body[start : start + CHUNK + TAG], None)
            for number, start in enumerate(starts)
        ]
    except InvalidTag:
        raise Altered from None
    if last and not pieces[-1]:
        raise Altered
    return b"".join(pieces)


def _number(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _stretched(passphrase: str, salt: bytes, work: int) -> bytes:
    return Scrypt(SCRYPT + salt, 32, 1 << work, 8, 1).derive(passphrase.encode())


def _mac(file_key: bytes, head: bytes) -> bytes:
    code = HMAC(HKDF(SHA256(), 32, salt=None, info=b"header").derive(file_key), SHA256())
    code.update(head)
    return code.finalize()


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(file_key)


def _text(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    try:
        found = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise NotSealed from None
    if _text(found) != text:
        raise NotSealed
    return found
