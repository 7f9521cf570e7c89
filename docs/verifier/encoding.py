"""Hashes, base64, keys (protocol.md, conventions and section 1), and the two errors."""

import base64
import hashlib
import struct

from verifier import ed25519

HANDLE = "[a-z0-9_-]{1,32}"


class Tampered(Exception):
    """The export is not what was exported: exit code 4."""


class Unreadable(Exception):
    """It is not an export: exit code 1."""


def require(condition, sentence):
    if not condition:
        raise Tampered(sentence)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def encode64(raw):
    return base64.b64encode(raw).decode()


def decode64(text, size=None):
    """Decodes base64 strictly; returns None if it is malformed or of another size."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return None
    return raw if encode64(raw) == text and size in (None, len(raw)) else None


def decode_key(text):
    """Returns the 32 bytes of a public key in base64url without padding, or None."""
    return decode64(text.translate(str.maketrans("-_+/", "+/--")) + "=", 32)


def encode_key(public):
    return base64.urlsafe_b64encode(public).decode().rstrip("=")


def signed(key, signature, text):
    """Reports whether a key in base64url signed a text."""
    public = decode_key(key)
    return public is not None and ed25519.verified(public, signature, text)


def ssh_string(raw):
    return struct.pack(">I", len(raw)) + raw


def ssh_key(public):
    return ssh_string(b"ssh-ed25519") + ssh_string(public)


def fingerprint(key):
    return "SHA256:" + encode64(sha256(ssh_key(decode_key(key)))).rstrip("=")
