# SPDX-License-Identifier: BSD-3-Clause
"""Pairwise sums, which do not depend on how their parts are distributed."""


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
