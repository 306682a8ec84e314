// SPDX-License-Identifier: BSD-3-Clause
// The first layer for CSR rows, of type REAL.  network.h includes this file once for each
// type.  What the centre adds is the same for every row: with shift = scale centre,
//
//   W' scale (x - centre) + b  =  sum of scale_j x_j W_j  +  (b - sum of shift_j W_j)
//
// and the gradient by W_j is the sum of scale_j x_j delta less shift_j times that of delta.

// z, the inputs of the units.  `sums` has room for two rows of them.
static void NAMED(multiply_csr)(const network_t *network, const NAMED(layer_t) *layer,
                                const rows_block_t *block, double *restrict sums,
                                NAMED(matrix_t) z) {
  const REAL *weights = (const REAL *)network->weights + layer->place;
  const double *centre = block->frame->centre, *scale = network->scale;
  int64_t wide = layer->wide, columns[ENTRIES];
  double values[ENTRIES], *restrict constant = sums + wide;
  for (int64_t k = 0; k < wide; k++) constant[k] = weights[layer->in * wide + k];
  for (int64_t j = 0; j < layer->in; j++) {
    double shift = scale[j] * centre[j];
    const REAL *restrict w = weights + j * wide;
    if (shift != 0)
      for (int64_t k = 0; k < wide; k++) constant[k] -= shift * w[k];
  }
  for (int64_t i = 0; i < block->n; i++) {
    int64_t row = block->order ? block->order[i] : block->first + i, done = 0, n;
    memcpy(sums, constant, wide * sizeof *sums);
    do {
      n = CSR(copy_entries, block->rows, row, done, ENTRIES, values, columns);
      for (int64_t e = 0; e < n; e++) {
        double a = values[e] * scale[columns[e]];
        const REAL *restrict w = weights + columns[e] * wide;
        for (int64_t k = 0; k < wide; k++) sums[k] += a * w[k];
      }
      done += n;
    } while (n == ENTRIES);
    for (int64_t k = 0; k < wide; k++) z.at[i * z.row + k] = (REAL)sums[k];
  }
}

// Adds the gradient of the layer's weights to network->sums, without the centre's part.
static void NAMED(add_csr)(const network_t *network, const NAMED(layer_t) *layer,
                           const rows_block_t *block, const REAL *delta) {
  REAL *gradient = (REAL *)network->sums + layer->place;
  const double *scale = network->scale;
  int64_t wide = layer->wide, columns[ENTRIES];
  double values[ENTRIES];
  REAL *restrict bias = gradient + layer->in * wide;
  for (int64_t i = 0; i < block->n; i++) {
    int64_t row = block->order ? block->order[i] : block->first + i, done = 0, n;
    const REAL *restrict slope = delta + i * wide;
    do {
      n = CSR(copy_entries, block->rows, row, done, ENTRIES, values, columns);
      for (int64_t e = 0; e < n; e++) {
        REAL a = (REAL)(values[e] * scale[columns[e]]);
        REAL *restrict g = gradient + columns[e] * wide;
        for (int64_t k = 0; k < wide; k++) g[k] += a * slope[k];
      }
      done += n;
    } while (n == ENTRIES);
    for (int64_t k = 0; k < wide; k++) bias[k] += slope[k];
  }
}

// Adds the centre's part, for all rows of a batch, whose slopes add up in the bias's row.
static void NAMED(add_centre)(const network_t *network, const NAMED(layer_t) *layer,
                              const double *restrict centre) {
  REAL *gradient = (REAL *)network->sums + layer->place;
  int64_t wide = layer->wide;
  const REAL *restrict total = gradient + layer->in * wide;
  for (int64_t j = 0; j < layer->in; j++) {
    REAL shift = (REAL)(network->scale[j] * centre[j]), *restrict g = gradient + j * wide;
    if (shift != 0)
      for (int64_t k = 0; k < wide; k++) g[k] -= shift * total[k];
  }
}
