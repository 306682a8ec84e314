# SPDX-License-Identifier: BSD-3-Clause
"""Sums that are the same however their parts are handed out."""


def tree_sum(leaves):
    """Sum of arrays, joined only between siblings of a binary tree.

    Whoever sums a part of the leaves in this way sums a subtree, so that chunks or
    workers give the bits of one reading.
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
