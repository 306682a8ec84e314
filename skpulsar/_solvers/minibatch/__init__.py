# SPDX-License-Identifier: BSD-3-Clause
"""SGD, Adam and RMSProp: steps of minibatches."""
