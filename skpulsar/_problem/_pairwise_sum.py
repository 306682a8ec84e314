# SPDX-License-Identifier: BSD-3-Clause
"""Pairwise sums, which do not depend on how their parts are distributed."""

LEAF = 4096  # A partial sum has this many rows, or a half, a quarter, ... of it. Sums
# of vectors in vector_sums.h have the same leaves.


def tree_sum(leaves):
    """Sum of arrays by pairwise summation over a fixed binary tree.

    The sum of a chunk of the leaves is that of a subtree, so that chunks or workers
    give the same bits as one pass.
    """
    stack = []
    for count, part in enumerate(leaves, start=1):
        while count % 2 == 0:
            part = stack.pop() + part
            count //= 2
        stack.append(part)
    total = stack.pop()
    while stack:
        total = stack.pop() + total
    return total


def tree_sums(parts):
    """The same of tuples: what is None in all of them stays None."""
    return tuple(
        None if leaves[0] is None else tree_sum(leaves)
        for leaves in zip(*parts, strict=True)
    )
