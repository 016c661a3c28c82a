// What was said when the program was built.
#pragma once

// The commit it was built from, as the Makefile found it; empty if nobody said.
const char *cbuild_commit(void);
