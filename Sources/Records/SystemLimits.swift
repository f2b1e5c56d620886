/// Limits of the program's network namespace.
package struct SystemLimits: Hashable, Sendable {
  /// net.core.optmem_max, bytes.
  package var optionMemory: UInt64?
  /// net.unix.max_dgram_qlen, messages.
  package var datagramQueue: UInt64?

  package init() {}
}
