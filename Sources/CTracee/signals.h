// The signal state that tracee_take_signals saved, for the child to go back to.

#ifndef TRACEE_SIGNALS_H
#define TRACEE_SIGNALS_H

// Async-signal-safe.
void tracee_restore_signals(void);

#endif
