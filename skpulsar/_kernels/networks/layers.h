// SPDX-License-Identifier: BSD-3-Clause
// A block of rows on its way through the layers and back, for numbers of type REAL.
// network.h includes this file once for each type.

// input = scale (x - centre), of dense rows
static void NAMED(load_block)(const rows_block_t *block, const double *restrict scale,
                              NAMED(workspace_t) *work) {
  NAMED(layer_t) layer = work->layers[0];
  int64_t d = layer.in, width = block_width(d), n = block->n;
  const int64_t *order = block->order;
  for (int64_t begin = 0; begin < n; begin += LOADED_ROWS) {
    int64_t m = n - begin < LOADED_ROWS ? n - begin : LOADED_ROWS;
    DENSE(load, block->rows, d, block->frame, block->first + begin,
          order ? order + begin : 0, m, width, work->rows);
    for (int64_t i = 0; i < m; i++) {
      const double *restrict row = work->rows + i * width;
      REAL *restrict input = layer.input + (begin + i) * layer.below;
      for (int64_t j = 0; j < d; j++) input[j] = (REAL)(row[j] * scale[j]);
      input[d] = 1;
    }
  }
}

// z, the inputs of the units of a layer: what its weights make of what is below
static void NAMED(multiply_layer)(const network_t *network, const NAMED(layer_t) *layer,
                                  int64_t n, NAMED(matrix_t) z) {
  REAL *weights = (REAL *)network->weights + layer->place;
  NAMED(multiply)(REPLACE, n, layer->wide, layer->in + 1,
                  (NAMED(matrix_t)){layer->input, layer->below, 1},
                  (NAMED(matrix_t)){weights, layer->wide, 1}, z);
}

// Hidden units turn their inputs into y; those that are dropped give 0.  So do those of
// the padding, whose inputs are 0: loops over whole registers have no rest.
static void NAMED(activate_layer)(const network_t *network, int64_t l,
                                  const rows_block_t *block, NAMED(layer_t) *next) {
  double dropout = block->visit < 0 ? 0 : network->dropout[l];
  uint64_t key = hash(network->key, l);
  for (int64_t i = 0; i < block->n; i++) {
    REAL *y = next->input + i * next->below, *slope = next->slope + i * next->below;
    NAMED(activate)(network->activation, NAMED(whole)(next->in), y, slope);
    if (dropout > 0) NAMED(drop)(dropout, key, block->visit + i, next->in, y, slope);
    y[next->in] = 1;
  }
}

// A block of rows goes through all layers; the logits are in work->delta.
static void NAMED(forward)(const network_t *network, const rows_block_t *block,
                           NAMED(workspace_t) *work) {
  int csr = block->rows->indices != 0;
  if (!csr) NAMED(load_block)(block, network->scale, work);
  for (int64_t l = 0; l < network->depth; l++) {
    int last = l + 1 == network->depth;
    NAMED(layer_t) *layer = work->layers + l, *next = layer + 1;
    NAMED(matrix_t) z = {work->delta, layer->wide, 1};
    if (!last) z = (NAMED(matrix_t)){next->input, next->below, 1};
    if (l == 0 && csr)
      NAMED(multiply_csr)(network, layer, block, work->rows, z);
    else
      NAMED(multiply_layer)(network, layer, block->n, z);
    if (!last) NAMED(activate_layer)(network, l, block, next);
  }
}

// The logits in work->delta become weighted slopes.  Returns the sum of the losses.
static double NAMED(head)(const dataset_t *data, const int64_t *at, int64_t n,
                          NAMED(workspace_t) *work, const NAMED(layer_t) *top) {
  int64_t n_outputs = top->out, wide = top->wide;
  batch_t batch = {.z = work->z, .r = work->r};
  double loss = 0;
  for (int64_t begin = 0; begin < n; begin += MAX_BLOCK_ROWS) {
    int64_t m = n - begin < MAX_BLOCK_ROWS ? n - begin : MAX_BLOCK_ROWS;
    REAL *delta = work->delta + begin * wide;
    for (int64_t k = 0; k < n_outputs; k++)
      for (int64_t i = 0; i < m; i++)
        work->z[k * MAX_BLOCK_ROWS + i] = delta[i * wide + k];
    loss += batch_head(data, at + begin, m, n_outputs, &batch);
    for (int64_t k = 0; k < n_outputs; k++)
      for (int64_t i = 0; i < m; i++)
        delta[i * wide + k] = (REAL)work->r[k * MAX_BLOCK_ROWS + i];
  }
  return loss;
}

// The slopes above layer l, in work->delta, become those below it, in work->other.
static void NAMED(back)(const network_t *network, const NAMED(layer_t) *layer, int64_t n,
                        NAMED(workspace_t) *work) {
  int64_t width = NAMED(whole)(layer->in);
  const REAL *weights = (const REAL *)network->weights + layer->place;
  for (int64_t j = 0; j < width; j++)
    for (int64_t k = 0; k < layer->out; k++)
      work->turned[k * width + j] = j < layer->in ? weights[j * layer->wide + k] : 0;
  NAMED(matrix_t) below = {work->other, width, 1};
  NAMED(multiply)(REPLACE, n, width, layer->out,
                  (NAMED(matrix_t)){work->delta, layer->wide, 1},
                  (NAMED(matrix_t)){work->turned, width, 1}, below);
  for (int64_t i = 0; i < n; i++) {
    REAL *restrict row = work->other + i * width;
    const REAL *restrict slope = layer->slope + i * layer->below;
    for (int64_t j = 0; j < width; j++) row[j] *= slope[j];
  }
}
