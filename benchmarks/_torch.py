# SPDX-License-Identifier: BSD-3-Clause
"""A network trained by PyTorch on one thread, as its users write the loop."""

from itertools import pairwise

try:
    import torch
    from torch import nn
except ImportError:
    torch = None


def fit(X, y, *, hidden_layer_sizes, batch_size, max_iter, n_classes):
    """Train `max_iter` epochs of Adam on relu units; rows are drawn by index."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rows = torch.from_numpy(X)
    sizes = (X.shape[1], *hidden_layer_sizes, 1 if n_classes == 2 else n_classes)
    layers = [
        layer
        for below, units in pairwise(sizes)
        for layer in (nn.Linear(below, units), nn.ReLU())
    ]
    model = nn.Sequential(*layers[:-1]).to(rows.dtype)
    if n_classes == 2:
        loss, target = nn.BCEWithLogitsLoss(), torch.from_numpy(y).to(rows.dtype)
        target = target[:, None]
    else:
        loss, target = nn.CrossEntropyLoss(), torch.from_numpy(y)
    optimizer = torch.optim.Adam(model.parameters(), weight_decay=1e-4)
    for _ in range(max_iter):
        for batch in torch.randperm(len(rows)).split(batch_size):
            optimizer.zero_grad()
            loss(model(rows[batch]), target[batch]).backward()
            optimizer.step()
    return model
