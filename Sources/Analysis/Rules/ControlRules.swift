import Records

/// Control messages that are refused: for their form, which the decoder has judged, or for their
/// value (kernel.md §2.1 row 15 and §4).
enum ControlRules {
  static let checks: [Check] = [refusedForm, refusedValue]

  /// EINVAL (`sock_cmsg_send`, `ip_cmsg_send`, `ip6_datagram_send_ctl`, `__scm_send` …; kernel.md
  /// §2.1 row 15): the walk refuses one for its form. Of UDP's two walks the decoder has judged
  /// which comes to it: what neither looked at is ignored.
  @Sendable private static func refusedForm(_ failed: FailedMessage) -> Finding? {
    guard let control = failed.message.control,
      let index = control.firstIndex(where: { $0.status == .rejected })
    else { return nil }
    // What the walk meets before is judged by its value.
    for earlier in control[..<index] {
      if let finding = value(of: earlier, failed) { return finding }
    }
    let message = control[index]
    // The capability is asked for before the length is looked at.
    if message.level == 1, message.type == 36, !failed.passesDescriptors,
      message.length == UInt64((failed.isCompat ? 12 : 16) + message.data.count),
      let finding = SocketControlRules.markNotAllowed(failed)
    {
      return finding
    }
    return .fails(
      message.reason?.errno ?? .invalidArgument,
      "control message \(index) (\(message.levelName) \(message.typeName)) is refused"
        + (message.reason.map { ": " + $0.text } ?? ""))
  }

  /// EINVAL, EPERM and others (the same functions; kernel.md §4): a message of the right form has a
  /// value that is refused.
  @Sendable private static func refusedValue(_ failed: FailedMessage) -> Finding? {
    for message in failed.message.control ?? [] where message.status == .used {
      if let finding = value(of: message, failed) { return finding }
    }
    return nil
  }

  /// The check of its value that the level and the socket have; nil where it passes.
  private static func value(of message: ControlMessage, _ failed: FailedMessage) -> Finding? {
    guard message.status == .used else { return nil }
    switch message.level {
    case 1:
      return failed.passesDescriptors
        ? PassedControlRules.value(of: message, failed)
        : SocketControlRules.value(of: message, failed)
    case 0: return InternetControlRules.value4(of: message)
    case 41: return InternetControlRules.value6(of: message, failed)
    default: return nil
    }
  }
}

extension FailedMessage {
  /// True where SOL_SOCKET means descriptors and credentials (`__scm_send`).
  fileprivate var passesDescriptors: Bool {
    socket?.family == .unix || socket?.family == .netlink
  }
}

extension ControlMessage {
  /// The first four bytes of the data as an int of the tracee's; nil where there are fewer.
  var intValue: Int32? { word(at: 0).map { Int32(bitPattern: $0) } }

  /// Four bytes at `offset`, little-endian.
  func word(at offset: Int) -> UInt32? {
    guard data.count >= offset + 4 else { return nil }
    return (0..<4).reduce(0) { $0 | UInt32(data[offset + $1]) << UInt32($1 * 8) }
  }
}
