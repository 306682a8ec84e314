# SPDX-License-Identifier: BSD-3-Clause
"""Facts about HTRU2 without its rows: names, counts, quantiles and correlations.

Measured on all 17,898 rows of HTRU2 (see `DESCR`), each class on its own. Tables are
ordered non-pulsars first, pulsars second; their columns follow `FEATURE_NAMES`.
"""

FEATURE_NAMES = (
    "mean_profile",
    "std_profile",
    "kurtosis_profile",
    "skewness_profile",
    "mean_dmsnr",
    "std_dmsnr",
    "kurtosis_dmsnr",
    "skewness_dmsnr",
)
TARGET_NAMES = ("non-pulsar", "pulsar")
CLASS_COUNTS = (16259, 1639)

DESCR = """\
HTRU2: pulsar candidates of the High Time Resolution Universe Survey (South)

17,898 candidates, 1,639 of them pulsars (target 1), the others radio frequency
interference and noise (target 0). No value is missing and no row occurs twice.

Eight features: the mean, the standard deviation, the excess kurtosis and the skewness
of the integrated pulse profile (mean_profile, std_profile, kurtosis_profile,
skewness_profile), then the same four of the DM-SNR curve, the signal-to-noise ratio
of the candidate as a function of the dispersion measure (mean_dmsnr, std_dmsnr,
kurtosis_dmsnr, skewness_dmsnr). Means and standard deviations have the unit of their
curve: uncalibrated intensity for the profile, signal-to-noise ratio for the DM-SNR
curve. Excess kurtosis and skewness are pure numbers. Nothing is scaled.

The share of pulsars falls along the file: shuffle or stratify before splitting.

R. J. Lyon, HTRU2. UCI Machine Learning Repository, id 372. Licence: CC BY 4.0.
Cite: R. J. Lyon, B. W. Stappers, S. Cooper, J. M. Brooke, J. D. Knowles, "Fifty Years
of Pulsar Candidate Selection: From simple filters to a new principled real-time
classification approach", MNRAS 459 (1), 1104-1123, 2016, doi 10.1093/mnras/stw656.
"""

# The levels of the rows of QUANTILES; 0 and 1 are the least and the greatest value.
QUANTILE_LEVELS = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)

# NORMAL_SCORES[k]: the quantiles of a standard normal at these levels. At 0 and 1 they
# would be infinite: the extremes of n values stand for 1 / (2 n) and 1 - 1 / (2 n).
# Stored, because SciPy's would differ from CPU to CPU in the last bit.
_INNER = (0.6744897501960817, 1.2815515655446004, 1.6448536269514726, 2.326347874040841)
NORMAL_SCORES = tuple(
    (*(-score for score in reversed(upper)), 0.0, *upper)
    for upper in ((*_INNER, 4.006963368792642), (*_INNER, 3.4270716199727858))
)

# QUANTILES[k]: one row per level, by linear interpolation between order statistics.
# SPEARMAN[k]: rank correlations with average ranks, the part below the diagonal.
# fmt: off
QUANTILES = (
    [
        [ 17.211, 28.699, -1.87601, -1.7919,   0.2132,   7.370, -3.1393,   -1.9770],
        [ 76.239, 33.966, -0.50313, -0.8619,   0.5883,   9.233, -0.8667,   -1.7292],
        [ 86.805, 36.949, -0.24616, -0.5743,   0.9791,  10.959,  1.3927,    1.3043],
        [ 93.505, 39.255, -0.14722, -0.4467,   1.2605,  11.974,  3.8131,   13.7879],
        [105.254, 43.385,  0.00865, -0.2220,   1.8570,  14.139,  6.6154,   47.5802],
        [117.258, 47.486,  0.18667,  0.1241,   2.6355,  17.618,  8.7600,   90.6746],
        [128.285, 51.316,  0.39289,  0.6634,   4.2270,  24.517, 10.9352,  145.8272],
        [138.088, 54.582,  0.60217,  1.5465,  10.9467,  40.787, 13.7501,  228.7976],
        [143.821, 56.613,  0.73583,  2.2837,  40.7143,  65.159, 16.0665,  307.3016],
        [156.385, 61.942,  1.08253,  3.8299, 145.2225,  91.074, 21.5696,  533.9811],
        [192.617, 98.779,  4.78579, 24.8724, 223.3921, 110.642, 34.5398, 1191.0008],
    ],
    [
        [  5.812, 24.772, -0.09489, -1.1391,   0.4866,   7.659, -1.8623,   -1.8747],
        [  7.990, 27.012,  0.17443, -0.4150,   1.1853,  12.107, -0.9360,   -1.6061],
        [ 12.740, 28.838,  0.44418,  0.2961,   2.6472,  19.597, -0.3486,   -1.2216],
        [ 18.447, 29.948,  0.70030,  0.8578,   4.7717,  27.515,  0.0104,   -0.9832],
        [ 31.777, 32.285,  1.55604,  3.8055,  12.7596,  43.334,  0.7565,   -0.2283],
        [ 54.297, 37.341,  2.96126, 11.6096,  33.4950,  59.367,  1.9183,    2.5851],
        [ 79.277, 43.759,  4.58693, 24.8819,  78.3135,  70.986,  3.7100,   13.4697],
        [ 99.858, 49.334,  5.77747, 36.1233, 121.7100,  79.379,  6.4604,   43.2286],
        [109.321, 52.890,  6.26341, 41.9336, 141.3298,  84.734,  8.9436,   88.3351],
        [123.483, 61.994,  7.33687, 55.2191, 171.8139,  96.165, 14.7962,  238.2897],
        [139.258, 83.797,  8.06952, 68.1016, 199.5778, 109.655, 30.8839, 1017.3832],
    ],
)

SPEARMAN = (
    [
        [ 0.418480],
        [-0.846968, -0.417637],
        [-0.533065, -0.879368,  0.560519],
        [ 0.138442,  0.164037, -0.136157, -0.147519],
        [ 0.119640,  0.148882, -0.116747, -0.129394,  0.936332],
        [-0.127811, -0.148442,  0.127254,  0.133589, -0.989003, -0.931739],
        [-0.124123, -0.146155,  0.123016,  0.130533, -0.982249, -0.964562, 0.993088],
    ],
    [
        [ 0.615295],
        [-0.953628, -0.762184],
        [-0.913986, -0.853902,  0.984786],
        [-0.627444, -0.194577,  0.578037,  0.497480],
        [-0.407504, -0.160239,  0.416346,  0.358379,  0.856552],
        [ 0.588775,  0.170826, -0.541169, -0.461718, -0.992160, -0.880341],
        [ 0.539443,  0.166612, -0.506074, -0.433350, -0.960376, -0.936716, 0.974739],
    ],
)
# fmt: on
