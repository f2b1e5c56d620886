// What Swift cannot call: variadic and GNU functions, constants of the kernel's own headers, and
// the child between fork and exec. Nothing here decides anything.
//
// Functions that can fail return a negated errno, as system calls do.

#ifndef TRACEE_H
#define TRACEE_H

#include "tracee_evidence.h"
#include "tracee_launch.h"
#include "tracee_memory.h"
#include "tracee_processes.h"
#include "tracee_stops.h"
#include "tracee_system.h"

#endif
