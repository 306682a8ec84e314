// SPDX-License-Identifier: BSD-3-Clause
// Weights of columns and outputs as they are, and of those in a network's units:
//
//   first layer   raw_j = scale_j w_j,    its bias - sum of centre_j raw_j
//   last layer    raw_k = unit_k w_k,     unit_k bias_k + middle_k
//
// Layers are double here, without padding: `in` rows of `out` weights, and the biases.
#ifndef SKPULSAR_RAW_H
#define SKPULSAR_RAW_H
#include "passes/predict.h"

// Whether the weights of layer l depend on such units
static int has_units(const network_t *network, int64_t l) {
  return l == 0 || (l + 1 == network->depth && network->unit);
}

// Doubles for a row of centres and the first layer's weights by unit
static int64_t centring_size(const network_t *network) {
  return (network->sizes[1] + 1) * block_width(network->sizes[0]);
}

// biases += sign times the sum of centre_j w_j, which is rounded as a logit is
static void move_biases(int64_t in, int64_t out, double sign, const double *centre,
                        double *scratch, double *layer) {
  int64_t width = block_width(in);
  double *row = scratch, *by_unit = scratch + width, any = 0;
  for (int64_t j = 0; j < in; j++) row[j] = sign * centre[j], any += centre[j] != 0;
  if (!any) return;
  memset(by_unit, 0, out * width * sizeof *by_unit);
  for (int64_t j = 0; j <= in; j++)
    for (int64_t k = 0; k < out; k++) by_unit[k * width + j] = layer[j * out + k];
  rows_t rows = {.values = row, .n_columns = in};
  read_logits(&rows, out, 0, 0, 1, by_unit, layer + in * out);
}

static void to_raw(const network_t *network, int64_t l, const double *centre,
                   double *scratch, double *layer) {
  int64_t in = network->sizes[l], out = network->sizes[l + 1];
  if (l == 0) {
    for (int64_t j = 0; j < in; j++)
      for (int64_t k = 0; k < out; k++) layer[j * out + k] *= network->scale[j];
    move_biases(in, out, -1, centre, scratch, layer);
  }
  if (l + 1 < network->depth || !network->unit) return;
  for (int64_t j = 0; j <= in; j++)
    for (int64_t k = 0; k < out; k++) layer[j * out + k] *= network->unit[k];
  for (int64_t k = 0; k < out; k++) layer[in * out + k] += network->middle[k];
}

// A column of scale 0 does not vary, and has no weight.
static void of_raw(const network_t *network, int64_t l, const double *centre,
                   double *scratch, double *layer) {
  int64_t in = network->sizes[l], out = network->sizes[l + 1];
  if (l + 1 == network->depth && network->unit) {
    for (int64_t k = 0; k < out; k++) layer[in * out + k] -= network->middle[k];
    for (int64_t j = 0; j <= in; j++)
      for (int64_t k = 0; k < out; k++) layer[j * out + k] /= network->unit[k];
  }
  if (l > 0) return;
  move_biases(in, out, 1, centre, scratch, layer);
  for (int64_t j = 0; j < in; j++) {
    double scale = network->scale[j];
    for (int64_t k = 0; k < out; k++)
      layer[j * out + k] = scale > 0 ? layer[j * out + k] / scale : 0;
  }
}

#endif
