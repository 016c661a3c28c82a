#pragma once
#include <numa.h>
#include <numaif.h>

// Macros with shifts, which Swift doesn't import.
enum { CL_MPOL_F_NODE = MPOL_F_NODE, CL_MPOL_F_ADDR = MPOL_F_ADDR };
