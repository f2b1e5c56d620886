import Records

/// Protocols that refuse flags they do not know, and so every batch: the kernel adds MSG_BATCH to
/// all messages but the last (kernel.md §3.8).
enum BatchRules {
  static let checks: [Check] = [refusedBatch]

  /// EINVAL or EOPNOTSUPP (the family's own `sendmsg`; kernel.md §3.8): the protocol refuses
  /// MSG_BATCH, and the message is not the last.
  @Sendable private static func refusedBatch(_ failed: FailedMessage) -> Finding? {
    // Of a message behind it, one with MSG_BATCH was taken.
    guard failed.isBatched, failed.index == 0, let socket = failed.socket else { return nil }
    let errno: Errno
    switch (socket.family.rawValue, socket.protocolNumber) {
    // AX.25, NET/ROM, X.25, ROSE, QIPCRTR; Bluetooth HCI
    case (3, _), (6, _), (9, _), (11, _), (42, _), (31, 1): errno = .invalidArgument
    // RDS, Phonet
    case (21, _), (35, _): errno = .notSupported
    default:
      guard let upper = failed.state?.upperProtocol, upper == "tls" || upper == "espintcp" else {
        return nil
      }
      return .fails(
        .notSupported, "\(upper) refuses the MSG_BATCH that sendmmsg adds: one message a call works"
      )
    }
    return .fails(
      errno,
      "\(socket.family.name) refuses the MSG_BATCH that sendmmsg adds: one message a call works")
  }
}
