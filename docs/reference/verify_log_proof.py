#!/usr/bin/env python3
"""Verifies a proof from the log of Indgang without Indgang. Needs Python 3.8 or newer and nothing else.

    python3 verify_log_proof.py [--key PUBLIC_KEY] PROOF.json [PROOF.json ...]

Give --key with the log's public key as you know it from elsewhere (64 hexadecimal digits); without it the key in the
file is believed, and the program says so. What it checks is described in log-proof.md beside this file.
Exit status: 0 every proof holds, 1 one does not, 2 a file cannot be read.
"""

import argparse
import hashlib
import json
import re
import sys

# --- Ed25519 (RFC 8032 section 5.1): verification only, so nothing here is secret and nothing needs constant time.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Sum of two points in extended coordinates (X, Y, Z, T)."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    x, z, t, y = f - e, h - g, h + g, f + e
    return (x * z % P, t * y % P, z * t % P, x * y % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(data):
    """The point of 32 bytes, or None when there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - squared) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, text, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER or same(multiply(8, a), (0, 1, 1, 0)):
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % ORDER
    return same(multiply(s, BASE), add(r, multiply(challenge, a)))


# --- The Merkle tree (RFC 6962 section 2.1, RFC 9162 section 2.1).


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size):
    """The greatest power of two less than size, for size > 1."""
    return 1 << ((size - 1).bit_length() - 1)


def root_by_path(leaf, index, size, path):
    """The root over `size` leaves of which number `index` has this hash; None when the path does not fit."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    k = split(size)
    if index < k:
        below = root_by_path(leaf, index, k, path[:-1])
        return below and node_hash(below, path[-1])
    below = root_by_path(leaf, index - k, size - k, path[:-1])
    return below and node_hash(path[-1], below)


def roots_by_path(old, new, whole, old_root, path):
    """The roots over the first `old` and over all `new` leaves; None when the path does not fit."""
    if old == new:
        if whole:
            return None if path else (old_root, old_root)
        return (path[0], path[0]) if len(path) == 1 else None
    if not path:
        return None
    k = split(new)
    if old <= k:
        below = roots_by_path(old, k, whole, old_root, path[:-1])
        return below and (below[0], node_hash(below[1], path[-1]))
    below = roots_by_path(old - k, new - k, False, old_root, path[:-1])
    return below and (node_hash(path[-1], below[0]), node_hash(path[-1], below[1]))


# --- The files.


class Unreadable(Exception):
    pass


def field(proof, name, kind):
    value = proof.get(name) if isinstance(proof, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Unreadable(f"`{name}` is missing or of the wrong kind")
    if kind is int and not 0 <= value < 2**63:
        raise Unreadable(f"`{name}` is out of range")
    return value


def digits(text, count, name):
    if not isinstance(text, str) or not re.fullmatch("[0-9a-f]{%d}" % count, text):
        raise Unreadable(f"`{name}` is not {count} lower-case hexadecimal digits")
    return bytes.fromhex(text)


def hashes(proof):
    return [digits(text, 64, "path") for text in field(proof, "path", list)]


def check_checkpoint(checkpoint, key):
    """The signed text is four lines: what it is, size, root and time."""
    size, root = field(checkpoint, "size", int), field(checkpoint, "root", str)
    text = f"indgang log checkpoint v1\n{size}\n{root}\n{field(checkpoint, 'signed_at', str)}\n"
    signature = digits(field(checkpoint, "signature", str), 128, "signature")
    return signed(key, text.encode(), signature), size, digits(root, 64, "root")


def check(proof, known):
    """What does not hold, as sentences; and what the proof is about."""
    stated = digits(field(proof, "public_key", str), 64, "public_key")
    key = known or stated
    problems = [] if key == stated else ["the file names another public key than the one you gave"]
    if "leaf" in proof:
        by_key, size, root = check_checkpoint(proof, key)
        index, leaf = field(proof, "index", int), field(proof, "leaf", str).encode()
        if root_by_path(leaf_hash(leaf), index, size, hashes(proof)) != root:
            problems.append("the line does not stand at its place under the root")
        about = f"line {index} of {size}: {leaf.decode()}"
    else:
        by_old, old, old_root = check_checkpoint(field(proof, "old", dict), key)
        by_key, new, new_root = check_checkpoint(field(proof, "new", dict), key)
        by_key = by_key and by_old
        if not 0 < old <= new or roots_by_path(old, new, True, old_root, hashes(proof)) != (old_root, new_root):
            problems.append("the older log is not the beginning of the newer")
        about = f"the log of {new} lines begins with the log of {old} lines"
    if not by_key:
        problems.append("the checkpoint is not signed by the log's key")
    return problems, about


def main():
    parser = argparse.ArgumentParser(description="Verifies proofs from the log of Indgang.")
    parser.add_argument("--key", help="the log's public key as you know it from elsewhere, 64 hexadecimal digits")
    parser.add_argument("proofs", nargs="+", metavar="PROOF.json")
    arguments = parser.parse_args()
    status = 0
    try:
        known = arguments.key and digits(arguments.key, 64, "--key")
        if not known:
            print("no --key given: the public key in the file is believed", file=sys.stderr)
        for name in arguments.proofs:
            with open(name, encoding="utf-8") as file:
                problems, about = check(json.load(file), known)
            print(f"{name}: {'DOES NOT HOLD' if problems else 'holds'}: {about}")
            for problem in problems:
                print(f"  {problem}")
            status = 1 if problems else status
    except (Unreadable, OSError, ValueError, RecursionError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
