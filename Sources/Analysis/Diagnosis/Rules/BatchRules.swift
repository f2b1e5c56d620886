import Records

/// Protocols that refuse flags they do not know, and so every batch: the kernel adds MSG_BATCH to
/// all messages but the last (kernel.md §3.8).
enum BatchRules {
  static let checks: [Check] = [refusedBatch]

  /// BTPROTO_HCI.
  private static let hci: Int32 = 1

  /// EINVAL or EOPNOTSUPP (the family's own `sendmsg`; kernel.md §3.8): the protocol refuses
  /// MSG_BATCH, and the message is not the last.
  @Sendable private static func refusedBatch(_ failed: FailedMessage) -> Finding? {
    // Behind the first, an earlier message was taken with MSG_BATCH set: the protocol accepts it.
    guard failed.isBatched, failed.index == 0, let socket = failed.socket else { return nil }
    let errno: Errno
    switch (socket.family, socket.protocolNumber) {
    case (.ax25, _), (.netrom, _), (.x25, _), (.rose, _), (.qipcrtr, _), (.bluetooth, hci):
      errno = .invalidArgument
    case (.rds, _), (.phonet, _): errno = .notSupported
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
