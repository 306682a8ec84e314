// SPDX-License-Identifier: BSD-3-Clause
// The layers of a network of type REAL, and memory for a block of rows.  network.h
// includes this file once for each type.
//
// Layer l maps `in` units and a 1, which meets the bias, to `out` units.  Its weights are
// in + 1 rows of them, the bias last.  Rows are padded with zeros to whole registers.

typedef struct {
  int64_t in, out;      // units below and above
  int64_t wide, below;  // length of a row of weights, and of a row of `input`
  int64_t place;        // where the weights begin
  REAL *input, *slope;  // of every row of the block: (units below, 1), their derivatives
} NAMED(layer_t);

typedef struct {
  NAMED(layer_t) *layers;
  REAL *delta, *other;  // derivatives by the inputs of the units of two layers
  REAL *turned, *strip;
  double *rows;         // of X, as they are loaded; sums of one of CSR rows
  double *z, *r;        // of the head
} NAMED(workspace_t);

// Numbers that fill whole registers
static inline int64_t NAMED(whole)(int64_t n) {
  int64_t across = 8 * WIDTH / (int64_t)sizeof(REAL);
  return (n + across - 1) / across * across;
}

// Number of the weights of the first `depth` layers
static int64_t NAMED(place)(const int64_t *sizes, int64_t depth) {
  int64_t place = 0;
  for (int64_t l = 0; l < depth; l++) place += (sizes[l] + 1) * NAMED(whole)(sizes[l + 1]);
  return place;
}

// Copies the weights of layer l, without padding, and takes them back.
static void NAMED(get_layer)(const network_t *network, int64_t l, double *layer) {
  int64_t out = network->sizes[l + 1], wide = NAMED(whole)(out);
  const REAL *w = (REAL *)network->weights + NAMED(place)(network->sizes, l);
  for (int64_t j = 0; j <= network->sizes[l]; j++)
    for (int64_t k = 0; k < out; k++) layer[j * out + k] = w[j * wide + k];
}

static void NAMED(set_layer)(const network_t *network, int64_t l, const double *layer) {
  int64_t out = network->sizes[l + 1], wide = NAMED(whole)(out);
  REAL *w = (REAL *)network->weights + NAMED(place)(network->sizes, l);
  for (int64_t j = 0; j <= network->sizes[l]; j++)
    for (int64_t k = 0; k < out; k++) w[j * wide + k] = (REAL)layer[j * out + k];
}

// Divides the scratch; returns its size in doubles.
static int64_t NAMED(arrange)(const network_t *network, int csr, double *scratch,
                              NAMED(workspace_t) *work) {
  const int64_t *sizes = network->sizes, depth = network->depth, real = sizeof(REAL);
  int64_t used = 0, most = 0, turned = 0, n_outputs = sizes[depth];
  char *at = (char *)scratch;
  NAMED(layer_t) *layers = reserve(at, &used, depth * (int64_t)sizeof *layers);
  for (int64_t l = 0; l < depth; l++) {
    NAMED(layer_t) layer = {.in = sizes[l], .out = sizes[l + 1]};
    layer.wide = NAMED(whole)(layer.out), layer.below = NAMED(whole)(layer.in + 1);
    layer.place = NAMED(place)(sizes, l);
    if (l > 0 || !csr)
      layer.input = reserve(at, &used, network->block * layer.below * real);
    if (l > 0) {
      int64_t size = layer.out * NAMED(whole)(layer.in);
      layer.slope = reserve(at, &used, network->block * layer.below * real);
      turned = size > turned ? size : turned;
    }
    most = layer.wide > most ? layer.wide : most;
    if (at) layers[l] = layer;
  }
  *work = (NAMED(workspace_t)){.layers = layers};
  work->delta = reserve(at, &used, network->block * most * real);
  work->other = reserve(at, &used, network->block * most * real);
  work->turned = reserve(at, &used, turned * real);
  work->strip = reserve(at, &used, STRIP_ROWS * most * real);
  work->z = reserve(at, &used, n_outputs * MAX_BLOCK_ROWS * 8);
  work->r = reserve(at, &used, n_outputs * MAX_BLOCK_ROWS * 8);
  int64_t doubles = csr ? 2 * most : LOADED_ROWS * block_width(sizes[0]);
  work->rows = reserve(at, &used, doubles * 8);
  return used / 8;
}
