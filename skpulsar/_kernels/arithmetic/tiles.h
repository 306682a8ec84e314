// SPDX-License-Identifier: BSD-3-Clause
// A matrix product that gives the same bits for every width of a register.
//
// A panel holds PANEL rows of a matrix in strips of LANES columns, row after row.  A tile
// of the product  left' right  is computed from one strip of each and stays in registers
// meanwhile.  Each of its entries is summed over the rows of a panel in order and then
// added, whatever the width of a register.
#ifndef SKPULSAR_TILES_H
#define SKPULSAR_TILES_H
#include <stdint.h>

#include "arithmetic/lanes.h"

enum { PANEL = 64 };

// A tile fills eight registers.
enum { TILE_ROWS = WIDTH == 8 ? 8 : 4, ACROSS = 8 / TILE_ROWS };
enum { TILE_COLUMNS = ACROSS * WIDTH, TILE = TILE_ROWS * TILE_COLUMNS };

// The place of column j of the first row in the panel.  The next row is LANES further.
static inline int64_t packed(int64_t j) { return j / LANES * LANES * PANEL + j % LANES; }

// sums += left' right over n rows, for the first `rows` rows and `across` registers of
// the tile.
#ifdef __GNUC__
__attribute__((always_inline))
#endif
static inline void add_tile(int rows, int across, int64_t n, const double *restrict left,
                            const double *restrict right, double *restrict sums) {
  lanes_t t[TILE_ROWS][ACROSS];
  for (int row = 0; row < rows; row++)
    for (int k = 0; k < across; k++) t[row][k] = (lanes_t){0};
  for (int64_t i = 0; i < n; i++, left += LANES, right += LANES)
    for (int row = 0; row < rows; row++)
      for (int k = 0; k < across; k++)
        t[row][k] += left[row] * ((const lanes_t *)right)[k];
  for (int row = 0; row < rows; row++)
    for (int k = 0; k < across; k++)
      ((lanes_t *)sums)[row * ACROSS + k] += t[row][k];
}
#endif
