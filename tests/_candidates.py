# SPDX-License-Identifier: BSD-3-Clause
"""Three candidates of HTRU2, as files have them, and files of others."""

import numpy as np

KAGGLE_HEADER = (
    b" Mean of the integrated profile, Standard deviation of the integrated profile,"
    b" Excess kurtosis of the integrated profile, Skewness of the integrated profile,"
    b" Mean of the DM-SNR curve, Standard deviation of the DM-SNR curve,"
    b" Excess kurtosis of the DM-SNR curve, Skewness of the DM-SNR curve,target_class"
)
ROWS = [
    b"140.5625,55.68378214,-0.234571412,-0.699648398,3.199832776,19.11,7.97,74.24,0",
    b"102.5,58.88243001,0.465318154,-0.515087909,1.677257525,14.86,10.57,127.39,0",
    b"99.3671875,41.57220208,1.547196967,4.154106043,27.55518395,61.7,2.2,3.66,1",
]
CSV = b"\r\n".join(ROWS) + b"\r\n"
TABLE = np.array([[float(field) for field in row.split(b",")] for row in ROWS])


def save(path, X, y):
    """Write a file in HTRU2's format, and return its path as a str."""
    np.savetxt(path, np.column_stack([X, y]), delimiter=",", fmt="%.17g")
    return str(path)
