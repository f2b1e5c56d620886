// What all headers of the shim have in common.

#ifndef TRACEE_BASE_H
#define TRACEE_BASE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

// Pointers are never null between these, where nothing else is said.
#ifdef __clang__
#define TRACEE_BEGIN _Pragma("clang assume_nonnull begin")
#define TRACEE_END _Pragma("clang assume_nonnull end")
#else
#define TRACEE_BEGIN
#define TRACEE_END
#define _Nullable
#define _Nonnull
#endif

#endif
