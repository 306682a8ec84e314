// SPDX-License-Identifier: BSD-3-Clause
// Minibatch steps of a network of type REAL.  network.h includes this file once for each
// type.
//
// A batch is read in blocks of rows.  Where it is one block, each strip of the gradient is
// stepped while it is in the cache; the gradients of several blocks add up first.

// Steps `count` rows of a layer's weights, from row `first` on, by their gradient g.
static void NAMED(step_rows)(const network_t *network, const step_t *step,
                             const NAMED(layer_t) *layer, int64_t first, int64_t count,
                             REAL *restrict g) {
  const optimizer_t *rule = step->rule;
  int64_t at = layer->place + first * layer->wide, size = count * layer->wide;
  int64_t penalised = size - (first + count > layer->in ? layer->wide : 0);
  REAL *w = (REAL *)network->weights + at, *m = (REAL *)network->m + at;
  REAL *v = (REAL *)network->v + at;
  REAL share = (REAL)step->share, alpha = (REAL)network->alpha;
  for (int64_t j = 0; j < penalised; j++) g[j] = g[j] * share + alpha * w[j];
  for (int64_t j = penalised; j < size; j++) g[j] *= share;
  switch (rule->tag) {
    case MOMENTUM: NAMED(step_momentum)(size, rule, step->rate, 0, g, m, w); break;
    case ADAM: NAMED(step_adam)(size, rule, step->rate, 0, g, m, v, w); break;
  }
}

// Steps a layer by its sums, which become 0.
static void NAMED(step_sums)(const network_t *network, const step_t *step,
                             const NAMED(layer_t) *layer, const frame_t *frame) {
  REAL *sums = (REAL *)network->sums + layer->place;
  if (!layer->input) NAMED(add_centre)(network, layer, frame->centre);
  NAMED(step_rows)(network, step, layer, 0, layer->in + 1, sums);
  memset(sums, 0, (layer->in + 1) * layer->wide * sizeof(REAL));
}

// The gradient of a layer for the block: stepped at once, or added to the sums where step
// is NULL
static void NAMED(step_layer)(const network_t *network, const step_t *step,
                              const NAMED(layer_t) *layer, const rows_block_t *block,
                              NAMED(workspace_t) *work) {
  if (!layer->input) {  // CSR rows
    NAMED(add_csr)(network, layer, block, work->delta);
    if (step) NAMED(step_sums)(network, step, layer, block->frame);
    return;
  }
  NAMED(matrix_t) delta = {work->delta, layer->wide, 1};
  NAMED(matrix_t) turned = {layer->input, 1, layer->below};
  NAMED(matrix_t) sums = {(REAL *)network->sums + layer->place, layer->wide, 1};
  if (!step) {
    NAMED(multiply)(ADD, layer->in + 1, layer->wide, block->n, turned, delta, sums);
    return;
  }
  NAMED(matrix_t) strip = {work->strip, layer->wide, 1};
  for (int64_t j = 0; j <= layer->in; j += STRIP_ROWS, turned.at += STRIP_ROWS) {
    int64_t count = layer->in + 1 - j < STRIP_ROWS ? layer->in + 1 - j : STRIP_ROWS;
    NAMED(multiply)(REPLACE, count, layer->wide, block->n, turned, delta, strip);
    NAMED(step_rows)(network, step, layer, j, count, work->strip);
  }
}

static int NAMED(network_finite)(const network_t *network) {
  const REAL *w = network->weights;
  int64_t n = NAMED(place)(network->sizes, network->depth), strange = 0;
  for (int64_t j = 0; j < n; j++) strange += !(w[j] * 0 == 0);
  return !strange;
}

// Reads the rows of a block; returns the sum of their losses.
static double NAMED(read_block)(const dataset_t *data, const network_t *network,
                                const step_t *step, const rows_block_t *block,
                                NAMED(workspace_t) *work) {
  const NAMED(layer_t) *top = work->layers + network->depth - 1;
  NAMED(forward)(network, block, work);
  double loss = NAMED(head)(data, block->order, block->n, work, top);
  for (int64_t l = network->depth - 1; l >= 0; l--) {
    const NAMED(layer_t) *layer = work->layers + l;
    if (l > 0) NAMED(back)(network, layer, block->n, work);
    NAMED(step_layer)(network, step, layer, block, work);
    REAL *above = work->delta;
    work->delta = work->other, work->other = above;
  }
  return loss;
}

// See train_network.
static int64_t NAMED(run_network)(const dataset_t *data, const network_t *network,
                                  const optimizer_t *rule, const plan_t *plan,
                                  double *scratch, double *loss) {
  NAMED(workspace_t) work;
  int64_t cost = NAMED(place)(network->sizes, network->depth), n_batches = plan->n_batches;
  rows_block_t block = {data->rows, data->frame, plan->order, 0, 0, network->visits};
  NAMED(arrange)(network, data->rows->indices != 0, scratch, &work);
  for (int64_t b = 0, position = 0; b <= n_batches; b++) {
    int64_t stop = b < n_batches ? plan->bounds[b + 1] : plan->n_rows;
    step_t step = b < n_batches ? next_step(network, rule, plan, b) : (step_t){0};
    int at_once = b < n_batches && plan->bounds[b] == position &&
                  stop - position <= network->block;
    for (; position < stop; position += block.n) {
      block.n = stop - position < network->block ? stop - position : network->block;
      if (must_stop(data->watch, block.n * cost)) return -1;
      uint64_t mode = flush_subnormals();
      *loss += NAMED(read_block)(data, network, at_once ? &step : 0, &block, &work);
      keep_subnormals(mode);
      block.order += block.n, block.visit += block.n;
    }
    if (b < n_batches && !at_once) {
      uint64_t mode = flush_subnormals();
      for (int64_t l = 0; l < network->depth; l++)
        NAMED(step_sums)(network, &step, work.layers + l, data->frame);
      keep_subnormals(mode);
    }
    if (*loss * 0 != 0) return b;
  }
  return !n_batches || NAMED(network_finite)(network) ? n_batches : n_batches - 1;
}

// See read_network_logits.
static int NAMED(network_logits)(const dataset_t *data, const network_t *network,
                                 int64_t first, int64_t n, double *scratch,
                                 double *logits) {
  NAMED(workspace_t) work;
  int64_t cost = NAMED(place)(network->sizes, network->depth);
  NAMED(arrange)(network, data->rows->indices != 0, scratch, &work);
  const NAMED(layer_t) *top = work.layers + network->depth - 1;
  for (int64_t begin = 0; begin < n; begin += network->block) {
    int64_t m = n - begin < network->block ? n - begin : network->block, at = first + begin;
    const int64_t *order = data->order ? data->order + at : 0;
    rows_block_t block = {data->rows, data->frame, order, order ? 0 : at, m, -1};
    if (must_stop(data->watch, m * cost)) return 0;
    NAMED(forward)(network, &block, &work);
    for (int64_t i = 0; i < m; i++)
      for (int64_t k = 0; k < top->out; k++)
        logits[(begin + i) * top->out + k] = work.delta[i * top->wide + k];
  }
  return 1;
}
