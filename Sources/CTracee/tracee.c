#include "tracee.h"
