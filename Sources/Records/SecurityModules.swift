/// Whether a security module may have refused a message (kernel.md §1, `security_socket_sendmsg`).
package enum SecurityModules: Hashable, Sendable {
  case unknown
  /// None that is asked about messages is active, or the thread is not confined by it.
  case none
  /// These are active, and may say no.
  case active(String)
}
