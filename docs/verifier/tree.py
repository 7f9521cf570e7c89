"""The Merkle tree over the leaves of a log (protocol.md, section 4; RFC 6962, section 2.1)."""

import functools

from verifier.encoding import sha256


class Tree:
    """The roots of a growing Merkle tree, by size."""

    def __init__(self):
        self.peaks, self.size, self.roots = [], 0, {}

    def add(self, leaf):
        self.size += 1
        node, rest = leaf, self.size
        while rest % 2 == 0:
            node, rest = sha256(b"\1", self.peaks.pop(), node), rest // 2
        self.peaks.append(node)
        self.roots[self.size] = functools.reduce(
            lambda right, left: sha256(b"\1", left, right), reversed(self.peaks))


def root_of_path(node, index, size, path):
    """Returns the root to which an audit path leads (RFC 6962, section 2.1.1), or None."""
    last = size - 1
    if index > last:
        return None
    for sibling in path:
        while not index & 1 and index == last and last:  # a node without a sibling moves up
            index, last = index >> 1, last >> 1
        if not last:
            return None
        node = sha256(b"\1", sibling, node) if index & 1 else sha256(b"\1", node, sibling)
        index, last = index >> 1, last >> 1
    return node if index == last and not index else None
