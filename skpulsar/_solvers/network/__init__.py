# SPDX-License-Identifier: BSD-3-Clause
"""SGD, Adam and RMSProp for networks of layers."""
