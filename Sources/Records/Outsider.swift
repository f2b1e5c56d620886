/// Who is not traced, and may have sent unseen what a call left unsent.
package enum Outsider: Hashable, Sendable {
  /// A process that has its socket as well.
  case holder(Int32)
  /// A process that came from the same program, and may know the messages.
  case relative(Int32)
  /// Not all processes could be looked into.
  case unknown
}
