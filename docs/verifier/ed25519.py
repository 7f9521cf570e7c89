"""Ed25519 signatures (RFC 8032, section 5.1), because Python's standard library has none."""

import functools
import hashlib

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME  # of the curve -x² + y² = 1 + D x² y²


def add(p, q):
    """Returns the sum of two points (x, y, z, t): x/z and y/z on the curve, t = xy/z."""
    e = (p[1] - p[0]) * (q[1] - q[0])
    f = (p[1] + p[0]) * (q[1] + q[0])
    g = 2 * p[3] * q[3] * D
    h = 2 * p[2] * q[2]
    return ((f - e) * (h - g) % PRIME, (h + g) * (f + e) % PRIME,
            (h - g) * (h + g) % PRIME, (f - e) * (f + e) % PRIME)


@functools.lru_cache(None)
def decode(raw):
    """Returns the point that 32 bytes encode, or None."""
    number = int.from_bytes(raw, "little")
    y, odd = number % 2**255, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if y >= PRIME or (x * x - square) % PRIME or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = PRIME - x
    return x, y, 1, x * y % PRIME


def encode(p):
    inverse = pow(p[2], -1, PRIME)
    return (p[1] * inverse % PRIME | (p[0] * inverse % PRIME & 1) << 255).to_bytes(32, "little")


BASE = decode(bytes([0x58]) + bytes([0x66]) * 31)


@functools.lru_cache(None)
def verified(public, signature, text):
    """Reports whether the 64 bytes are the signature of a public key over a text."""
    point, s = decode(public), int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    minus = (PRIME - point[0], point[1], 1, PRIME - point[3])
    summands = {1: BASE, 2: minus, 3: add(BASE, minus)}
    r = (0, 1, 1, 0)  # becomes s BASE - k point
    for bit in range(252, -1, -1):
        r = add(r, r)
        summand = summands.get(s >> bit & 1 | (k >> bit & 1) << 1)
        r = add(r, summand) if summand else r
    return encode(r) == signature[:32]
