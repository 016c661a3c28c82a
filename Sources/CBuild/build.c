#include "cbuild.h"

// In a module of its own, so that a new commit compiles this file and nothing else.
const char *cbuild_commit(void) { return VETHMARK_COMMIT; }
