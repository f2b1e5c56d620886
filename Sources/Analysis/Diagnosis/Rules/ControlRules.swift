import Records

/// Control messages that are refused: for their form, which the decoder has judged, or for their
/// value (kernel.md §2.1 row 15 and §4).
enum ControlRules {
  static let checks: [Check] = [refused]

  /// EINVAL, EPERM and others (`sock_cmsg_send`, `ip_cmsg_send`, `ip6_datagram_send_ctl`,
  /// `__scm_send` …; kernel.md §2.1 row 15 and §4): one is refused, for its form or its value.
  @Sendable static func refused(_ failed: FailedMessage) -> Finding? {
    guard let control = failed.message.control else {
      return failed.message.header?.controlLength == 0 ? nil : .undecided
    }
    let found = control.indices.compactMap { refusal(of: control[$0], $0, failed) }
    return found.isEmpty ? nil : .inOrder(found)
  }

  /// What is found of one. Of UDP's two walks the decoder has judged which comes to it: what
  /// neither looked at is ignored.
  private static func refusal(
    of message: ControlMessage, _ index: Int, _ failed: FailedMessage
  ) -> Finding? {
    switch message.status {
    case .used: return Finding.all(unknownType(message, failed), value(of: message, index, failed))
    case .ignored: return nil
    case .rejected: return Finding.all(markNotAllowed(message, failed), form(of: message, index))
    case nil: return .undecided
    }
  }

  /// Its form is refused, as the decoder has found.
  private static func form(of message: ControlMessage, _ index: Int) -> Finding {
    .fails(
      message.reason?.errno ?? .invalidArgument,
      "control message \(index) (\(message.levelName) \(message.typeName)) is refused"
        + (message.reason.map { ": " + $0.text } ?? ""))
  }

  /// The capability for SO_MARK is asked for before the length is looked at.
  private static func markNotAllowed(
    _ message: ControlMessage, _ failed: FailedMessage
  ) -> Finding? {
    guard message.kind == .mark, !failed.passesDescriptors,
      message.length == UInt64((failed.isCompat ? 12 : 16) + message.data.count)
    else { return nil }
    return SocketControlRules.markNotAllowed(failed)
  }

  /// A type that a kernel before a release refuses as one that it does not know.
  private static func unknownType(_ message: ControlMessage, _ failed: FailedMessage) -> Finding? {
    guard let release = message.knownSince, failed.kernelIs(since: release) != true else {
      return nil
    }
    return .suspect(
      .invalidArgument, failed.kernelIs(since: release) == false ? .likely : .possible,
      "\(message.typeName) is known since Linux \(release)")
  }

  /// The check of its value that the level and the socket have; nil where it passes.
  private static func value(
    of message: ControlMessage, _ index: Int, _ failed: FailedMessage
  ) -> Finding? {
    failed.passesDescriptors
      ? PassedControlRules.value(of: message, index, failed)
      : SocketControlRules.value(of: message, failed)
        ?? InternetControlRules.value(of: message, index, failed)
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
